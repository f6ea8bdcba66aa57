"""What an app is answered: frozen dataclasses, written as JSON objects of at most 15 KiB."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

MAX_BYTES = 15 * 1024
"""What LiveKit carries as the answer of one call (docs.livekit.io, RPC)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What all answers are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisionAnswer(Answer):
    """Whether and how often the agent looks."""

    on: bool
    mode: str
    """`adaptive` or `steady`: what it is while it is on."""
    fps: float
    blind: str
    """Why there is nothing to see, as in `vision` messages; empty: it sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushToTalkAnswer(Answer):
    """Whether a button says when the user speaks, and whether it is held."""

    on: bool
    talking: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusAnswer(Answer):
    """How the call stands, and what there is to choose from."""

    v: int
    """Version of the protocol, 1."""
    call: str
    """Id of the call, as in the record."""
    state: str
    """The agent's, as in `state` messages."""
    connected: bool
    """Whether the model can be reached at this moment."""
    served: str
    """Identity of the participant the agent listens to; empty: nobody."""
    persona: str
    personas: tuple[str, ...]
    """Every one there is to choose from."""
    voice: str
    voices: tuple[str, ...]
    model: str
    vision: VisionAnswer
    push_to_talk: PushToTalkAnswer
    started: float
    """Unix seconds."""
    seconds: float
    """How long the call has lasted."""
    seq: int
    """That of the newest message on `sightline.events`."""
    turns: int
    """Of the model's so far."""
    usd: float
    """What they cost, as in `usage` messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryAnswer(Answer):
    """One page of what was said and done, oldest first, everything once and as it is now."""

    messages: tuple[Mapping[str, object], ...]
    """As on `sightline.events`."""
    next: int
    """The `after` of the next page; 0: there is none."""
    seq: int
    """That of the newest message of the call."""
    left_out: int
    """Things so long ago that they are forgotten here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportAnswer(Answer):
    """The conversation so far, or where it comes."""

    format: str
    mime_type: str
    bytes: int
    """Length of the file."""
    text: str
    """The file, if it fits; empty: it comes as a byte stream."""
    topic: str
    """Of that stream; empty: there is none."""
    stream: str
    """Its attribute `export`, to tell it from others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAnswer(Answer):
    """The picture the model was shown."""

    width: int
    height: int
    source: str
    """`camera`, `screen`, or several as `screen+camera`."""
    age: float
    """Seconds since it was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FramesAnswer(Answer):
    """Whether pictures are sent to the caller."""

    on: bool
    seconds: float
    """For how long; ask again before. 0 when off."""
    topic: str
    """Of the byte streams."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaAnswer(Answer):
    """Who the agent is from the next pause on."""

    name: str
    voice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceAnswer(Answer):
    """The voice from the next pause on."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SayAnswer(Answer):
    """What the agent is about to say."""

    text: str
    """As it was understood: without control and bidi characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InterruptAnswer(Answer):
    """Whether there was anything to interrupt."""

    interrupted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAnswer(Answer):
    """The call ends."""

    goodbye: bool
    """Whether the agent takes leave first."""


ANSWERS: MappingProxyType[str, type[Answer]] = MappingProxyType(
    {
        "sightline.status": StatusAnswer,
        "sightline.history": HistoryAnswer,
        "sightline.export": ExportAnswer,
        "sightline.vision": VisionAnswer,
        "sightline.look": LookAnswer,
        "sightline.frames": FramesAnswer,
        "sightline.persona": PersonaAnswer,
        "sightline.voice": VoiceAnswer,
        "sightline.say": SayAnswer,
        "sightline.interrupt": InterruptAnswer,
        "sightline.push_to_talk": PushToTalkAnswer,
        "sightline.end": EndAnswer,
    }
)
"""What each method answers."""


def write(answer: Answer) -> str:
    """Write an answer as JSON."""
    values: dict[str, Any] = asdict(answer)
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))
