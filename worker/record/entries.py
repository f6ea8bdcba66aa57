"""What is kept of a conversation: frozen dataclasses to lines of JSON and back."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, ClassVar, Literal, get_args, get_origin, get_type_hints

from worker.errors import RecordError

LONGEST_NAME, LONGEST_PERSONA, LONGEST_MODEL = 255, 64, 128
"""Characters that the tables have for ids and rooms, personas and models."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something to keep; a later entry of the same kind, call and id takes its place, whole."""

    KIND: ClassVar[str] = ""

    call: str
    """Id of the conversation."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What it takes the place of."""
        return self.KIND, self.call, ""

    def values(self) -> dict[str, Any]:
        """Give the fields by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed(Entry):
    """One of many things in a conversation."""

    id: str
    place: int
    """Order in the conversation, counted over entries of every kind."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What it takes the place of."""
        return self.KIND, self.call, self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening(Entry):
    """A conversation begins."""

    KIND = "opening"

    room: str
    persona: str
    model: str
    at: float
    """Unix seconds; everything else in the conversation counts from here, by a monotonic clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Placed):
    """What somebody said, so far or in full."""

    KIND = "line"

    who: Literal["user", "agent"]
    identity: str
    text: str
    began: float
    """Seconds into the conversation, as all times of a call."""
    ended: float
    final: bool
    interrupted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall(Placed):
    """A tool the model called, and what came of it."""

    KIND = "tool"

    name: str
    status: str
    summary: str
    began: float
    ended: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Script(Placed):
    """Code that the model ran at its service, and what came of it."""

    KIND = "script"

    language: str
    code: str
    status: str
    output: str
    began: float
    ended: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation(Placed):
    """A web page that a line of the agent's is based on."""

    KIND = "citation"

    line: str
    """Id of that line; empty: of none."""
    title: str
    url: str
    """Empty where nothing but what was searched for is known."""
    queries: str
    """What was searched for, a row each."""
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark(Placed):
    """A notice to the people in the room."""

    KIND = "remark"

    level: str
    text: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Placed):
    """Tokens by direction and modality."""

    text_in: int
    audio_in: int
    image_in: int
    video_in: int
    text_out: int
    audio_out: int
    thoughts: int


TOKENS = tuple(Counted.__annotations__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent(Counted):
    """What a turn of the model's has cost: tokens, US dollars, seconds until it was heard."""

    KIND = "usage"

    at: float
    searches: int
    """Of Google's own, as they are billed."""
    usd: float
    latency: float
    own_latency: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing(Entry):
    """The conversation is over."""

    KIND = "closing"

    after: float
    """Seconds it lasted."""
    reason: str


KINDS: MappingProxyType[str, type[Entry]] = MappingProxyType(
    {
        kind.KIND: kind
        for kind in (Opening, Line, ToolCall, Script, Citation, Remark, Spent, Closing)
    }
)


def encode(entry: Entry) -> bytes:
    """One line of JSON with its line feed."""
    return json.dumps({"kind": entry.KIND, **entry.values()}).encode() + b"\n"


def decode(line: bytes) -> Entry:
    """Read a line back.

    Raises:
        RecordError: it is no entry of ours.
    """
    try:
        given: dict[str, Any] = json.loads(line)
        kind = KINDS[given.pop("kind")]
        entry = kind(**given)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise RecordError("a line that is no entry of the record") from None
    for name, wanted in get_type_hints(kind).items():
        if get_origin(wanted) is not ClassVar and not _fits(getattr(entry, name), wanted):
            raise RecordError(f"an entry of the record whose {name} does not fit")
    return entry


def _fits(value: object, wanted: Any) -> bool:
    if get_origin(wanted) is Literal:
        return value in get_args(wanted)
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is wanted
