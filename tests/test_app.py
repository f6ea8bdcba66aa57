"""The worker's server: who is accepted, and what job processes must be able to find."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from livekit.agents import AgentServer

from tests.environment import ENVIRONMENT
from tests.operation.offered import Request
from worker import app
from worker.config.settings import Settings


def server_with(monkeypatch: pytest.MonkeyPatch, **env: str) -> AgentServer:
    server = app.build_server(
        Settings.from_env({**ENVIRONMENT, "AGENT_DISPLAY_NAME": "Iris", **env})
    )
    monkeypatch.setattr(AgentServer, "active_jobs", property(lambda _: []))
    return server


async def test_the_agent_has_a_name_in_the_room(monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request()
    on_request: Any = server_with(monkeypatch)._request_fnc
    await on_request(request)
    assert request.answers == [("accepted", "Iris")]


def test_dispatch_is_automatic_unless_a_name_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert server_with(monkeypatch)._agent_name == ""
    assert server_with(monkeypatch, AGENT_NAME="iris")._agent_name == "iris"


@pytest.mark.parametrize("function", [app.entrypoint, app.prewarm])
def test_job_processes_find_what_they_run_by_reference(function: object) -> None:
    assert pickle.loads(pickle.dumps(function)) is function
