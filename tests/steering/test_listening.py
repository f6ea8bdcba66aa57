"""The button: switched when the connection is, pressed and let go once, never left held."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from google.genai import types

from tests.environment import ENVIRONMENT
from tools import TOOLS
from worker.config.settings import Settings
from worker.errors import ControlError
from worker.gemini.activity import Activity
from worker.gemini.mail import Mail
from worker.gemini.outbound import Outbound
from worker.personas import load_persona
from worker.role import Role
from worker.room.answers import PushToTalkAnswer
from worker.room.requests import PushToTalkRequest
from worker.steering import listening
from worker.steering.listening import TAIL, Listening

AUTOMATIC = types.LiveConnectConfig()


class FakeRole(Role):
    """A role whose connection is renewed when the test says so."""

    over = False

    def listen(self, *, manual: bool) -> None:
        if self.over:
            raise RuntimeError
        self.manual = manual


LET_GO = f"ended, {TAIL} s left"
"""The eyes hear of it before the service does: its last picture belongs into the turn."""


class Desk:
    """A button and what it moves; its timer runs when the test says so."""

    def __init__(self) -> None:
        self.role = FakeRole(Settings.from_env(ENVIRONMENT), load_persona("guide", tools=TOOLS))
        self.events: list[str] = []
        self.mail = Mail(Outbound(), lambda: 0.0)
        self.activity = Activity(self.mail, self.on_button)
        self.settled = asyncio.Event()
        self.settled.set()
        self.timers: list[Callable[[], None]] = []
        self.listening = Listening(
            self.role,
            self.activity,
            self.settled,
            on_press=lambda: self.events.append("hush"),
            stop=lambda: self.events.append("stop"),
            on_edge=self.on_edge,
            later=self.later,
        )

    def on_edge(self, began: bool, left: float) -> None:
        self.events.append("began" if began else f"ended, {left} s left")

    def on_button(self, pressed: bool) -> None:
        self.events.append("start" if pressed else "end")

    def later(self, seconds: float, then: Callable[[], None]) -> asyncio.TimerHandle:
        assert seconds == TAIL
        loop = asyncio.get_running_loop()
        handle = loop.call_later(3600, then)
        self.timers.append(lambda: None if handle.cancelled() else then())
        return handle

    async def ask(self, action: str) -> tuple[bool, bool]:
        asked = PushToTalkRequest(action=action)  # type: ignore[arg-type]
        answer = await self.listening.push_to_talk("ann", asked)
        return answer.on, answer.talking


@pytest.fixture
async def desk() -> Desk:
    return Desk()


@pytest.fixture
async def on(desk: Desk) -> Desk:
    desk.activity.manual = True
    return desk


async def test_answers_when_the_connection_is_set_up_for_it(desk: Desk) -> None:
    desk.settled.clear()
    asked = asyncio.create_task(desk.ask("on"))
    await asyncio.sleep(0)
    assert desk.role.manual
    assert not asked.done()
    desk.activity.manual = True
    desk.settled.set()
    assert await asked == (True, False)


async def test_says_so_when_it_lasts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "PATIENCE", 0.01)
    desk.settled.clear()
    with pytest.raises(ControlError) as refusal:
        await desk.ask("on")
    assert refusal.value.code == 4409


@pytest.mark.parametrize("action", ["start", "end"])
async def test_a_button_that_is_off_cannot_be_pressed(desk: Desk, action: str) -> None:
    with pytest.raises(ControlError) as refusal:
        await desk.ask(action)
    assert (refusal.value.code, desk.events) == (4409, [])


async def test_a_turn_begins_at_once_and_ends_with_the_last_of_its_sound(on: Desk) -> None:
    assert await on.ask("start") == (True, True)
    assert on.events == ["hush", "start", "began"]
    assert await on.ask("end") == (True, False)
    assert on.activity.held
    on.timers[0]()
    assert on.events[3:] == [LET_GO, "end"]


async def test_pressed_and_let_go_twice_is_once(on: Desk) -> None:
    for action in ("start", "start", "end", "end"):
        await on.ask(action)
    for fire in on.timers:
        fire()
    assert on.events == ["hush", "start", "began", LET_GO, "end"]


async def test_pressed_again_before_it_was_over_goes_on_with_the_turn(on: Desk) -> None:
    for action in ("start", "end", "start"):
        await on.ask(action)
    on.timers[0]()
    assert on.activity.held
    assert on.listening.answer() == PushToTalkAnswer(on=True, talking=True)
    assert on.events == ["hush", "start", "began", LET_GO, "began"]


async def test_what_ends_a_turn_that_is_ending_ends_it_once(on: Desk) -> None:
    for action in ("start", "end"):
        await on.ask(action)
    on.listening.close()
    on.timers[0]()
    assert on.events == ["hush", "start", "began", LET_GO, "end"]


async def test_putting_it_away_and_the_loss_of_who_held_it_let_go(on: Desk) -> None:
    await on.ask("start")
    await on.ask("off")
    assert not on.activity.held
    await on.ask("on")
    await on.ask("start")
    on.listening.close()
    on.listening.close()
    assert on.events.count("end") == on.events.count("ended, 0.0 s left") == 2


@pytest.mark.parametrize(("next_one", "stays"), [("ann", True), ("bob", False)])
async def test_another_one_who_is_served_begins_with_an_open_microphone(
    on: Desk, next_one: str, stays: bool
) -> None:
    on.listening.serve("ann")
    await on.ask("on")
    await on.ask("start")
    on.listening.serve(next_one)
    assert on.role.manual is on.activity.in_force is stays
    assert not on.activity.held


async def test_another_one_may_be_served_at_the_end_of_a_call(on: Desk) -> None:
    on.listening.serve("ann")
    on.role.over = True
    on.listening.serve("bob")
    assert not on.activity.held


async def test_put_away_while_the_agent_speaks_it_is_off_at_once(on: Desk) -> None:
    on.settled.clear()
    assert await on.ask("off") == (False, False)
    assert not on.role.manual
    with pytest.raises(ControlError) as refusal:
        await on.ask("start")
    assert refusal.value.code == 4409
    assert on.events == []


async def test_put_away_it_leaves_the_user_free_to_cut_in_by_voice(on: Desk) -> None:
    await on.ask("off")
    on.listening.on_voice(True)
    on.listening.on_voice(False)
    assert on.events == ["hush", "stop"]


async def test_taken_up_again_before_the_pause_it_is_on_at_once(on: Desk) -> None:
    on.settled.clear()
    await on.ask("off")
    assert await on.ask("on") == (True, False)
    assert await on.ask("start") == (True, True)
    assert on.role.manual


async def test_what_was_said_without_it_is_not_kept_for_somebody_else(on: Desk) -> None:
    on.listening.serve("ann")
    await on.ask("off")
    on.listening.on_voice(True)
    on.activity.overhear(b"\1\0" * 16_000)
    on.listening.serve("bob")
    on.activity.connect(AUTOMATIC, afresh=False)
    assert on.mail.outbound.samples_heard == 0


async def test_a_call_at_its_end_says_so(desk: Desk) -> None:
    desk.role.over = True
    with pytest.raises(ControlError) as refusal:
        await desk.ask("on")
    assert refusal.value.code == 4409
