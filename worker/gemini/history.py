"""What was said, kept short: what a fresh connection is told, and a resumed one only if unseen."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["user", "model"]

ELLIPSIS = "…"
GO_ON = (
    "The connection broke off while you were speaking. The user has heard you up to these words: "
    "“{words}”. Go on from exactly there. Repeat nothing and do not mention the interruption."
)
ANSWER = (
    "The connection broke off before you answered. Answer now what the user said last, "
    "and do not mention the interruption."
)


def continuation(words: str) -> str:
    """What to ask of a model whose reply was cut after `words`, or had not begun (empty)."""
    said = " ".join(words.split())
    return GO_ON.format(words=said) if said else ANSWER


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much is told at most; about four characters make a token."""

    characters: int
    turns: int


WHOLE = Extent(characters=24_000, turns=80)
"""About 6,000 tokens of a window of 131,072: two minutes of video weigh more."""
COMPACT = Extent(characters=6_000, turns=20)
"""After the context was full."""
LONGEST = 4_000
"""Characters of one item: a page of tool results must not push out the talk."""


@dataclass(frozen=True, slots=True)
class Said:
    """One turn as it is told: its role is always named, its text never empty."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Telling:
    """Turns to tell, no two of one role in a row."""

    turns: tuple[Said, ...]
    ids: frozenset[str]
    """The items in it; `History.mark_seen` takes them once they were sent."""
    lost: int = 0
    """Older items that are told no more."""

    def client_content(self) -> dict[str, Any]:
        """The ``clientContent`` of it, which asks for no reply: ``turnComplete`` is false."""
        turns = [{"role": said.role, "parts": [{"text": said.text}]} for said in self.turns]
        return {"turns": turns, "turnComplete": False}


@dataclass(slots=True)
class _Item:
    role: Role
    text: str
    seen: bool


class History:
    """The talk of one conversation as text, newest kept; items are known by id.

    Bounded by `extent`: what is older is forgotten for good, and counted.
    """

    def __init__(self, *, extent: Extent = WHOLE, compact: Extent = COMPACT) -> None:
        self._extent, self._compact = extent, compact
        self._items: dict[str, _Item] = {}
        self._characters = 0
        self._forgotten = 0

    def __len__(self) -> int:
        return len(self._items)

    def add(self, item_id: str, role: Role, text: str, *, seen: bool) -> None:
        """Add an item, or replace the text of one, which keeps its place.

        `seen`: the present connection knows it already, as it does all that was spoken over it.
        An item without text is none; one that was seen stays seen.
        """
        old = self._items.get(item_id)
        text = _clean(text)
        if old is not None:
            self._characters -= len(old.text)
        if not text:
            self._items.pop(item_id, None)
            return
        self._characters += len(text)
        seen = seen or (old is not None and old.seen)
        self._items[item_id] = _Item(role, text, seen)
        self._forget_the_oldest()

    def add_result(self, call_id: str, name: str, result: str, *, seen: bool) -> None:
        """Add a tool's result, as text: a fresh connection knows nothing of the call."""
        self.add(call_id, "user", told_result(name, result), seen=seen)

    def mark_seen(self, ids: Iterable[str]) -> None:
        """The present connection has been sent these."""
        for item_id in ids:
            if item_id in self._items:
                self._items[item_id].seen = True

    def mark_unseen(self) -> None:
        """A fresh connection knows nothing."""
        for item in self._items.values():
            item.seen = False

    def unseen(self) -> Telling:
        """What a resumed connection has not seen, in order; empty when it has seen all."""
        items = {item_id: item for item_id, item in self._items.items() if not item.seen}
        return Telling(_merge(items.values()), frozenset(items))

    def recall(self, *, compact: bool = False, without: Container[str] = ()) -> Telling:
        """What a fresh connection is told: the newest that fit, however much was seen before.

        `without`: items that it will be told in another way.
        """
        extent = self._compact if compact else self._extent
        kept: list[tuple[str, _Item]] = []
        characters = turns = 0
        told = [entry for entry in self._items.items() if entry[0] not in without]
        for item_id, item in reversed(told):
            # A line break joins what is merged, so each item may cost one character more.
            characters += len(item.text) + 1
            turns += not kept or kept[-1][1].role != item.role
            if kept and (characters > extent.characters or turns > extent.turns):
                break
            kept.append((item_id, item))
        kept.reverse()
        lost = self._forgotten + len(told) - len(kept)
        ids = frozenset(item_id for item_id, _ in kept)
        return Telling(_merge(item for _, item in kept), ids, lost)

    def _forget_the_oldest(self) -> None:
        """Keep memory bounded; `recall` bounds more finely."""
        limit = self._extent
        while len(self._items) > 1 and (
            self._characters > limit.characters or len(self._items) > 4 * limit.turns
        ):
            oldest = self._items.pop(next(iter(self._items)))
            self._characters -= len(oldest.text)
            self._forgotten += 1


def told_result(name: str, result: str) -> str:
    """A tool's result as text."""
    return f"[The tool {name} returned: {_clean(result) or 'nothing'}]"


def _merge(items: Iterable[_Item]) -> tuple[Said, ...]:
    turns: list[Said] = []
    for item in items:
        if turns and turns[-1].role == item.role:
            turns[-1] = Said(item.role, f"{turns[-1].text}\n{item.text}")
        else:
            turns.append(Said(item.role, item.text))
    return tuple(turns)


def _clean(text: str) -> str:
    """Without what no frame can carry (lone surrogates), without margins, not too long."""
    text = text.encode(errors="replace").decode().strip()
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + ELLIPSIS
