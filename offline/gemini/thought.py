"""What a turn brings to the mind, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from offline.gemini.sight import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A function that the worker declared."""

    name: str
    parameters: Mapping[str, object]
    """Its JSON schema: {"type": "object", "properties": {...}, "required": [...]}."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Words to speak."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A declared function to call."""

    name: str
    args: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What one turn brought."""

    text: str = ""
    """What was typed or heard; "" if nothing."""

    typed: bool = False
    instructions: str | None = None
    """An instruction for this one reply, as generate_reply sends it."""

    seen: Seen | None = None
    tools: tuple[Declared, ...] = ()
    results: tuple[tuple[str, Mapping[str, object]], ...] = ()
    """Names and answers of the functions that this turn called."""

    meant: str = ""
    """All that the reply before was to say, however far it came."""

    turn: int = 0
