"""What an app may ask of a call, by RPC: a frozen dataclass for each method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

MAX_REQUEST = 8_000
"""Characters of a request."""
MAX_SPOKEN = 1_000
"""Characters of a text that the agent is to say, or of a question."""
MAX_NAME = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What all requests have."""

    METHOD: ClassVar[str] = ""
    PLAIN: ClassVar[tuple[str, ...]] = ()
    """Fields that plain text stands for; none: the method takes no text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRequest(Request):
    """How the call stands, and what there is to choose from."""

    METHOD = "sightline.status"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRequest(Request):
    """What was said and done so far, a page at a time."""

    METHOD = "sightline.history"
    PLAIN = ("after",)

    after: int = 0
    """The `next` of the page before; 0: from the beginning."""
    since: int = 0
    """Only messages with a higher `seq`; 0: all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest(Request):
    """The conversation so far as a file."""

    METHOD = "sightline.export"
    PLAIN = ("format",)

    format: Literal["md", "json", "srt", "vtt"] = "md"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisionRequest(Request):
    """Whether and how often the agent looks; nothing: how it is now."""

    METHOD = "sightline.vision"
    PLAIN = ("mode", "fps")

    mode: Literal["", "on", "off", "steady", "adaptive"] = ""
    """`on` goes back to what it was before `off`; empty: stays."""
    fps: float = 0.0
    """Pictures a second while somebody speaks (`steady`: always), at most 1; 0: stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookRequest(Request):
    """Show the model one sharp picture now, or a part of one; with a question, have it answered."""

    METHOD = "sightline.look"
    PLAIN = ("question",)

    question: str = ""
    left: float = 0.0
    """Like the other three in fractions, 0 to 1, of the upright picture from its top left."""
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0
    source: Literal["", "camera", "screen"] = ""
    """One of several in view, of which the fractions then are; empty: the picture shows all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FramesRequest(Request):
    """Whether to be sent every picture that the model is."""

    METHOD = "sightline.frames"
    PLAIN = ("on",)

    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaRequest(Request):
    """Become somebody else; the talk goes on."""

    METHOD = "sightline.persona"
    PLAIN = ("name",)

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceRequest(Request):
    """Speak with another voice; the talk goes on."""

    METHOD = "sightline.voice"
    PLAIN = ("name",)

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SayRequest(Request):
    """Have the agent say a text."""

    METHOD = "sightline.say"
    PLAIN = ("text",)

    text: str
    interrupt: bool = False
    """Whether to cut what is being said, instead of waiting for a pause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InterruptRequest(Request):
    """Be silent."""

    METHOD = "sightline.interrupt"


@dataclass(frozen=True, slots=True, kw_only=True)
class PushToTalkRequest(Request):
    """Whether a button, and not silence, says when the user speaks; and that button."""

    METHOD = "sightline.push_to_talk"
    PLAIN = ("action",)

    action: Literal["on", "off", "start", "end"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRequest(Request):
    """End the call for everybody in the room."""

    METHOD = "sightline.end"
    PLAIN = ("goodbye",)

    goodbye: bool = True
    """Whether the agent takes leave first."""


REQUESTS: tuple[type[Request], ...] = (
    StatusRequest,
    HistoryRequest,
    ExportRequest,
    VisionRequest,
    LookRequest,
    FramesRequest,
    PersonaRequest,
    VoiceRequest,
    SayRequest,
    InterruptRequest,
    PushToTalkRequest,
    EndRequest,
)

BOUNDS: Mapping[str, tuple[float, float]] = {
    "after": (0, 2**53 - 1),
    "since": (0, 2**53 - 1),
    "fps": (0, 1),
    **dict.fromkeys(("left", "top", "right", "bottom"), (0, 1)),
}
"""What a number may be, by the name of its field."""
LENGTHS: Mapping[str, int] = {"text": MAX_SPOKEN, "question": MAX_SPOKEN, "name": MAX_NAME}
"""Characters of a text, by the name of its field."""
REQUIRED = ("text", "name")
"""Texts that must not be empty."""
