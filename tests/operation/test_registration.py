"""A worker and its connection to LiveKit, which may be away for long: over a real socket."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from livekit.agents import AgentServer
from livekit.protocol import agent

from offline.ports import free_port
from tests.environment import ENVIRONMENT
from worker import app
from worker.config.settings import Settings
from worker.operation import server as module
from worker.operation.server import APART


@dataclass(slots=True)
class House:
    """LiveKit, as far as a worker that registers is concerned; may be away."""

    port: int = field(default_factory=free_port)
    _runner: web.AppRunner | None = None

    async def open(self) -> None:
        rooms = web.Application()
        rooms.router.add_get("/agent", self._register)
        self._runner = web.AppRunner(rooms, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _register(self, request: web.Request) -> web.WebSocketResponse:
        line = web.WebSocketResponse()
        await line.prepare(request)
        await line.receive()
        answer = agent.ServerMessage(register=agent.RegisterWorkerResponse(worker_id="AW_1"))
        await line.send_bytes(answer.SerializeToString())
        async for _ in line:
            pass
        return line


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    """One that is away, and whose address the worker's environment says."""
    found = House()
    for name, value in {**ENVIRONMENT, "LIVEKIT_URL": f"ws://127.0.0.1:{found.port}"}.items():
        monkeypatch.setenv(name, value)
    return found


def server() -> AgentServer:
    settings = Settings.from_env({**os.environ, "AGENT_IDLE_PROCESSES": "0"})
    return app.build_server(settings)


@contextlib.asynccontextmanager
async def registered() -> AsyncIterator[str]:
    """Run a worker for the length of the block; yields where its health port is."""
    worker, there = server(), asyncio.Event()
    worker.on("worker_registered", lambda *_: there.set())
    running = asyncio.create_task(worker.run(devmode=True))
    try:
        await asyncio.wait_for(there.wait(), 15)
        yield f"http://127.0.0.1:{worker.worker_info.http_port}"
    finally:
        await worker.aclose()
        await running


async def says(url: str, status: int, text: str) -> None:
    """Wait until the health port does."""
    async with aiohttp.ClientSession() as http, asyncio.timeout(15):
        while True:
            async with http.get(url) as answer:
                if (answer.status, await answer.text()) == (status, text):
                    return
            await asyncio.sleep(0.02)


async def test_says_503_while_livekit_is_away_and_ok_when_it_is_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GRACE", 0.2)
    await house.open()
    try:
        async with registered() as url:
            await says(url, 200, "OK")
            await house.close()
            await says(url, 503, APART)
            await house.open()
            await says(url, 200, "OK")
    finally:
        await house.close()


@pytest.mark.usefixtures("house")
def test_livekit_is_tried_for_ever() -> None:
    # A year of tries, 10 s apart.
    assert server()._max_retry > 365 * 86_400 / 10


def test_the_framework_still_says_whether_it_is_connected() -> None:
    source = inspect.getsource(AgentServer._connection_task)
    lost, found = (source.index(f"self._connecting = {value}") for value in (True, False))
    assert lost < source.index("ws_connect(") < found
