"""What is typed is asked once and at once, whatever begins meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from livekit.agents import AgentSession, ConversationItemAddedEvent
from livekit.agents.llm import ChatMessage

from worker.asking import TRIES, Asking


class Over:
    """A speech that is over in a moment."""

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        asyncio.get_running_loop().call_soon(callback, self)


@dataclass
class FakeSession:
    """A session in which something comes between, as planned."""

    late: int = 0
    """Replies of the model that begin while an interruption is awaited, one each time."""
    thrown_out: int = 0
    """Questions that a reply of the model's throws out before they are asked."""
    silenced: int = 0
    """Questions that somebody cuts before they are asked."""
    said_meanwhile: list[str] = field(default_factory=list)
    """Spoken lines that become final while a question waits."""
    closing: bool = False
    said: list[str] = field(default_factory=list)
    deeds: list[str] = field(default_factory=list)
    handlers: dict[str, Callable[[Any], None]] = field(default_factory=dict)

    def on(self, event: str, handler: Callable[[Any], None]) -> None:
        self.handlers[event] = handler

    def off(self, event: str, handler: Callable[[Any], None]) -> None:
        assert self.handlers.pop(event) == handler

    async def interrupt(self) -> None:
        if self.closing:
            raise RuntimeError("AgentSession isn't running")
        self.deeds.append("cut")
        await asyncio.sleep(0)
        if self.late:
            self.late -= 1
            self._begin()

    def generate_reply(self, *, user_input: str) -> Over:
        self.said.append(user_input)
        self._begin()
        for words in self.said_meanwhile:
            self._add(words)
        if self.thrown_out:
            self.thrown_out -= 1
            self._begin()
        elif self.silenced:
            self.silenced -= 1
        else:
            self.deeds.append(user_input)
            self._add(user_input)
        return Over()

    def _begin(self) -> None:
        self.handlers["speech_created"](None)

    def _add(self, line: str) -> None:
        added = ConversationItemAddedEvent(item=ChatMessage(role="user", content=[line]))

        def tell() -> None:
            if handler := self.handlers.get("conversation_item_added"):
                handler(added)

        asyncio.get_running_loop().call_soon(tell)


def asking(session: FakeSession) -> Asking:
    return Asking(cast("AgentSession[Any]", session))


@pytest.mark.parametrize("late", [0, 1, 2])
async def test_a_reply_that_begins_before_a_typed_line_is_asked_is_cut_too(late: int) -> None:
    session = FakeSession(late=late)
    assert await asking(session).ask("And now?")
    assert session.deeds == ["cut"] * (1 + late) + ["And now?"]


@pytest.mark.parametrize("times", [1, 2])
async def test_a_typed_line_that_a_reply_threw_out_is_asked_again(times: int) -> None:
    session = FakeSession(thrown_out=times)
    assert await asking(session).ask("And now?")
    assert session.deeds == ["cut"] * (1 + times) + ["And now?"]
    assert session.said == ["And now?"] * (1 + times)


async def test_a_typed_line_that_nothing_lets_through_is_given_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    session = FakeSession(thrown_out=10)
    assert not await asking(session).ask("And now?")
    assert session.said == ["And now?"] * TRIES
    assert "a typed line was not asked" in caplog.text


async def test_a_typed_line_that_somebody_cut_is_not_asked_again() -> None:
    session = FakeSession(silenced=1)
    assert not await asking(session).ask("And now?")
    assert session.said == ["And now?"]


async def test_a_spoken_line_is_not_taken_for_the_typed_one() -> None:
    session = FakeSession(thrown_out=1, said_meanwhile=["what time is it"])
    assert await asking(session).ask("And now?")
    assert session.said == ["And now?"] * 2


async def test_two_typed_lines_are_asked_one_after_the_other() -> None:
    session = FakeSession()
    asker = asking(session)
    assert all(await asyncio.gather(asker.ask("one"), asker.ask("two")))
    assert session.deeds == ["cut", "one", "cut", "two"]


async def test_a_call_that_ends_asks_nothing() -> None:
    session = FakeSession(closing=True)
    assert not await asking(session).ask("And now?")
    assert session.said == []


async def test_nobody_listens_for_a_typed_line_that_was_asked() -> None:
    session = FakeSession()
    await asking(session).ask("And now?")
    assert "conversation_item_added" not in session.handlers
