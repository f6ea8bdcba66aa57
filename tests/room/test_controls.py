"""Only who is served, or was granted it, may ask; and every refusal has its code and sentence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

import pytest
from livekit import rtc
from livekit.rtc._proto.participant_pb2 import ParticipantPermission

from tests.clock import Clock
from worker.errors import ControlError
from worker.room.answers import Answer, FramesAnswer, InterruptAnswer
from worker.room.controls import (
    AT_ONCE,
    BURST,
    GRANT,
    INTERVAL,
    NOTED,
    PAGES,
    REST,
    Controls,
    Method,
)
from worker.room.requests import FramesRequest, HistoryRequest, Request


class FakePerson:
    def __init__(self, granted: str = "", *, writes_itself: bool = False) -> None:
        self.attributes = {GRANT: granted} if granted else {}
        self.permissions = ParticipantPermission(can_update_metadata=writes_itself)


class FakeRoom(rtc.Room):
    """A room that was never joined, with people in it all the same."""

    def __init__(self, people: dict[str, FakePerson]) -> None:
        super().__init__()
        self.people = people

    @property
    def remote_participants(self) -> dict[str, rtc.RemoteParticipant]:
        return self.people  # type: ignore[return-value]


class Table:
    """One method, which waits while it is told to."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.go.set()

    async def frames(self, caller: str, asked: FramesRequest) -> FramesAnswer:
        await self.go.wait()
        return FramesAnswer(on=asked.on, seconds=0.0, topic=caller)


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def pages(caller: str, asked: HistoryRequest) -> Answer:
    return InterruptAnswer(interrupted=False)


@pytest.fixture
async def controls(table: Table, clock: Clock) -> Controls:
    people = {
        "ann": FakePerson(),
        "bob": FakePerson(),
        "eve": FakePerson("yes"),
        "mallory": FakePerson("on", writes_itself=True),
        "page": FakePerson("on"),
    }
    methods: Mapping[type[Request], Method] = {
        FramesRequest: table.frames,
        HistoryRequest: pages,
    }
    controls = Controls(FakeRoom(people), [methods], served=lambda: "ann", clock=clock)
    controls.open()
    return controls


@pytest.mark.parametrize("caller", ["ann", "page"])
async def test_answers_who_is_served_and_who_was_granted_it(
    controls: Controls, caller: str
) -> None:
    answer = await controls.answer("sightline.frames", caller, '{"on":true}')
    assert json.loads(answer) == {"on": True, "seconds": 0.0, "topic": caller}


@pytest.mark.parametrize("caller", ["bob", "eve", "mallory", "gone", ""])
async def test_refuses_everybody_else(controls: Controls, caller: str) -> None:
    with pytest.raises(ControlError) as refusal:
        await controls.answer("sightline.frames", caller, '{"on":true}')
    assert refusal.value.code == 4403


async def test_who_is_served_may_ask_before_their_return_is_known(
    table: Table, clock: Clock
) -> None:
    controls = Controls(
        FakeRoom({}), [{FramesRequest: table.frames}], served=lambda: "ann", clock=clock
    )
    controls.open()
    assert await controls.answer("sightline.frames", "ann", '{"on":true}')


async def test_while_nobody_is_served_nobody_is_answered(table: Table, clock: Clock) -> None:
    controls = Controls(
        FakeRoom({}), [{FramesRequest: table.frames}], served=lambda: "", clock=clock
    )
    controls.open()
    with pytest.raises(ControlError):
        await controls.answer("sightline.frames", "", '{"on":true}')


async def test_a_flood_of_refused_calls_is_one_line_in_the_log(
    controls: Controls, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "worker.room.controls")
    for _ in range(1000):
        with pytest.raises(ControlError):
            await controls.answer("sightline.frames", "bob", '{"on":true}')
    assert [record.message for record in caplog.records] == ["control refused"]


async def test_says_what_a_request_should_have_been(controls: Controls) -> None:
    with pytest.raises(ControlError, match="on or off") as refusal:
        await controls.answer("sightline.frames", "ann", "perhaps")
    assert refusal.value.code == 4400


async def flood(controls: Controls, method: str, caller: str, times: int) -> int:
    """Call so often; how many were answered before one was refused for its rate."""
    payload = "on" if method == "sightline.frames" else ""
    for count in range(times):
        try:
            await controls.answer(method, caller, payload)
        except ControlError as refusal:
            if refusal.code == 4429:
                return count
            raise
    return times


async def test_one_caller_is_answered_as_often_as_a_finger_can_press(
    controls: Controls, clock: Clock
) -> None:
    assert await flood(controls, "sightline.frames", "ann", BURST + 1) == BURST
    assert await flood(controls, "sightline.frames", "page", 1) == 1
    clock.now += REST
    for _ in range(BURST * 3):
        clock.now += INTERVAL
        assert await flood(controls, "sightline.frames", "ann", 1) == 1


async def test_who_does_not_rest_is_not_answered_again(
    controls: Controls, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "worker.room.controls")
    await flood(controls, "sightline.frames", "ann", BURST + 1)
    for _ in range(100):
        clock.now += REST / 2
        assert await flood(controls, "sightline.frames", "ann", 1) == 0
    assert [record.message for record in caplog.records] == ["controls flooded"]


async def test_a_long_history_is_given_page_after_page(controls: Controls) -> None:
    assert await flood(controls, "sightline.history", "ann", PAGES + 1) == PAGES
    assert await flood(controls, "sightline.frames", "ann", 1) == 1


async def test_remembers_the_rate_of_so_many_callers_and_no_more(
    table: Table, clock: Clock
) -> None:
    everybody = {f"app-{number}": FakePerson("on") for number in range(NOTED + 50)}
    methods: Mapping[type[Request], Method] = {FramesRequest: table.frames}
    controls = Controls(FakeRoom(everybody), [methods], served=lambda: "ann", clock=clock)
    controls.open()
    for caller in everybody:
        await flood(controls, "sightline.frames", caller, 1)
    assert len(controls._gates) == NOTED


async def test_works_at_so_many_calls_and_no_more(controls: Controls, table: Table) -> None:
    table.go.clear()
    calls = [
        asyncio.create_task(controls.answer("sightline.frames", "ann", "on"))
        for _ in range(AT_ONCE)
    ]
    await asyncio.sleep(0)
    with pytest.raises(ControlError) as refusal:
        await controls.answer("sightline.frames", "ann", "on")
    table.go.set()
    await asyncio.gather(*calls)
    assert refusal.value.code == 4429
    assert await controls.answer("sightline.frames", "ann", "on")


async def test_who_calls_before_the_call_has_begun_is_answered_when_it_has(
    table: Table, clock: Clock
) -> None:
    room = FakeRoom({"ann": FakePerson()})
    controls = Controls(room, [{FramesRequest: table.frames}], served=lambda: "ann", clock=clock)
    early = asyncio.create_task(controls.answer("sightline.frames", "ann", "on"))
    await asyncio.sleep(0)
    assert not early.done()
    controls.open()
    assert await early
