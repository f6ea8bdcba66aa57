"""What the room is told on topic `sightline.events`: frozen dataclasses to JSON and back.

One message is one reliable data packet of at most 15 KiB, a JSON object in UTF-8:

    {"v":1,"id":"…","seq":7,"at":1763712000.25,"type":"transcript", …the fields of its class}

`id` names the thing that is spoken of, not the message: a later message with the same `id` takes
the place of the earlier one, whole (a transcript grows and becomes final, a running tool is done).
`seq` counts the messages of one call from 1; a gap says that something was left out on the way.

A message cleans and bounds its own text when it is made, so whatever exists can be sent, and
`decode(encode(message)) == message`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, asdict, dataclass, fields, is_dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

from worker.errors import MessageError
from worker.room.findings import Code, Sources
from worker.room.message import MAX_INTEGER as MAX_INTEGER
from worker.room.message import Message as Message

TOPIC = "sightline.events"
VERSION = 1
MAX_BYTES = 15 * 1024
"""What LiveKit carries in one reliable packet (docs.livekit.io, data packets)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript(Message):
    """What somebody says, so far or in full; one `id` a turn."""

    TYPE = "transcript"
    LONG = ("text",)

    who: Literal["user", "agent"]
    identity: str
    """The speaker's identity in the room."""
    text: str
    """All of the turn up to now, not only what is new."""
    final: bool
    interrupted: bool = False
    """Whether the agent was cut short; the text then ends where its voice did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool(Message):
    """A tool that the model calls; `id` is the id of the call."""

    TYPE = "tool"

    name: str
    status: Literal["running", "done", "failed", "cancelled"]
    summary: str = ""
    """What came of it in a sentence; nothing that must not be read aloud."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vision(Message):
    """A picture that the model was sent, or why it sees nothing."""

    TYPE = "vision"

    status: Literal["sent", "blind"]
    reason: str
    """Why it was sent (`steady`, `look` …), or why there is nothing to send (`no_camera` …)."""
    source: str = ""
    """What was looked at, `camera` or `screen`; empty: nothing."""
    width: int = 0
    height: int = 0
    bytes: int = 0
    """Size of the JPEG."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark(Message):
    """A place the agent points at, to be drawn over the video it lies in."""

    TYPE = "vision.mark"

    label: str
    """What is there, in a few words."""
    identity: str
    """Whose video it is."""
    sid: str
    """Of the video track."""
    source: str
    """`camera` or `screen`."""
    left: float
    """Like the other three in fractions, 0..1, of the upright video from its top left."""
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Message):
    """What the agent does at the moment; one `id` for the whole call."""

    TYPE = "state"

    state: Literal["initializing", "idle", "listening", "thinking", "speaking"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Message):
    """Words for the people in the room about the call itself."""

    TYPE = "notice"
    LONG = ("text",)

    level: Literal["info", "warning", "error"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage(Message):
    """What a turn of the model's has cost, and the call up to it; tokens by modality."""

    TYPE = "usage"

    turn: int
    """Counts the turns of the call from 1; a call of a tool is one."""
    text_in: int
    """The whole context, which is billed again for every turn; so all `_in`."""
    audio_in: int
    image_in: int
    video_in: int
    text_out: int
    audio_out: int
    thoughts: int
    usd: float
    """US dollars by the prices of `worker.gemini.families`, for tokens and searches."""
    call_text_in: int
    call_audio_in: int
    call_image_in: int
    call_video_in: int
    call_text_out: int
    call_audio_out: int
    call_thoughts: int
    call_usd: float
    searches: int = 0
    """Of Google's own, as they are billed: each query, or (2.5) each answer that rests on any."""
    call_searches: int = 0
    latency: float = 0.0
    """Seconds from the end of what somebody said to the first sound of the answer; 0: the turn
    answers nobody's voice."""
    own_latency: float = 0.0
    """What of it passed in the worker."""


MESSAGES: dict[str, type[Message]] = {
    kind.TYPE: kind
    for kind in (Transcript, Tool, Code, Sources, Vision, Mark, State, Notice, Usage)
}


def body(message: Message) -> dict[str, object]:
    """Give a message as the JSON object that it is sent as."""
    head = {"v": VERSION, "id": message.id, "seq": message.seq, "at": message.at}
    return {**head, "type": message.TYPE, **asdict(message)}


def encode(message: Message) -> bytes:
    """Write a message as one packet of at most `MAX_BYTES`."""
    return json.dumps(body(message), ensure_ascii=False, separators=(",", ":")).encode()


def decode(packet: bytes) -> Message:
    """Read one packet; fields that are not known are passed over.

    Raises:
        MessageError: The packet is no message of this version.
    """
    table = _table(packet)
    if type(table.get("v")) is not int or table["v"] != VERSION:
        raise MessageError(f"v must be {VERSION}")
    name = table.get("type")
    kind = MESSAGES.get(name) if isinstance(name, str) else None
    if kind is None:
        raise MessageError(f"type must be one of {', '.join(MESSAGES)}")
    hints = get_type_hints(kind)
    values: dict[str, Any] = {f.name: _checked(table, f, hints[f.name]) for f in fields(kind)}
    return kind(**values)


def _table(packet: bytes) -> Mapping[str, object]:
    if len(packet) > MAX_BYTES:
        raise MessageError(f"a message must be at most {MAX_BYTES} bytes long")
    try:
        table = json.loads(packet.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise MessageError("a message must be JSON in UTF-8") from error
    if not isinstance(table, dict):
        raise MessageError("a message must be a JSON object")
    return table


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def _checked(table: Mapping[str, object], declared: Field[Any], hint: Any) -> object:
    """Give the value of one field, or say what it should have been."""
    if declared.name not in table:
        if declared.default is MISSING:
            raise MessageError(f"{declared.name} is missing")
        return declared.default
    return _fitting(declared.name, hint, table[declared.name])


def _fitting(name: str, hint: Any, value: object) -> object:
    """Give a value as its type has it, or say what it should have been."""
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise MessageError(f"{name} must be a list")
        return tuple(_fitting(name, get_args(hint)[0], item) for item in value)
    if isinstance(hint, type) and is_dataclass(hint):
        if not isinstance(value, dict):
            raise MessageError(f"{name} must be a list of objects")
        hints = get_type_hints(hint)
        return hint(**{f.name: _checked(value, f, hints[f.name]) for f in fields(hint)})
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise MessageError(f"{name} must be one of {', '.join(get_args(hint))}")
        return value
    if type(value) is int and hint is float and abs(value) <= MAX_INTEGER:
        return float(value)
    if type(value) is not hint:
        raise MessageError(f"{name} must be of type {hint.__name__}")
    return value
