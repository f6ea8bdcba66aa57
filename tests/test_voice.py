"""What the agent says of its own accord, and when."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from livekit.agents import AgentSession

import worker.voice
from worker.gemini.bounds import Bounds
from worker.gemini.lifeline import Lifeline
from worker.gemini.taps import Taps
from worker.voice import TRIES, Voice


@dataclass
class Handle:
    """A speech that is over, and how it ended."""

    interrupted: bool = False
    error: BaseException | None = None

    def exception(self) -> BaseException | None:
        return self.error

    def __await__(self) -> Generator[Any, None, Handle]:
        yield from asyncio.sleep(0).__await__()
        return self


@dataclass
class Late:
    """The model speaks although nobody waits for it any more."""

    user_initiated: bool = False


@dataclass
class Speaker:
    """What plays."""

    cleared: int = 0
    next_in_chain: None = None

    def clear_buffer(self) -> None:
        self.cleared += 1


@dataclass
class Output:
    audio: Speaker | None = field(default_factory=Speaker)


@dataclass
class FakeSession:
    """A session whose speeches end as planned."""

    plan: list[Handle] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    handlers: dict[str, Callable[[Any], None]] = field(default_factory=dict)
    current_speech: Handle | None = None
    output: Output = field(default_factory=Output)

    def on(self, event: str, handler: Callable[[Any], None]) -> None:
        self.handlers[event] = handler

    async def wait_for_idle(self) -> None:
        return

    def generate_reply(self, *, instructions: str) -> Handle:
        self.said.append(instructions)
        return self.plan.pop(0) if self.plan else Handle()


def voice_of(session: FakeSession, *, connected: bool = True) -> tuple[Voice, Lifeline]:
    lifeline = Lifeline(taps=Taps(), bounds=Bounds(), clock=time.monotonic, jitter=lambda: 0.0)
    if connected:
        lifeline.connected.set()
    return Voice(cast("AgentSession[Any]", session), lifeline), lifeline


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_the_greeting_waits_for_a_listener_and_for_the_model() -> None:
    session = FakeSession()
    heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    voice, lifeline = voice_of(session, connected=False)
    greeting = asyncio.create_task(voice.greet("Say hello.", heard))
    await settle()
    assert session.said == []
    heard.set_result(None)
    await settle()
    assert session.said == []
    lifeline.connected.set()
    await greeting
    assert session.said == ["Say hello."]


async def test_who_has_spoken_first_is_not_greeted() -> None:
    session = FakeSession()
    voice, _ = voice_of(session)
    session.handlers["user_input_transcribed"](None)
    await voice.greet("Say hello.", None)
    assert session.said == []


async def test_who_has_typed_first_is_not_greeted() -> None:
    session = FakeSession()
    voice, _ = voice_of(session)
    voice.on_addressed()
    await voice.greet("Say hello.", None)
    assert session.said == []


async def test_a_greeting_that_is_cancelled_leaves_the_listener_future_alone() -> None:
    subscribed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    voice, _ = voice_of(FakeSession())
    greeting = asyncio.create_task(voice.greet("Say hello.", subscribed))
    await settle()
    greeting.cancel()
    await asyncio.wait([greeting])
    assert not subscribed.cancelled()


async def test_an_announcement_that_was_cut_is_made_again() -> None:
    session = FakeSession(plan=[Handle(interrupted=True), Handle()])
    voice, _ = voice_of(session)
    await voice.announce("The tea is ready.")
    assert session.said == ["The tea is ready."] * 2


async def test_an_announcement_that_was_not_answered_is_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker.voice, "LATE", 0.01)
    session = FakeSession(plan=[Handle(error=RuntimeError()), Handle()])
    voice, _ = voice_of(session)
    await voice.announce("The tea is ready.")
    assert session.said == ["The tea is ready."] * 2


async def test_a_late_answer_to_an_announcement_is_not_asked_for_again() -> None:
    session = FakeSession(plan=[Handle(error=RuntimeError())])
    voice, _ = voice_of(session)
    announcing = asyncio.create_task(voice.announce("The tea is ready."))
    await settle()
    session.handlers["speech_created"](Late())
    await announcing
    assert session.said == ["The tea is ready."]


async def test_an_announcement_nobody_lets_finish_is_given_up() -> None:
    session = FakeSession(plan=[Handle(interrupted=True)] * 10)
    voice, _ = voice_of(session)
    await voice.announce("The tea is ready.")
    assert len(session.said) == TRIES


async def test_a_hint_waits_until_nobody_speaks_or_is_owed_a_reply() -> None:
    voice, lifeline = voice_of(FakeSession())
    lifeline.course.talk.reply = "running"
    hinting = asyncio.create_task(voice.hint("Time is short."))
    await settle()
    assert not lifeline.mail.lines
    assert not hinting.done()
    lifeline.course.talk.reply = "none"
    await hinting
    assert lifeline.letters.history.recall(compact=False).turns[-1].text == "Time is short."


async def test_a_hint_asks_for_no_reply() -> None:
    session = FakeSession()
    voice, lifeline = voice_of(session)
    await voice.hint("Time is short.")
    assert session.said == []
    assert not lifeline.mail.asks


@pytest.mark.parametrize(
    ("speech", "cleared"),
    [(Handle(interrupted=True), 1), (Handle(), 0), (None, 0)],
    ids=["cut", "not to be interrupted", "nothing plays"],
)
async def test_what_was_cut_is_not_heard_any_longer(speech: Handle | None, cleared: int) -> None:
    session = FakeSession(current_speech=speech)
    voice_of(session)[0].fall_silent()
    assert session.output.audio is not None
    assert session.output.audio.cleared == cleared


async def test_hushes_where_there_is_no_voice() -> None:
    session = FakeSession(output=Output(audio=None), current_speech=Handle(interrupted=True))
    voice_of(session)[0].fall_silent()
