"""What the plugin takes for its connection: google-genai's session, which never drops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Protocol

from google.genai import types

INCOMING = 1_000
"""Messages that may wait for the plugin, which takes them as they come; then reading waits."""

MARKS = 2
"""Places for what must not wait and comes once: that a reply is over, and that all is."""

REPLY_OVER = types.LiveServerMessage(
    server_content=types.LiveServerContent(generation_complete=True, turn_complete=True)
)
"""What ends a reply that its connection did not live to end."""


class Counterpart(Protocol):
    """Who takes what the plugin sends: the lifeline."""

    def say(self, turns: Any, *, turn_complete: bool) -> None:
        """Take turns for the talk."""

    def answer(self, responses: Any) -> None:
        """Take answers to tool calls."""

    def signal(self, given: dict[str, Any]) -> None:
        """Take typed text or activity marks."""

    def handing_over(self, message: types.LiveServerMessage) -> None:
        """Know that the plugin is about to get this message."""


class LiveSession:
    """The five methods of google-genai's ``AsyncSession`` that the plugin uses.

    What it sends is taken at once and delivered in order, over whatever connection there is; what
    it receives comes from one connection after the other.
    """

    def __init__(self, lifeline: Counterpart) -> None:
        self._lifeline = lifeline
        self._incoming: asyncio.Queue[types.LiveServerMessage | None] = asyncio.Queue(
            INCOMING + MARKS
        )
        self._room = asyncio.Event()
        """Set while a message need not wait: there is room for it, or nobody to have it."""
        self._room.set()
        self._failure: Exception | None = None
        self._closed = False

    async def send_client_content(self, *, turns: Any = None, turn_complete: bool = True) -> None:
        """Add turns to the talk; ``turn_complete`` asks for a reply."""
        self._lifeline.say(turns, turn_complete=turn_complete)

    async def send_tool_response(self, *, function_responses: Any) -> None:
        """Answer tool calls."""
        self._lifeline.answer(function_responses)

    async def send_realtime_input(self, **given: Any) -> None:
        """Send typed text or activity marks; audio and pictures go past the plugin."""
        self._lifeline.signal(given)

    async def receive(self) -> AsyncIterator[types.LiveServerMessage]:
        """The service's messages, until the plugin or the lifeline closes this."""
        while not (self._closed and self._incoming.empty()):
            message = await self._incoming.get()
            self._make_room()
            if message is not None:
                # What came before has been dealt with by now: the plugin has asked for more.
                self._lifeline.handing_over(message)
                yield message
        if self._failure is not None:
            raise self._failure

    async def close(self) -> None:
        """The plugin has no more use for this; the connection lives on."""
        self._end()

    def fail(self, failure: Exception) -> None:
        """The lifeline gives up: what came before is received first."""
        self._failure = failure
        self._end()

    async def put(self, message: types.LiveServerMessage) -> None:
        """Hand on a message; waits while too many wait for the plugin."""
        await self._room.wait()
        if not self._closed:
            self._incoming.put_nowait(message)
            self._make_room()

    def end_reply(self) -> None:
        """End the running reply for the plugin."""
        # With more than that waiting it has been ended, and nothing came since.
        if self._incoming.qsize() <= INCOMING:
            self._incoming.put_nowait(REPLY_OVER)
            self._make_room()

    def _end(self) -> None:
        self._closed = True
        self._make_room()
        if not self._incoming.full():
            self._incoming.put_nowait(None)

    def _make_room(self) -> None:
        if self._closed or self._incoming.qsize() < INCOMING:
            self._room.set()
        else:
            self._room.clear()
