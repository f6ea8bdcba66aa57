"""A call that somebody ends says goodbye, waits for it, and closes its room; once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import pytest
from livekit import api, rtc
from livekit.agents import JobContext

from tests.live.service import until
from worker import departure
from worker.departure import Departure
from worker.room.outbox import Outbox
from worker.room.posting import Posting
from worker.tasks import Tasks


@dataclass
class FakePerson:
    kind: int = rtc.ParticipantKind.PARTICIPANT_KIND_STANDARD
    hidden: bool = False


class FakeContext:
    """A job and its room, and what was done to them; the server answers when the test says so."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.remote_participants = {"ann": FakePerson()}
        self.room = self.api = self
        self.name = "kitchen"
        self.answer: asyncio.Future[object] = asyncio.Future()
        self.listed: list[FakePerson] | Exception = []
        self.connected = True
        self.meanwhile: Callable[[], None] = lambda: None

    def isconnected(self) -> bool:
        return self.connected

    async def list_participants(
        self, asked: api.ListParticipantsRequest
    ) -> api.ListParticipantsResponse:
        assert asked.room == self.name
        self.meanwhile()
        if isinstance(self.listed, Exception):
            raise self.listed
        them = [
            api.ParticipantInfo(
                kind=cast("Any", one.kind), permission=api.ParticipantPermission(hidden=one.hidden)
            )
            for one in self.listed
        ]
        return api.ListParticipantsResponse(participants=them)

    def delete_room(self) -> asyncio.Future[object]:
        self.done.append("room deleted")
        return self.answer

    def shutdown(self, *, reason: str) -> None:
        self.done.append(reason)


async def publish(packet: bytes) -> None:
    """Send it to nobody."""


class Scene:
    def __init__(self) -> None:
        self.context, self.tasks = FakeContext(), Tasks()
        self.departure = Departure(
            cast("JobContext", self.context),
            self.tasks,
            posting=cast("Posting", None),
            outbox=Outbox(publish),
        )
        self.said: list[str] = []

    async def farewell(self) -> None:
        self.said.append("goodbye")

    async def over(self) -> list[str]:
        await until(lambda: len(self.context.done) == 2)
        return self.context.done


OVER = ["room deleted", "somebody ended the call"]


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(departure, "ON_ITS_WAY", 0.01)


async def test_says_goodbye_and_closes_the_room() -> None:
    scene = Scene()
    scene.departure.end(scene.farewell)
    assert await scene.over() == OVER
    assert scene.said == ["goodbye"]


async def test_closes_it_without_a_word_where_none_is_wanted() -> None:
    scene = Scene()
    scene.departure.end(None)
    assert await scene.over() == OVER


async def test_is_ended_once() -> None:
    scene = Scene()
    scene.departure.end(scene.farewell)
    scene.departure.end(scene.farewell)
    scene.departure.part()
    await scene.over()
    await asyncio.sleep(0.05)
    assert (scene.context.done, scene.said) == (OVER, ["goodbye"])


@pytest.mark.parametrize("error", [RuntimeError("closing"), None])
async def test_ends_though_no_goodbye_can_be_said(
    monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    monkeypatch.setattr(departure, "FAREWELL", 0.01)

    async def mute() -> None:
        if error is not None:
            raise error
        await asyncio.Event().wait()

    scene = Scene()
    scene.departure.end(mute)
    assert await scene.over() == OVER


def leave_spent(scene: Scene) -> None:
    scene.departure.on_spent()


def leave_for_want_of_a_model(scene: Scene) -> None:
    scene.departure.part()


def leave_an_empty_room(scene: Scene) -> None:
    scene.context.remote_participants.clear()
    scene.departure.on_empty()


LEAVINGS = [leave_spent, leave_for_want_of_a_model, leave_an_empty_room]


@pytest.mark.parametrize("leave", LEAVINGS)
async def test_closes_the_room_where_whoever_stays_or_returns_would_wait_in_vain(
    monkeypatch: pytest.MonkeyPatch, leave: Callable[[Scene], None]
) -> None:
    monkeypatch.setattr(departure, "take_leave", at_once)
    scene = Scene()
    leave(scene)
    assert (await scene.over())[0] == "room deleted"


@pytest.mark.parametrize("leave", LEAVINGS[:2])
async def test_leaves_people_with_another_agent_where_they_are(
    monkeypatch: pytest.MonkeyPatch, leave: Callable[[Scene], None]
) -> None:
    monkeypatch.setattr(departure, "take_leave", at_once)
    scene = Scene()
    another = FakePerson(rtc.ParticipantKind.PARTICIPANT_KIND_AGENT)
    scene.context.remote_participants["another"] = another
    leave(scene)
    await until(lambda: scene.context.done)
    assert "room deleted" not in scene.context.done


async def test_does_not_throw_out_who_is_on_the_way_in() -> None:
    scene = Scene()
    scene.context.listed = [FakePerson()]
    leave_an_empty_room(scene)
    await asyncio.sleep(0.02)
    assert scene.context.done == []
    scene.context.listed = [FakePerson(rtc.ParticipantKind.PARTICIPANT_KIND_AGENT)]
    leave_an_empty_room(scene)
    assert await scene.over() == ["room deleted", "everybody left"]


async def test_somebody_who_hides_keeps_no_agent_in_an_empty_room() -> None:
    scene = Scene()
    scene.context.listed = [FakePerson(hidden=True)]
    leave_an_empty_room(scene)
    assert await scene.over() == ["room deleted", "everybody left"]


def come(context: FakeContext) -> None:
    context.remote_participants["ann"] = FakePerson()


def be_cut_off(context: FakeContext) -> None:
    context.connected = False


@pytest.mark.parametrize("happens", [come, be_cut_off])
async def test_looks_again_after_it_has_asked(happens: Callable[[FakeContext], None]) -> None:
    scene = Scene()
    scene.context.meanwhile = lambda: happens(scene.context)
    leave_an_empty_room(scene)
    await asyncio.sleep(0.02)
    assert scene.context.done == []


@pytest.mark.parametrize("error", [OSError("no route"), api.TwirpError("internal", "", status=500)])
async def test_leaves_an_empty_room_though_the_server_does_not_say_who_is_there(
    error: Exception,
) -> None:
    scene = Scene()
    scene.context.listed = error
    leave_an_empty_room(scene)
    assert await scene.over() == ["room deleted", "everybody left"]


async def at_once(*_: object, **__: object) -> None:
    """Take leave without a word."""


async def test_a_job_does_not_end_before_its_room_is_closed() -> None:
    scene = Scene()
    scene.departure.on_spent()
    closing = asyncio.create_task(scene.departure.aclose())
    await asyncio.sleep(0.02)
    assert not closing.done()
    scene.context.answer.set_result(None)
    await closing


async def test_a_server_that_does_not_answer_holds_no_job_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(departure, "CLOSING", 0.01)
    scene = Scene()
    await scene.departure.aclose()
    scene.departure.on_spent()
    await scene.departure.aclose()
    assert [record.message for record in caplog.records] == [
        "the room may be left open: no answer to closing it"
    ]


async def test_leaves_a_room_that_another_agent_serves_as_it_is() -> None:
    scene = Scene()
    scene.departure.on_elder()
    assert scene.context.done == ["another agent serves this room"]


async def test_answers_before_the_room_is_gone() -> None:
    scene = Scene()
    scene.departure.end(None)
    await asyncio.sleep(0)
    assert scene.context.done == []
    await scene.over()
