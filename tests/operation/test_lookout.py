"""The health port of a real worker's server, without a LiveKit server and without the model."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from livekit.agents import AgentServer
from livekit.agents.ipc.proc_pool import ProcPool
from livekit.agents.job import JobAcceptArguments, RunningJobInfo
from livekit.protocol import agent

from tests.environment import ENVIRONMENT
from tests.live.service import until
from worker import app
from worker.config.settings import Settings
from worker.operation.folder import open_folder
from worker.operation.health import Beat
from worker.operation.server import DRAINING, PRIVATE_SURFACE, Server
from worker.operation.vitals import Reporter

ALONE = {
    **ENVIRONMENT,
    "LIVEKIT_URL": "ws://127.0.0.1:1",
    "AGENT_IDLE_PROCESSES": "0",
    "AGENT_PROBE_INTERVAL": "0",
}
REASON = "Google refused GOOGLE_API_KEY: create a valid key and set it"
REFUSED = Beat(source="a", connected=False, kind="configuration", reason=REASON)


@contextlib.asynccontextmanager
async def serving(path: Path) -> AsyncIterator[str]:
    """Run a server for the length of the block; yields where its health port is."""
    async with running_server(path) as server:
        yield f"http://127.0.0.1:{server.worker_info.http_port}"


@contextlib.asynccontextmanager
async def running_server(path: Path) -> AsyncIterator[Server]:
    """Run a server for the length of the block."""
    settings = Settings.from_env({**ALONE, "SIGHTLINE_BEATS": str(path)})
    server = app.build_server(settings)
    running = asyncio.create_task(server.run(devmode=True, unregistered=True))
    try:
        await until(path.exists)
        assert isinstance(server, Server)
        yield server
    finally:
        await server.aclose()
        await running


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return answer.status, await answer.text()


async def gemini(url: str) -> Mapping[str, Any]:
    async with aiohttp.ClientSession() as http, http.get(f"{url}/worker") as answer:
        status = await answer.json()
    assert status["sdk_version"]
    found: Mapping[str, Any] = status["gemini"]
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return open_folder(tmp_path).beats


async def test_says_ok_while_nothing_is_known(path: Path) -> None:
    async with serving(path) as url:
        assert await get(url) == (200, "OK")
        assert (await gemini(url))["well"] is True


async def test_says_503_and_why_when_a_call_cannot_be_set_up_and_ok_when_one_can(
    path: Path,
) -> None:
    reporter = Reporter(str(path))
    async with serving(path) as url:
        reporter.send(REFUSED)
        await asyncio.sleep(0.02)
        assert await get(url) == (503, f"gemini live: {REASON}")
        assert (await gemini(url))["reason"] == REASON
        reporter.send(Beat(source="b", connected=True))
        await asyncio.sleep(0.02)
        assert await get(url) == (200, "OK")
        assert (await gemini(url))["reason"] == ""
    reporter.close()


async def test_takes_no_harm_from_what_is_no_report(path: Path) -> None:
    async with serving(path) as url:
        reporter = Reporter(str(path))
        assert reporter._socket is not None
        reporter._socket.sendto(b"{", str(path))
        reporter._socket.sendto(b"x" * 10_000, str(path))
        reporter.send(REFUSED)
        await asyncio.sleep(0.02)
        assert (await get(url))[0] == 503
        reporter.close()


async def test_other_users_cannot_report(path: Path) -> None:
    async with serving(path):
        modes = [os.stat(each).st_mode & 0o777 for each in (path, path.parent)]
        assert modes == [0o600, 0o700]


def test_a_report_to_nobody_is_left_out_at_once(tmp_path: Path) -> None:
    reporter = Reporter(str(tmp_path / "nobody"))
    reporter.send(REFUSED)
    reporter.close()
    assert not list(tmp_path.iterdir())


async def test_says_503_as_soon_as_it_is_asked_to_stop(path: Path) -> None:
    async with running_server(path) as server:
        url = f"http://127.0.0.1:{server.worker_info.http_port}"
        draining = asyncio.create_task(server.drain())
        await asyncio.sleep(0.02)
        assert await get(url) == (503, DRAINING)
        assert (await gemini(url))["well"] is True
        await draining


class Endless:
    """The process of a call that does not end."""

    running_job = RunningJobInfo(
        accept_arguments=JobAcceptArguments(name="", identity="agent-1", metadata=""),
        job=agent.Job(id="AJ_1"),
        url="",
        token="",
        worker_id="AW_1",
        fake_job=False,
    )

    async def join(self) -> None:
        await asyncio.Event().wait()


async def test_calls_that_outlast_the_drain_end_as_if_the_worker_were_killed(path: Path) -> None:
    async with running_server(path) as server:
        statuses: list[int] = []
        server._abandon = statuses.append
        processes: list[Any] = server._proc_pool._executors
        processes.append(Endless())
        with pytest.raises(TimeoutError):
            await server.drain(timeout=cast("int", 0.05))
        processes.clear()
    assert statuses == [1]


@pytest.mark.parametrize("name", ["_warmed_proc_queue", "_default_num_idle_processes"])
def test_the_framework_still_counts_its_ready_processes(name: str) -> None:
    assert f"self.{name} = " in inspect.getsource(ProcPool.__init__)


def test_the_framework_makes_its_health_port_where_the_server_looks_for_it() -> None:
    source = inspect.getsource(AgentServer.run)
    made = [source.index(f"self.{name} = ") for name in PRIVATE_SURFACE[:2]]
    assert made[0] < source.index("await self._http_server.start()")
