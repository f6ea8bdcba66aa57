"""What a call's messages become in the record, and what of it still has to be handed over; pure."""

from __future__ import annotations

import hashlib
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

from worker.record.entries import (
    LONGEST_MODEL,
    LONGEST_NAME,
    LONGEST_PERSONA,
    Citation,
    Closing,
    Entry,
    Line,
    Opening,
    Placed,
    Remark,
    Script,
    Spent,
    ToolCall,
)
from worker.room.findings import Code, Link, Sources
from worker.room.messages import Message, Notice, Tool, Transcript, Usage

KNOWN = 4_000
"""Lines and calls whose beginning is remembered; a later one with a forgotten id begins anew."""

SILENCE = 2.0
"""Seconds; a sound that comes later than this after the last is not of the same line."""

KEPT: MappingProxyType[type[Message], type[Placed]] = MappingProxyType(
    {Transcript: Line, Tool: ToolCall, Code: Script, Notice: Remark, Usage: Spent}
)
"""What a message is kept as, its fields under the same names; of `Sources` each page by itself."""


@dataclass(slots=True, kw_only=True)
class Ledger:
    """Turns messages into entries and keeps those that nobody has confirmed yet.

    What waits is replaced by a newer entry of the same key, so that a line that grows word by word
    is one entry. At most `limit` entries are kept; then the oldest that waits is let go and
    counted, but for the opening, without which nothing can be kept.
    """

    call: str
    clock: Callable[[], float]
    """Monotonic seconds."""
    limit: int = 2_000
    dropped: int = 0
    """Entries let go because nobody took them."""
    _began: float = 0.0
    _speech: tuple[float, float] | None = None
    """When the user began to speak and, so far, stopped; their words come later."""
    _place: int = 0
    _known: OrderedDict[str, tuple[int, float]] = field(default_factory=OrderedDict)
    _waiting: OrderedDict[tuple[str, str, str], Entry] = field(default_factory=OrderedDict)
    _given: deque[Entry] = field(default_factory=deque)

    def open(self, *, room: str, persona: str, model: str, at: float) -> None:
        """The conversation begins; `at` in Unix seconds."""
        self._began = self.clock()
        opening = Opening(
            call=self.call,
            room=plain(room)[:LONGEST_NAME],
            persona=plain(persona)[:LONGEST_PERSONA],
            model=plain(model)[:LONGEST_MODEL],
            at=at,
        )
        self._add(opening)

    def close(self, reason: str) -> None:
        """The conversation is over."""
        self._add(Closing(call=self.call, after=self._now(), reason=reason))

    def note(self, message: Message) -> None:
        """Take down what the room was told; pictures and states are not kept."""
        if isinstance(message, Sources):
            for page in self._citations(message):
                self._add(page)
        elif (entry := self._entry(message)) is not None:
            self._add(entry)

    def hear(self, began: bool) -> None:
        """The user begins or ends to speak: their line, which comes later, is of that time."""
        now = self._now()
        since, until = self._speech or (now, now)
        # After such a silence a turn is over: what came of it was no words, a cough perhaps.
        self._speech = (now if began and now - until > SILENCE else since, now)

    @property
    def empty(self) -> bool:
        """Whether all was handed over and confirmed."""
        return not self._waiting and not self._given

    @property
    def left(self) -> int:
        """Entries that nobody has confirmed."""
        return len(self._waiting) + len(self._given)

    @property
    def waiting(self) -> tuple[Entry, ...]:
        """What nobody has taken, oldest first."""
        return tuple(self._waiting.values())

    def take(self, limit: int = 200) -> list[Entry]:
        """The next entries to hand over, oldest first."""
        taken = [
            self._waiting.popitem(last=False)[1] for _ in range(min(limit, len(self._waiting)))
        ]
        self._given.extend(taken)
        return taken

    def confirm(self, count: int) -> None:
        """The first `count` entries that were handed over are safe."""
        for _ in range(min(count, len(self._given))):
            self._given.popleft()

    def take_back(self) -> None:
        """Whoever had them is gone: what was not confirmed waits again, before what came since."""
        waiting, self._waiting = self._waiting, OrderedDict()
        for entry in (*self._given, *waiting.values()):
            self._waiting[entry.key] = entry
        self._given.clear()

    def _add(self, entry: Entry) -> None:
        self._waiting[entry.key] = entry
        if self.left > self.limit:
            oldest = next((key for key in self._waiting if key[0] != Opening.KIND), None)
            if oldest is not None:
                del self._waiting[oldest]
                self.dropped += 1

    def _entry(self, told: Message) -> Placed | None:
        if (kind := KEPT.get(type(told))) is None:
            return None
        place, began = self._first_seen(told.id)
        ended = self._now()
        if isinstance(told, Transcript) and told.who == "user" and self._speech is not None:
            began, ended = min(began, self._speech[0]), self._speech[1]
            self._known[told.id] = place, began
            self._speech = None if told.final else self._speech
        values: dict[str, Any] = {**told.values(), "id": fit(told.id)}
        values |= {"call": self.call, "place": place}
        values |= {"at": began, "began": began, "ended": ended}
        return kind(**{field.name: values[field.name] for field in fields(kind)})

    def _citations(self, found: Sources) -> Iterator[Citation]:
        """One a page, or one for what was searched for where no page is named."""
        place, at = self._first_seen(found.id)
        for number, link in enumerate(found.links or (Link(title="", url=""),), start=1):
            yield Citation(
                call=self.call,
                id=fit(f"{found.id}.{number:02}"),
                place=place,
                line=fit(found.line),
                title=link.title,
                url=link.url,
                queries="\n".join(found.queries),
                at=at,
            )

    def _first_seen(self, id: str) -> tuple[int, float]:
        if id not in self._known:
            self._place += 1
            self._known[id] = self._place, self._now()
            if len(self._known) > KNOWN:
                self._known.popitem(last=False)
        return self._known[id]

    def _now(self) -> float:
        return round(self.clock() - self._began, 3)


def plain(name: str) -> str:
    """A name without what no database takes for text: NUL, and halves of surrogate pairs."""
    return name.replace("\0", "").encode(errors="replace").decode()


def fit(id: str) -> str:
    """An id as the tables take it: a longer one is cut, its digest tells it from others."""
    if len(id) <= LONGEST_NAME:
        return id
    digest = hashlib.sha256(id.encode()).hexdigest()
    return id[: LONGEST_NAME - len(digest)] + digest
