"""What happened on one connection, kept for tests and for whoever asks the control endpoint."""

from __future__ import annotations

import io
import wave
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from offline.gemini.fault import Fault
from offline.gemini.outputs import OUTPUT_RATE

EVENTS = 20_000
FRAME_BYTES = 64 << 20
SPOKEN_BYTES = 32 << 20
HEARD_BYTES = 8 << 20
FRAME_INTERVAL = 0.9
"""Seconds; closer frames are above the one a second that the service asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    at: float
    size: int
    width: int
    height: int
    mime: str
    early: bool
    """Came sooner after the one before than one frame a second allows."""


class Account:
    """Plain records; all times are `time.monotonic()` seconds of this machine.

    Bounded: the oldest events and pictures go first, speech beyond eleven minutes is not kept.
    """

    def __init__(self, number: int, opened: float, path: str) -> None:
        self.number = number
        self.opened = opened
        self.path = path
        self.closed: float | None = None
        self.close_code: int | None = None
        self.model = ""
        self.setup: Mapping[str, object] | None = None
        self.samples = 0
        self.messages = 0
        self.frames: list[Frame] = []
        self.events: deque[dict[str, object]] = deque(maxlen=EVENTS)
        self.turns: deque[dict[str, object]] = deque(maxlen=1000)
        self.tool_calls: list[dict[str, object]] = []
        self.tool_responses: list[dict[str, object]] = []
        self.utterances: list[dict[str, object]] = []
        self.faults: list[dict[str, object]] = []
        self.spoken = bytearray()
        self.heard = bytearray()
        """What came in, s16le mono 16 kHz; beyond four minutes it is only counted."""
        self.refused: int | None = None
        """HTTP status of a request that a fault turned away."""
        self.conversation: int | None = None
        self.clock: tuple[int, int] = (0, 0)
        """Where the conversation's audio clock stood at setupComplete, and stands now."""
        self.on_note: Callable[[str, float], None] | None = None
        """Told of every event, after it was recorded."""
        self._pictures: dict[int, bytes] = {}
        self._picture_bytes = 0

    def note(self, kind: str, at: float, **facts: object) -> None:
        """Record an event."""
        self.events.append({"at": at, "kind": kind, **facts})
        if self.on_note is not None:
            self.on_note(kind, at)

    def fault(self, fault: Fault, at: float) -> None:
        """Record a fault that was done."""
        self.faults.append({"at": at, **fault.facts()})
        self.note("fault", at, number=fault.number, do=fault.words)

    def frame(self, image: bytes, mime: str, size: tuple[int, int], at: float) -> None:
        """Record a picture that arrived."""
        early = bool(self.frames) and at - self.frames[-1].at < FRAME_INTERVAL
        width, height = size
        self._pictures[len(self.frames)] = image
        self.frames.append(
            Frame(at=at, size=len(image), width=width, height=height, mime=mime, early=early)
        )
        self._picture_bytes += len(image)
        while self._picture_bytes > FRAME_BYTES:
            self._picture_bytes -= len(self._pictures.pop(next(iter(self._pictures))))

    def picture(self, number: int) -> bytes | None:
        """Return the bytes of frame `number`, None if there is none or no longer."""
        return self._pictures.get(number)

    def speak(self, pcm: bytes) -> None:
        """Keep speech that was sent."""
        if len(self.spoken) < SPOKEN_BYTES:
            self.spoken += pcm

    def hear(self, pcm16k: bytes) -> None:
        """Keep sound that came in."""
        self.samples += len(pcm16k) // 2
        if len(self.heard) < HEARD_BYTES:
            self.heard += pcm16k

    def wav(self) -> bytes:
        """Return the speech that was sent as a WAV file."""
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(OUTPUT_RATE)
            file.writeframes(bytes(self.spoken))
        return out.getvalue()

    def at(self, kind: str) -> list[float]:
        """Return the times of all events of one kind."""
        return [float(str(event["at"])) for event in self.events if event["kind"] == kind]

    def report(self) -> dict[str, object]:
        """Return everything but the media, ready for JSON."""
        return {
            "number": self.number,
            "path": self.path,
            "model": self.model,
            "opened": self.opened,
            "closed": self.closed,
            "close_code": self.close_code,
            "refused": self.refused,
            "conversation": self.conversation,
            "audio_clock": list(self.clock),
            "setup": self.setup,
            "samples": self.samples,
            "messages": self.messages,
            "spoken_seconds": len(self.spoken) / 48_000,
            "frames": [_frame(frame) for frame in self.frames],
            "early_frames": sum(frame.early for frame in self.frames),
            "turns": list(self.turns),
            "utterances": self.utterances,
            "tool_calls": self.tool_calls,
            "tool_responses": self.tool_responses,
            "faults": self.faults,
            "events": list(self.events),
        }


def _frame(frame: Frame) -> dict[str, object]:
    return {
        "at": frame.at,
        "bytes": frame.size,
        "width": frame.width,
        "height": frame.height,
        "mime": frame.mime,
        "early": frame.early,
    }
