"""The watch over job processes, against LiveKit's API."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from livekit import rtc
from livekit.agents import AgentServer
from livekit.agents.ipc.job_executor import JobStatus
from livekit.agents.ipc.proc_pool import ProcPool
from livekit.agents.job import JobAcceptArguments, RunningJobInfo
from livekit.protocol import agent, models

from tests.environment import ENVIRONMENT
from tests.fakes.rooms import Rooms, rooms
from worker.config.settings import Settings
from worker.operation.succession import AT_MOST, CALLED_OFF, TAKEN
from worker.operation.watch import AGAIN, KIND, LOOKS, PEOPLE, Loss, Watch
from worker.room import attendance

LOOK = ["RemoveParticipant", "ListParticipants"]


@dataclass
class Process:
    """A job process that has ended."""

    status: JobStatus = JobStatus.FAILED
    fake: bool = False
    exitcode: int = TAKEN
    running_job: RunningJobInfo | None = field(init=False)

    def __post_init__(self) -> None:
        self.running_job = RunningJobInfo(
            accept_arguments=JobAcceptArguments(name="", identity="agent-1", metadata=""),
            job=agent.Job(
                id="AJ_1",
                dispatch_id="AD_1",
                room=models.Room(name="parlour"),
                agent_name="guide",
                metadata="from the token",
            ),
            url="",
            token="",
            worker_id="AW_1",
            fake_job=self.fake,
        )


@pytest_asyncio.fixture
async def livekit() -> AsyncIterator[Rooms]:
    """A room with Ann and the agent that dies."""
    async with rooms(**{"ann": "STANDARD", "agent-1": "AGENT"}) as found:
        yield found


def watch_over(livekit: Rooms, between: Callable[[Rooms], None] = Rooms.let_come) -> Watch:
    settings = Settings.from_env({**ENVIRONMENT, "LIVEKIT_URL": livekit.url.replace("http", "ws")})

    async def sleep(seconds: float) -> None:
        """Wait for nothing; between two looks into the room something happens in it."""
        if seconds == LOOKS[-1]:
            between(livekit)

    return Watch(AgentServer(), settings, clock=lambda: 0.0, sleep=sleep)


async def lose(watch: Watch, process: Any) -> None:
    watch.on_process_closed(process)
    for task in tuple(watch._tasks._running):
        await task


async def test_a_room_that_lost_its_agent_gets_another(livekit: Rooms) -> None:
    await lose(watch_over(livekit), Process())
    assert livekit.names() == [*LOOK, "ListDispatch", "CreateDispatch", "DeleteDispatch", *LOOK]
    asked = livekit.asked[3][1]
    assert (asked.agent_name, asked.room, asked.metadata) == ("guide", "parlour", "from the token")


@pytest.mark.parametrize("process", [Process(status=JobStatus.SUCCESS), Process(fake=True)])
async def test_a_job_that_ended_well_needs_none(livekit: Rooms, process: Process) -> None:
    await lose(watch_over(livekit), process)
    assert livekit.asked == []


async def test_an_idle_process_had_no_room(livekit: Rooms) -> None:
    idle = Process()
    idle.running_job = None
    await lose(watch_over(livekit), idle)
    assert livekit.asked == []


async def test_a_room_that_has_another_agent_needs_none(livekit: Rooms) -> None:
    livekit.present["agent-2"] = "AGENT"
    await lose(watch_over(livekit), Process())
    assert "CreateDispatch" not in livekit.names()


@pytest.mark.parametrize(
    ("kind", "asked"),
    [("STANDARD", 1), ("SIP", 1), ("CONNECTOR", 1), ("EGRESS", 0), ("INGRESS", 0), ("BRIDGE", 0)],
)
async def test_an_agent_is_sent_to_people_alone(livekit: Rooms, kind: str, asked: int) -> None:
    livekit.present["ann"] = kind
    await lose(watch_over(livekit), Process())
    assert livekit.names().count("CreateDispatch") == asked


def test_people_are_those_whom_an_agent_serves() -> None:
    # The same kinds have other numbers in a room than on the server.
    served = {rtc.ParticipantKind.Name(kind) for kind in attendance.PEOPLE}
    assert {f"PARTICIPANT_KIND_{KIND.Name(kind)}" for kind in PEOPLE} == served


@pytest.mark.parametrize("gone", ["RemoveParticipant", "DeleteDispatch"])
async def test_what_is_gone_already_does_not_hinder_it(livekit: Rooms, gone: str) -> None:
    livekit.missing.add(gone)
    await lose(watch_over(livekit), Process())
    assert "CreateDispatch" in livekit.names()


@pytest.mark.parametrize(
    "request_", ["RemoveParticipant", "ListParticipants", "ListDispatch", "CreateDispatch"]
)
async def test_a_server_in_trouble_is_asked_again(livekit: Rooms, request_: str) -> None:
    livekit.troubled[request_] = len(AGAIN) - 1
    await lose(watch_over(livekit), Process())
    assert livekit.names()[-4:] == ["CreateDispatch", "DeleteDispatch", *LOOK]


def come_back(livekit: Rooms) -> None:
    livekit.missing.clear()
    livekit.let_come()


async def test_people_who_come_back_after_the_server_did_get_an_agent(livekit: Rooms) -> None:
    """The server was away for minutes, and has made its room anew when they are back in it."""
    livekit.troubled["RemoveParticipant"] = len(AGAIN) - 1
    livekit.missing.add("ListParticipants")
    await lose(watch_over(livekit, come_back), Process())
    assert livekit.names().count("CreateDispatch") == 1


async def test_an_agent_that_does_not_come_is_asked_for_again(livekit: Rooms) -> None:
    await lose(watch_over(livekit, lambda _: None), Process())
    assert livekit.names().count("CreateDispatch") == len(LOOKS)


async def test_a_room_that_has_lost_the_next_one_too_is_left_to_that_loss(livekit: Rooms) -> None:
    def lose_again(_: Rooms) -> None:
        watch._newest["parlour"] = Loss(job=agent.Job(), identity="agent-2")

    watch = watch_over(livekit, lose_again)
    await lose(watch, Process())
    assert livekit.names().count("ListParticipants") == 1


async def test_an_old_dispatch_that_stays_is_no_reason_for_two_agents(livekit: Rooms) -> None:
    livekit.troubled["DeleteDispatch"] = 1
    await lose(watch_over(livekit), Process())
    assert livekit.names().count("CreateDispatch") == 1


@pytest.mark.parametrize("request_", ["CreateDispatch", "DeleteDispatch"])
async def test_an_answer_that_is_lost_is_no_reason_for_two_agents(
    livekit: Rooms, request_: str
) -> None:
    livekit.silent[request_] = 1
    livekit.dispatches["AD_other"] = "somebody else"
    await lose(watch_over(livekit), Process())
    assert livekit.names().count("CreateDispatch") == 1
    assert sorted(livekit.dispatches.values()) == ["guide", "somebody else"]
    assert "AD_1" not in livekit.dispatches


async def test_a_dispatch_that_was_there_before_is_no_answer(livekit: Rooms) -> None:
    livekit.dispatches["AD_older"] = "guide"
    livekit.troubled["CreateDispatch"] = 1
    await lose(watch_over(livekit), Process())
    assert livekit.names().count("CreateDispatch") == 2


@pytest.mark.parametrize(("status", "asked"), [(CALLED_OFF, 0), (TAKEN, 1)])
async def test_an_agent_that_was_sent_away_is_not_replaced(
    livekit: Rooms, status: int, asked: int
) -> None:
    """A room that a server has made anew has not the dispatches of before either."""
    livekit.dispatches.clear()
    watch = watch_over(livekit)
    for _ in range(AT_MOST + 1 if status == CALLED_OFF else 1):
        await lose(watch, Process(exitcode=status))
    assert livekit.names().count("CreateDispatch") == asked
    assert "DeleteRoom" not in livekit.names()


async def test_an_agent_that_livekit_took_is_replaced(livekit: Rooms) -> None:
    await lose(watch_over(livekit), Process(exitcode=CALLED_OFF))
    assert livekit.names().count("CreateDispatch") == 1


async def test_a_job_that_never_got_a_process_is_given_to_another_agent(livekit: Rooms) -> None:
    watch, process = watch_over(livekit), Process()
    assert process.running_job is not None
    watch.on_unlaunched(process.running_job.job, "agent-1")
    await asyncio.gather(*watch._tasks._running)
    assert livekit.names().count("CreateDispatch") == 1


async def test_a_server_that_stays_in_trouble_is_let_be(livekit: Rooms) -> None:
    livekit.troubled["ListParticipants"] = 100
    await lose(watch_over(livekit), Process())
    assert livekit.names().count("ListParticipants") == len(AGAIN)


async def test_a_room_that_is_gone_is_left_alone(livekit: Rooms) -> None:
    livekit.missing |= {"RemoveParticipant", "ListParticipants"}
    await lose(watch_over(livekit), Process())
    assert livekit.names() == LOOK * len(LOOKS)


async def test_a_room_that_keeps_losing_its_agent_is_closed(livekit: Rooms) -> None:
    watch = watch_over(livekit)
    for _ in range(AT_MOST):
        watch._losses.pause("parlour", 0.0)
    await lose(watch, Process())
    assert livekit.names() == ["RemoveParticipant", "DeleteRoom"]


def test_the_framework_still_tells_of_processes_that_end() -> None:
    source = inspect.getsource(AgentServer)
    assert "self._proc_pool = ipc.proc_pool.ProcPool(" in source
    assert source.index("self._proc_pool = ") < source.index('self.emit("worker_started")')
    assert 'self.emit("process_closed", proc)' in inspect.getsource(ProcPool)
