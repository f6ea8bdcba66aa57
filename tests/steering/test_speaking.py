"""A text is said, silence is kept when it is wanted, and a call is ended once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.live.service import until
from tests.live.talking import Scene, talking
from worker.departure import Departure
from worker.errors import ControlError
from worker.room.requests import EndRequest, InterruptRequest, SayRequest
from worker.steering.speaking import MOST, Speaking
from worker.tasks import Tasks
from worker.voice import QUIET


class FakeDeparture(Departure):
    """Notes how the call was to end."""

    def __init__(self) -> None:
        self.farewells: list[Callable[[], Awaitable[None]] | None] = []

    def end(self, farewell: Callable[[], Awaitable[None]] | None) -> None:
        self.farewells.append(farewell)


class Desk:
    """The controls of a scene."""

    def __init__(self, scene: Scene) -> None:
        self.tasks, self.departure = Tasks(), FakeDeparture()
        self.speaking = Speaking(
            scene.session, scene.voice, scene.lifeline, self.departure, self.tasks
        )

    async def say(self, text: str, *, interrupt: bool = False) -> None:
        await self.speaking.say("ann", SayRequest(text=text, interrupt=interrupt))

    async def interrupt(self) -> bool:
        return (await self.speaking.interrupt("ann", InterruptRequest())).interrupted


async def test_says_a_text_word_for_word(monkeypatch: pytest.MonkeyPatch) -> None:
    async with talking(monkeypatch) as scene:
        desk = Desk(scene)
        await desk.say("The taxi is here.")
        await until(lambda: scene.asked)
        await desk.tasks.aclose()
    assert scene.asked[0].endswith("word for word and nothing else:\nThe taxi is here.")


async def test_says_one_text_after_the_other_or_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with talking(monkeypatch) as scene:
        desk = Desk(scene)
        for text in ("one", "two"):
            await desk.say(text)
        await until(lambda: scene.asked)
        await desk.say("three", interrupt=True)
        # The first may have begun by now, and is given its pause.
        await until(lambda: scene.asked[-1].endswith("three"), within=QUIET + 2)
        await desk.tasks.aclose()
    assert [asked.split()[-1] for asked in scene.asked] == ["one", "three"]


async def test_falls_silent_and_has_the_model_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    async with talking(monkeypatch) as scene:
        desk = Desk(scene)
        assert not await desk.interrupt()
        await desk.say("a long story")
        await until(lambda: scene.session.current_speech)
        speech: Any = scene.session.current_speech
        await until(lambda: scene.lifeline.course.talk.reply == "running")
        assert await desk.interrupt()
        await until(lambda: scene.service.accounts[0].at("interrupted"))
        await until(speech.done)
        await desk.tasks.aclose()
    assert speech.interrupted


async def test_what_waits_to_be_said_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    async with talking(monkeypatch) as scene:
        desk = Desk(scene)
        for number in range(MOST):
            await desk.say(str(number))
        with pytest.raises(ControlError) as refusal:
            await desk.say("too much")
        await desk.say("now", interrupt=True)
        await desk.tasks.aclose()
    assert refusal.value.code == 4429


@pytest.mark.parametrize("goodbye", [True, False])
async def test_takes_leave_or_does_not(monkeypatch: pytest.MonkeyPatch, *, goodbye: bool) -> None:
    async with talking(monkeypatch) as scene:
        desk = Desk(scene)
        answer = await desk.speaking.end("ann", EndRequest(goodbye=goodbye))
        (farewell,) = desk.departure.farewells
        if farewell is not None:
            saying = desk.tasks.spawn(farewell(), "farewell")  # type: ignore[arg-type]
            await until(lambda: scene.asked)
            saying.cancel()
    assert answer.goodbye is goodbye
    assert (farewell is not None) is goodbye
    assert ["goodbye" in asked for asked in scene.asked] == [True] * goodbye
