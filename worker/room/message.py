"""What every message to the room has: an id, a place, a time; and text that is clean and fits."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import ClassVar

from worker.room.wording import tidy

MAX_TEXT_BYTES = 12 * 1024
MAX_WORD_BYTES = 400
"""For identities, names, ids and short sentences; several fit beside the longest text."""
MAX_INTEGER = 2**53 - 1
"""The largest that JavaScript keeps exactly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What all messages have."""

    TYPE: ClassVar[str] = ""
    LONG: ClassVar[tuple[str, ...]] = ()
    """Fields that hold running text, and share its room; all other text is a word or a name."""

    id: str
    """What the message speaks of; the newest message with an id replaces those before it."""
    seq: int = 0
    """Place in the call, from 1; given by the outbox."""
    at: float = 0.0
    """When it was handed to the outbox, in Unix seconds; given by the outbox."""

    def __post_init__(self) -> None:
        for name, value in self.values().items():
            room = MAX_TEXT_BYTES // len(self.LONG) if name in self.LONG else MAX_WORD_BYTES
            object.__setattr__(self, name, _bounded(value, room))

    def values(self) -> dict[str, object]:
        """Give the fields by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def _bounded(value: object, room: int) -> object:
    if isinstance(value, str):
        return tidy(value, limit=room)
    if isinstance(value, float):
        return value if math.isfinite(value) else 0.0
    if isinstance(value, int) and not isinstance(value, bool):
        return min(max(value, 0), MAX_INTEGER)
    return value
