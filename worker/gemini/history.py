"""What was said, kept short: what a fresh connection is told."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Literal

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


BEGUN = (
    "The connection broke off as you began to answer: the user has heard a piece of your first "
    "word. Answer now what the user said last, in a sentence that begins with another word, "
    "and do not mention the interruption."
)


def continuation(words: str, *, begun: bool = False) -> str:
    """What to ask of a model whose reply was cut after `words`.

    Without words it had not begun, or nothing is known but that it had (`begun`).
    """
    if said := " ".join(words.split()):
        return GO_ON.format(words=said)
    return BEGUN if begun else ANSWER


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
    lost: int
    """Older items that are told no more."""


class History:
    """The talk of one conversation as text, newest kept; items are known by id.

    Bounded by `extent`: what is older is forgotten for good, and counted.
    """

    def __init__(self, *, extent: Extent = WHOLE, compact: Extent = COMPACT) -> None:
        self._extent, self._compact = extent, compact
        self._items: dict[str, Said] = {}
        self._characters = 0
        self._forgotten = 0

    def __len__(self) -> int:
        return len(self._items)

    def add(self, item_id: str, role: Role, text: str) -> None:
        """Add an item, or replace the text of one, which keeps its place; no text, no item."""
        text = _clean(text)
        if item_id in self._items:
            self._characters -= len(self._items[item_id].text)
        if not text:
            self._items.pop(item_id, None)
            return
        self._characters += len(text)
        self._items[item_id] = Said(role, text)
        self._forget_the_oldest()

    def recall(self, *, compact: bool = False, without: Container[str] = ()) -> Telling:
        """What a fresh connection is told: the newest that fit.

        `without`: items that it will be told in another way.
        """
        extent = self._compact if compact else self._extent
        kept: list[Said] = []
        characters = turns = 0
        told = [said for item_id, said in self._items.items() if item_id not in without]
        for said in reversed(told):
            # A line break joins what is merged, so each item may cost one character more.
            characters += len(said.text) + 1
            turns += not kept or kept[-1].role != said.role
            if kept and (characters > extent.characters or turns > extent.turns):
                break
            kept.append(said)
        return Telling(_merge(reversed(kept)), self._forgotten + len(told) - len(kept))

    def _forget_the_oldest(self) -> None:
        """Keep memory bounded; `recall` bounds more finely."""
        limit = self._extent
        while len(self._items) > 1 and (
            self._characters > limit.characters or len(self._items) > 4 * limit.turns
        ):
            oldest = self._items.pop(next(iter(self._items)))
            self._characters -= len(oldest.text)
            self._forgotten += 1


SIGHT_LOST = "The picture was lost with the connection. Look again if you still need it."


def told_result(name: str, result: str) -> str:
    """A tool's result as text."""
    return f"[The tool {name} returned: {_clean(result) or 'nothing'}]"


def _merge(items: Iterable[Said]) -> tuple[Said, ...]:
    turns: list[Said] = []
    for item in items:
        if turns and turns[-1].role == item.role:
            turns[-1] = Said(item.role, f"{turns[-1].text}\n{item.text}")
        else:
            turns.append(item)
    return tuple(turns)


def _clean(text: str) -> str:
    """Without what no frame can carry (lone surrogates), without margins, not too long."""
    text = text.encode(errors="replace").decode().strip()
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + ELLIPSIS
