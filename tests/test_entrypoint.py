"""What the worker learns of a job that could not begin, from a real job process without a room."""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
from collections.abc import Callable

import pytest
from livekit import api
from livekit.agents import JobProcess
from livekit.agents.ipc.job_executor import JobStatus
from livekit.agents.ipc.job_proc_executor import ProcJobExecutor
from livekit.agents.job import JobAcceptArguments, RunningJobInfo
from livekit.protocol import agent, models

from tests.environment import ENVIRONMENT
from worker import app
from worker.operation.succession import TAKEN
from worker.start.tether import tether


def job_at(port: int) -> RunningJobInfo:
    """A job in a room of a server that is not there."""
    grants = api.VideoGrants(room_join=True, room="parlour", agent=True)
    token = api.AccessToken("key", "s" * 32).with_identity("agent-1").with_grants(grants)
    return RunningJobInfo(
        accept_arguments=JobAcceptArguments(name="", identity="agent-1", metadata=""),
        job=agent.Job(id="AJ_1", room=models.Room(name="parlour")),
        url=f"ws://127.0.0.1:{port}",
        token=token.to_jwt(),
        worker_id="AW_1",
        fake_job=False,
    )


def leave_unprepared(process: JobProcess) -> None:
    """Give the process nothing of what a call needs, but the way to its end."""
    tether()


def process(prepare: Callable[[JobProcess], None]) -> ProcJobExecutor:
    """A job process as the framework makes one, but for the fork."""
    return ProcJobExecutor(
        initialize_process_fnc=prepare,
        job_entrypoint_fnc=app.entrypoint,
        session_end_fnc=None,
        simulation_end_fnc=None,
        inference_executor=None,
        initialize_timeout=60,
        close_timeout=10,
        session_end_timeout=10,
        memory_warn_mb=0,
        memory_limit_mb=0,
        ping_interval=2.5,
        ping_timeout=60,
        high_ping_threshold=0.5,
        http_proxy=None,
        mp_ctx=multiprocessing.get_context("spawn"),
        loop=asyncio.get_running_loop(),
    )


@pytest.mark.timeout(90)
@pytest.mark.parametrize("prepare", [app.prewarm, leave_unprepared])
async def test_a_call_that_could_not_begin_ends_as_one_that_was_lost(
    monkeypatch: pytest.MonkeyPatch, prepare: Callable[[JobProcess], None]
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    running = process(prepare)
    await running.start()
    await running.initialize()
    with socket.socket() as bound:
        # Nobody listens: one call finds no room to join, the other does not get that far.
        bound.bind(("127.0.0.1", 0))
        await running.launch_job(job_at(bound.getsockname()[1]))
        await running.join()
    assert (running.exitcode, running.status) == (TAKEN, JobStatus.FAILED)
