"""What a client can say after its setup, as frozen dataclasses read from normalised JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from offline.gemini.wire import INVALID_ARGUMENT, Json, WireError, unbase64, unknown_name

MEDIA_CHUNKS = "realtime_input.media_chunks is deprecated. Use audio, video, or text instead."
DEFAULT_RATE = 16_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    role: str | None
    text: str
    """All text parts, joined."""
    blobs: tuple[Blob, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientContent:
    turns: tuple[Content, ...]
    turn_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    pcm: bytes
    """s16le mono; a trailing odd byte is already gone."""
    rate: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    blob: Blob


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class AudioStreamEnd: ...


@dataclass(frozen=True, slots=True)
class ActivityStart: ...


@dataclass(frozen=True, slots=True)
class ActivityEnd: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionResponse:
    id: str
    name: str
    response: Mapping[str, object]
    scheduling: str
    """SILENT, WHEN_IDLE or INTERRUPT."""
    will_continue: bool
    blobs: tuple[Blob, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResponse:
    responses: tuple[FunctionResponse, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextUpdate:
    system: str | None
    tools: tuple[Json, ...] | None
    """The new tools; () clears them, None keeps them."""


Input = (
    ClientContent
    | Audio
    | Video
    | Text
    | AudioStreamEnd
    | ActivityStart
    | ActivityEnd
    | ToolResponse
    | ContextUpdate
)

_REALTIME = frozenset(
    {"audio", "video", "text", "audioStreamEnd", "activityStart", "activityEnd", "mediaChunks"}
)


def read(kind: str, body: Json, *, strict: bool = True) -> list[Input]:
    """Return what a client frame says, in order; WireError if it says nothing the service knows."""
    if kind == "realtimeInput":
        return _realtime(body, strict)
    if kind == "clientContent":
        turns = tuple(_content(turn) for turn in _objects(body.get("turns")))
        return [ClientContent(turns=turns, turn_complete=body.get("turnComplete") is True)]
    if kind == "toolResponse":
        responses = tuple(_response(item) for item in _objects(body.get("functionResponses")))
        return [ToolResponse(responses=responses)]
    return [_context_update(body)]


def _realtime(body: Json, strict: bool) -> list[Input]:
    for name in body:
        if name not in _REALTIME:
            raise WireError(unknown_name(name, "realtime_input"))
    found: list[Input] = []
    if "mediaChunks" in body:
        found += _media_chunks(body["mediaChunks"], strict)
    if "audio" in body:
        found.append(_audio(_blob(body["audio"])))
    if "video" in body:
        found.append(Video(blob=_blob(body["video"])))
    if "text" in body:
        found.append(Text(text=_string(body["text"])))
    if body.get("audioStreamEnd"):
        found.append(AudioStreamEnd())
    if "activityStart" in body:
        found.append(ActivityStart())
    if "activityEnd" in body:
        found.append(ActivityEnd())
    return found


def _media_chunks(chunks: object, strict: bool) -> list[Input]:
    if strict:
        raise WireError(MEDIA_CHUNKS)
    blobs = [_blob(chunk) for chunk in _objects(chunks)[:1]]
    return [_audio(blob) if blob.mime.startswith("audio/") else Video(blob=blob) for blob in blobs]


def _audio(blob: Blob) -> Audio:
    rate = re.search(r"rate=(\d+)", blob.mime)
    hertz = int(rate[1]) if rate else DEFAULT_RATE
    if not blob.mime.startswith("audio/pcm") or not 1000 <= hertz <= 384_000:
        raise WireError(INVALID_ARGUMENT)
    return Audio(pcm=blob.data[: len(blob.data) & ~1], rate=hertz)


def _blob(value: object) -> Blob:
    if not isinstance(value, Mapping):
        raise WireError(INVALID_ARGUMENT)
    return Blob(mime=_string(value.get("mimeType", "")), data=unbase64(_string(value.get("data"))))


def _content(turn: Json) -> Content:
    role = turn.get("role")
    texts, blobs = _parts(turn.get("parts"))
    return Content(role=None if role is None else _string(role), text="".join(texts), blobs=blobs)


def _parts(value: object) -> tuple[list[str], tuple[Blob, ...]]:
    parts = _objects(value)
    texts = [_string(part["text"]) for part in parts if "text" in part]
    return texts, tuple(_blob(part["inlineData"]) for part in parts if "inlineData" in part)


def _response(item: Json) -> FunctionResponse:
    response = item.get("response")
    if response is not None and not isinstance(response, Mapping):
        raise WireError(INVALID_ARGUMENT)
    # Some of Google's own examples place `scheduling` inside the response.
    inside = response.get("scheduling") if response else None
    scheduling = item.get("scheduling") or inside or "WHEN_IDLE"
    return FunctionResponse(
        id=_string(item.get("id", "")),
        name=_string(item.get("name", "")),
        response={} if response is None else dict(response),
        scheduling=_string(scheduling),
        will_continue=item.get("willContinue") is True,
        blobs=_parts(item.get("parts"))[1],
    )


def _context_update(body: Json) -> ContextUpdate:
    system, tools = body.get("systemInstruction"), body.get("tools")
    if system is None and tools is None:
        raise WireError(INVALID_ARGUMENT)
    listed = tools.get("tools", []) if isinstance(tools, Mapping) else tools
    return ContextUpdate(
        system=None if system is None else system_text(system),
        tools=None if tools is None else tuple(_objects(listed)),
    )


def system_text(value: object) -> str:
    """Return the text of a systemInstruction, given as content or (leniently) as a string."""
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping):
        raise WireError(INVALID_ARGUMENT)
    return "".join(_parts(value.get("parts"))[0])


def _objects(value: object) -> list[Json]:
    items: list[Json] = []
    if value is not None:
        items = value if isinstance(value, list) else [value]  # type: ignore[list-item]
    if not all(isinstance(item, Mapping) for item in items):
        raise WireError(INVALID_ARGUMENT)
    return items


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise WireError(INVALID_ARGUMENT)
    return value
