"""A conversation as the record gives it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from worker.record.entries import (
    TOKENS,
    Citation,
    Entry,
    Line,
    Opening,
    Remark,
    Script,
    Spent,
    ToolCall,
)

Happening = Line | ToolCall | Script | Citation | Remark
"""What is told of a conversation, in its order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What every conversation has."""

    id: str
    room: str
    persona: str
    model: str
    started: datetime
    lasted: float | None
    """Seconds; None while it goes on, or when nobody was left to tell its end."""
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary(Conversation):
    """A conversation in a list."""

    lines: int
    """Lines that were said to their end."""
    usd: float
    """US dollars, as far as turns were reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk(Conversation):
    """A conversation, whole; times are seconds into it."""

    lines: tuple[Line, ...]
    tools: tuple[ToolCall, ...]
    remarks: tuple[Remark, ...]
    usages: tuple[Spent, ...] = ()
    scripts: tuple[Script, ...] = ()
    citations: tuple[Citation, ...] = ()

    @property
    def length(self) -> float:
        """Seconds it lasted, or until the last that is known of it."""
        known = [line.ended for line in self.lines] + [call.ended for call in self.tools]
        return self.lasted if self.lasted is not None else max(known, default=0.0)

    def totals(self) -> dict[str, float]:
        """Tokens by direction and modality, searches and US dollars, of all turns together."""
        tokens: dict[str, float] = {
            name: sum(getattr(spent, name) for spent in self.usages)
            for name in (*TOKENS, "searches")
        }
        return tokens | {"usd": round(sum(spent.usd for spent in self.usages), 6)}

    def in_order(self) -> list[Happening]:
        """Everything that happened, as it happened."""
        things: tuple[Happening, ...] = (
            *self.lines,
            *self.tools,
            *self.scripts,
            *self.citations,
            *self.remarks,
        )
        return sorted(things, key=lambda entry: entry.place)


def talk_of(entries: Sequence[Entry], *, lasted: float) -> Talk:
    """Put together a conversation that still goes on, from its entries, the opening among them."""
    opening = next(entry for entry in entries if isinstance(entry, Opening))
    return Talk(
        id=opening.call,
        room=opening.room,
        persona=opening.persona,
        model=opening.model,
        started=datetime.fromtimestamp(opening.at, UTC),
        lasted=lasted,
        reason=None,
        lines=tuple(entry for entry in entries if isinstance(entry, Line)),
        tools=tuple(entry for entry in entries if isinstance(entry, ToolCall)),
        scripts=tuple(entry for entry in entries if isinstance(entry, Script)),
        citations=tuple(entry for entry in entries if isinstance(entry, Citation)),
        remarks=tuple(entry for entry in entries if isinstance(entry, Remark)),
        usages=tuple(entry for entry in entries if isinstance(entry, Spent)),
    )
