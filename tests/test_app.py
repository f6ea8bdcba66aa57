"""The worker's server: who is accepted, and what job processes must be able to find."""

from __future__ import annotations

import asyncio
import pickle
from dataclasses import dataclass, field
from typing import Any

import psutil
import pytest
from livekit.agents import AgentServer

from worker import app
from worker.config.settings import Settings
from worker.operation.load import MB_PER_SESSION

ENVIRONMENT = {
    "LIVEKIT_URL": "ws://127.0.0.1:7880",
    "LIVEKIT_API_KEY": "key",
    "LIVEKIT_API_SECRET": "s" * 32,
    "GOOGLE_API_KEY": "AIza" + "x" * 35,
    "AGENT_DISPLAY_NAME": "Iris",
}


@dataclass
class Request:
    """A job that is offered."""

    id: str = "AJ_1"
    answers: list[tuple[str, str]] = field(default_factory=list)
    release: asyncio.Event | None = None

    async def accept(self, *, name: str) -> None:
        if self.release is not None:
            await self.release.wait()
        self.answers.append(("accepted", name))

    async def reject(self, *, terminate: bool = True) -> None:
        self.answers.append(("rejected", "for all" if terminate else "here"))


@dataclass
class Memory:
    available: float


def server_with(monkeypatch: pytest.MonkeyPatch, **env: str) -> AgentServer:
    server = app.build_server(Settings.from_env({**ENVIRONMENT, **env}))
    monkeypatch.setattr(AgentServer, "active_jobs", property(lambda _: []))
    return server


async def offer(server: AgentServer) -> list[tuple[str, str]]:
    request = Request()
    on_request: Any = server._request_fnc
    await on_request(request)
    return request.answers


async def test_the_agent_has_a_name_in_the_room(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await offer(server_with(monkeypatch)) == [("accepted", "Iris")]


async def test_without_memory_for_it_a_job_is_left_to_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scarce = Memory(available=(MB_PER_SESSION - 1) * 2**20)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: scarce)
    assert await offer(server_with(monkeypatch)) == [("rejected", "here")]


async def test_a_job_counts_from_the_moment_it_is_accepted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = server_with(monkeypatch, AGENT_MAX_SESSIONS="1")
    on_request: Any = server._request_fnc
    slow, second = Request("AJ_1", release=asyncio.Event()), Request("AJ_2")
    accepting = asyncio.create_task(on_request(slow))
    await asyncio.sleep(0)
    await on_request(second)
    assert slow.release is not None
    slow.release.set()
    await accepting
    assert [slow.answers, second.answers] == [[("accepted", "Iris")], [("rejected", "here")]]


def test_dispatch_is_automatic_unless_a_name_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert server_with(monkeypatch)._agent_name == ""
    assert server_with(monkeypatch, AGENT_NAME="iris")._agent_name == "iris"


@pytest.mark.parametrize("function", [app.entrypoint, app.prewarm])
def test_job_processes_find_what_they_run_by_reference(function: object) -> None:
    assert pickle.loads(pickle.dumps(function)) is function
