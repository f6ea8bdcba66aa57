"""How the stand-in behaves where the real service may vary: delays, pacing, strictness."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Temper:
    """Settings that may be changed while the service runs; the defaults are gemini-3.8-live's."""

    think_ms: float = 300.0
    """From the end of the user's turn to the first sound or tool call."""
    setup_ms: float = 250.0
    """From `setup` to `setupComplete` (measured on the real service: 209-348)."""
    handle_ms: float = 100.0
    """From `setupComplete` to the resumption handle."""
    pace: float = 4.0
    """Audio leaves this many times faster than it plays; 0 sends all at once."""
    first_chunk_ms: float = 120.0
    """Length of the first audio chunk, in whole steps of 40 ms."""
    chunk_ms: float = 320.0
    """Length of the later audio chunks, in whole steps of 40 ms."""
    generation_complete_ms: float = 27.0
    """From the last chunk to `generationComplete`."""
    interrupted_ms: float = 10.0
    """From `interrupted` to its `turnComplete` (measured: 1-30)."""
    text_interrupt_ms: float = 15.0
    """From typed realtime text to the interruption it causes (measured: 14-16)."""
    tool_reply_ms: float = 300.0
    """Added to the think time when a reply answers a NON_BLOCKING tool's response."""
    vad_start_ms: float = 180.0
    """Received audio from the first loud sample to ACTIVITY_START (measured: 140-240)."""
    vad_end_extra_ms: float = 350.0
    """From the silence that ends an utterance to its commit (measured: 300-450)."""
    silence_ms: float = 800.0
    """Silence that ends an utterance unless the client's setup names another."""
    text_frames: bool = False
    """Send text frames instead of binary ones."""
    compact: bool = False
    """Send compact JSON instead of the service's two-space indent."""
    deflate: bool = True
    """Negotiate permessage-deflate when the client offers it."""
    strict: bool = True
    """Refuse unknown setup fields and deprecated input as the newer service does."""
    combine: bool = False
    """Put a chunk and its transcription in one message, as 3.x may."""
    empties: bool = True
    """Interleave the empty messages that the real service sends now and then."""
    max_sessions: int = 0
    """Open sessions allowed at once; 0 is no cap."""
    lifetime: float = 540.0
    """Seconds from `setupComplete` to `goAway`; 0 is never."""
    time_left: float = 50.0
    """Seconds from `goAway` to the close that it announces."""
    audio_limit: float = 900.0
    """Seconds that a session without compression lives; 0 is without limit."""
    video_limit: float = 120.0
    """The same from a session's first picture on; 0 is without limit."""
    handle_life: float = 7200.0
    """Seconds after its last connection in which a session can be resumed."""
    refuse_early_resume: bool = False
    """Refuse to resume while the last connection is open, or just ended while all was quiet."""
    resume_gap: float = 1.0
    """Seconds after such an end in which that holds."""
    refusal_ms: float = 500.0
    """From the setup that is too early to its refusal (measured: 472-704)."""
    context_window: int = 0
    """Tokens the context holds; 0 is the model's own number."""
    api_key: str = ""
    """The only key that is let in; "" lets any key in."""

    def changed(self, values: Mapping[str, object]) -> Temper:
        """Return a copy with `values` in place; ValueError names the one that does not fit."""
        known = {field.name: field.default for field in dataclasses.fields(self)}
        fitted = {name: _fitted(name, value, known) for name, value in values.items()}
        return dataclasses.replace(self, **fitted)  # type: ignore[arg-type]


def _fitted(name: str, value: object, known: Mapping[str, object]) -> object:
    if name not in known:
        raise ValueError(f"unknown setting {name!r}")
    kind = type(known[name])
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        if math.isfinite(value) and value >= 0:
            return float(value)
    elif type(value) is kind and not (isinstance(value, int) and value < 0):
        return value
    raise ValueError(f"{name} must be {'a number >= 0' if kind in (int, float) else kind.__name__}")


INSTANT = Temper(
    think_ms=0,
    setup_ms=0,
    handle_ms=0,
    pace=0,
    generation_complete_ms=0,
    interrupted_ms=0,
    text_interrupt_ms=0,
    tool_reply_ms=0,
    vad_start_ms=0,
    vad_end_extra_ms=0,
)
"""No delay but the ones the protocol itself has: what tests use."""
