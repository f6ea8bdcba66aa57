"""What one caller has heard, read and been sent, with times; and waiting for more of it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TypeVar

from offline.ear import Ear, Sound

FOUND = TypeVar("FOUND")
POLL = 0.1
"""Seconds after which a look is taken again although nothing arrived: silence passes too."""
TEXT_PATIENCE = 2.0
"""Seconds after the last sound of a reply in which its text may still be completed."""
REPLY_OVER = 0.7
"""Seconds of quiet after which a reply is over."""
AT_REST = ("listening", "idle")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The newest text of one segment of `lk.transcription`."""

    segment: str
    identity: str
    """Who spoke: the agent's identity, or the caller's own."""
    text: str
    final: bool
    opened: float
    """When the segment was first seen, in seconds of the caller's clock."""
    at: float
    """When this text was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One data message of topic `sightline.events`."""

    at: float
    sender: str
    data: bytes
    body: dict[str, object]
    """The data as JSON object; empty when it is none."""

    @property
    def type(self) -> str:
        return str(self.body.get("type", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """A value of the agent's attribute `lk.agent.state`; "" when the agent left."""

    at: float
    identity: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One stretch of the agent's speech, as heard."""

    first_sound: float
    last_sound: float
    text: str
    sounds: list[Sound] = field(repr=False)
    """Every 10 ms from the first to the last sound."""


def message_of(data: bytes, sender: str, at: float) -> Message:
    """Return a data message, readable or not."""
    try:
        body = json.loads(data)
    except ValueError:
        body = {}
    return Message(at=at, sender=sender, data=data, body=body if isinstance(body, dict) else {})


class Witness:
    """Collects what arrives and lets tests wait for it; knows nothing of LiveKit's room."""

    def __init__(self, identity: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.identity = identity
        self.clock = clock
        self.lines: list[Line] = []
        """Every change of every segment, in the order seen."""
        self.messages: list[Message] = []
        self.states: list[StateChange] = []
        self.on_change: Callable[[Line | Message | StateChange], None] = lambda _: None
        """Told of everything but sound, as it arrives."""
        self.ear = Ear(self._on_sound, clock=clock)
        self._opened: dict[str, float] = {}
        self._arrived = asyncio.Event()

    @property
    def state(self) -> str:
        """The agent's state now; "" when no agent is there."""
        return self.states[-1].state if self.states else ""

    def note_text(self, segment: str, identity: str, text: str, *, final: bool) -> None:
        """Take in the newest text of a segment."""
        at = self.clock()
        opened = self._opened.setdefault(segment, at)
        self._note(
            Line(segment=segment, identity=identity, text=text, final=final, opened=opened, at=at)
        )

    def note_message(self, data: bytes, sender: str) -> None:
        """Take in a data message."""
        self._note(message_of(data, sender, self.clock()))

    def note_state(self, identity: str, state: str) -> None:
        """Take in a state of the agent."""
        self._note(StateChange(at=self.clock(), identity=identity, state=state))

    def heard(self, since: float, until: float = float("inf")) -> list[Sound]:
        """Return every 10 ms of agent audio that arrived in that time, oldest first."""
        return self.ear.heard(since, until)

    def said(self, since: float = float("-inf"), *, by_agent: bool) -> list[Line]:
        """Return the newest line of each segment opened after `since`, in order of opening."""
        newest = {
            line.segment: line
            for line in self.lines
            if line.opened >= since and (line.identity != self.identity) == by_agent
        }
        return list(newest.values())

    async def wait_until(
        self, what: str, look: Callable[[], FOUND | None], timeout: float
    ) -> FOUND:
        """Return what `look` finds, as soon as it finds something.

        Raises:
            TimeoutError: it found nothing; says what was waited for and what came instead.
        """
        began = self.clock()
        while (found := look()) is None:
            if self.clock() - began > timeout:
                raise TimeoutError(f"no {what} within {timeout:g} s; {self.so_far(began)}")
            self._arrived.clear()
            # wait, not wait_for: it neither cancels nor raises, and this runs for every 10 ms.
            waiting = asyncio.ensure_future(self._arrived.wait())
            await asyncio.wait([waiting], timeout=POLL)
            waiting.cancel()
        return found

    async def wait_for_state(
        self, state: str | Collection[str], timeout: float = 20.0, *, since: float | None = None
    ) -> StateChange:
        """Return the agent's first such state: now, or from `since` on when given."""
        wanted = {state} if isinstance(state, str) else set(state)

        def look() -> StateChange | None:
            seen = self.states[-1:] if since is None else self.states
            from_then = (change for change in seen if since is None or change.at >= since)
            return next((change for change in from_then if change.state in wanted), None)

        return await self.wait_until(f"state {' or '.join(sorted(wanted))}", look, timeout)

    async def wait_for_sound(self, since: float, timeout: float = 10.0) -> float:
        """Return when the first audible 10 ms after `since` arrived."""
        return await self.wait_until(
            "sound of the agent", lambda: self.ear.first_audible(since), timeout
        )

    async def wait_for_quiet(self, quiet_for: float = 0.5, timeout: float = 30.0) -> float:
        """Wait until nothing was audible for so long; return when the quiet began."""

        def look() -> float | None:
            now = self.clock()
            if self.ear.last_audible(now - quiet_for) is not None:
                return None
            return self.ear.last_audible(float("-inf")) or now - quiet_for

        return await self.wait_until(f"quiet of {quiet_for:g} s", look, timeout)

    async def wait_for_message(
        self,
        what: str,
        wanted: Callable[[Message], bool],
        timeout: float = 10.0,
        since: float = 0.0,
    ) -> Message:
        """Return the first data message from `since` on that is wanted."""

        def look() -> Message | None:
            return next((m for m in self.messages if m.at >= since and wanted(m)), None)

        return await self.wait_until(f"message ({what})", look, timeout)

    async def wait_for_reply(self, since: float, timeout: float = 30.0) -> Reply:
        """Return the agent's next speech: from its first sound until it is quiet and at rest.

        Between two parts of it (a tool runs) the agent's state is not at rest: that is one reply.
        """

        def look() -> tuple[float, float] | None:
            last = self.ear.last_audible(since)
            if last is None or self.clock() - last < REPLY_OVER:
                return None
            if self.state not in (*AT_REST, ""):
                return None
            open_line = any(not line.final for line in self.said(since, by_agent=True))
            if open_line and self.clock() - last < TEXT_PATIENCE:
                return None
            first = self.ear.first_audible(since)
            return None if first is None else (first, last)

        first, last = await self.wait_until("spoken reply", look, timeout)
        text = " ".join(line.text.strip() for line in self.said(since, by_agent=True))
        return Reply(first_sound=first, last_sound=last, text=text, sounds=self.heard(first, last))

    def so_far(self, since: float) -> str:
        """Tell in one line what was heard and read since then, for an error message."""
        loud = sum(1 for _ in self.ear.audible(since))
        words = [line.text for line in self.said(since, by_agent=True)][-3:]
        kinds = [message.type for message in self.messages if message.at >= since][-5:]
        states = [change.state for change in self.states][-4:]
        return (
            f"{len(self.ear.tracks)} tracks heard, {loud / 100:.2f} s audible, "
            f"states {states}, agent's lines {words}, messages {kinds}"
        )

    def _note(self, what: Line | Message | StateChange) -> None:
        if isinstance(what, Line):
            self.lines.append(what)
        elif isinstance(what, Message):
            self.messages.append(what)
        else:
            self.states.append(what)
        self._arrived.set()
        self.on_change(what)

    def _on_sound(self, _: Sound) -> None:
        self._arrived.set()
