"""Faults within a conversation: turns, marks, calls and messages that are not as they should be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from offline.gemini.fault import FOR_GOOD, Fault

Mark = Literal["generationComplete", "turnComplete", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowStart(Fault):
    """Think longer before the first word of coming replies."""

    words, number = "slow first word", 7
    seconds: float = 6.0
    turns: int = 1
    """0 is every reply from here on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall(Fault):
    """Stop in the middle of the reply that runs, and go on later or never."""

    words, number = "stall", 8
    seconds: float = FOR_GOOD


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowSpeech(Fault):
    """Send audio at a pace below that of life."""

    words, number = "slow speech", 9
    pace: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst(Fault):
    """Send a lot of audio at once, in the reply that runs."""

    words = "burst"
    seconds: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Withhold(Fault):
    """Leave out the marks that end the coming turns."""

    words, number = "withhold", 10
    what: Mark = "turnComplete"
    turns: int = 1
    """0 is every turn from here on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay(Fault):
    """Send the marks that end the coming turns late."""

    words, number = "delay", 10
    what: Mark = "both"
    seconds: float = 5.0
    turns: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakOn(Fault):
    """Send audio after generationComplete of the turn that runs."""

    words, number = "speak on", 11
    seconds: float = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Hiccup(Fault):
    """Send one message that is none."""

    words, number = "hiccup", 12
    what: Literal[
        "malformed",
        "truncated",
        "empty frame",
        "empty message",
        "unknown key",
        "error",
        "flat error",
    ] = "malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class HugeFrame(Fault):
    """Send a well-formed message beyond the 1 MiB that google-genai takes."""

    words, number = "huge frame", 13
    bytes: int = 1_500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BadBase64(Fault):
    words, number = "bad base64", 14


@dataclass(frozen=True, slots=True, kw_only=True)
class OddSamples(Fault):
    """Send audio of an odd number of bytes."""

    words, number = "odd samples", 14


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelCalls(Fault):
    """Cancel the pending calls; when there is none any more, the one that was made last."""

    words, number = "cancel the calls", 15


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatCall(Fault):
    """Send the last toolCall once more, with the same id."""

    words, number = "repeat the call", 15


@dataclass(frozen=True, slots=True, kw_only=True)
class OddCall(Fault):
    """Call a function as no function should be called."""

    words, number = "odd call", 15
    what: Literal["without an id", "unknown function", "wrong arguments"] = "unknown function"


@dataclass(frozen=True, slots=True, kw_only=True)
class MalformedCall(Fault):
    """End the next turn with MALFORMED_FUNCTION_CALL instead of an answer."""

    words, number = "malformed call", 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupt(Fault):
    """Say `interrupted` though nobody spoke; a reply that runs is really cut."""

    words, number = "interrupt", 19
    completes: bool = True
    """turnComplete follows."""
    times: int = 1
    """How often it is said, at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcripts(Fault):
    """Transcribe twice, late, or nothing."""

    words, number = "transcripts", 20
    how: Literal["twice", "late", "empty"] = "twice"
    whose: Literal["user", "agent"] = "user"
    seconds: float = 2.0
    """How late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyTurn(Fault):
    """Answer the next turn with a turn without content."""

    words, number = "empty turn", 22


@dataclass(frozen=True, slots=True, kw_only=True)
class NoReply(Fault):
    """Do not answer the next turn at all."""

    words, number = "no reply", 22


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsFirst(Fault):
    """Send the transcription of the coming replies before their audio."""

    words, number = "words first", 25


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageAlone(Fault):
    """Send a usageMetadata that belongs to no turn."""

    words, number = "usage alone", 25
