"""Find speech by its energy; all durations are counted in received samples, not in wall time."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
WINDOW = 160
"""Samples judged at once: 10 ms. A shorter rest of a chunk is judged by itself."""

START_HIGH, START_LOW = 300.0, 900.0
"""RMS of a window that may begin speech, of 32,767: -41 and -31 dBFS."""

END_HIGH, END_LOW = 300.0, 150.0
"""RMS below which a window counts as silence once there is speech."""

ABANDON = RATE * 12 // 100
"""Silence after which a sound too short to be speech is forgotten."""


class Found(Enum):
    """What a chunk brought."""

    STARTED = auto()
    """Speech is committed."""
    PAUSED = auto()
    """Long enough a silence; the end is committed after some more time unless speech resumes."""
    RESUMED = auto()
    ENDED = auto()


@dataclass(slots=True)
class Sounds:
    """Where an utterance was loud: positions on the audio clock, and when those chunks came."""

    first: int = 0
    last: int = 0
    first_at: float = 0.0
    last_at: float = 0.0


@dataclass(slots=True, kw_only=True)
class Vad:
    """Energy detector of one connection."""

    start_level: float = START_HIGH
    end_level: float = END_HIGH
    start_delay: int = 0
    """Samples from the first loud one to the commit of speech."""
    prefix: int = 0
    """Loud samples needed before speech is committed."""
    silence: int = RATE * 8 // 10
    """Samples of silence that end speech."""
    end_extra: float = 0.0
    """Seconds from that silence to the commit of the end."""
    sounds: Sounds = field(default_factory=Sounds)
    speaking: bool = False
    ending_at: float | None = None
    _candidate: bool = False
    _loud: int = 0

    def feed(self, samples: NDArray[np.int16], clock: int, now: float) -> list[Found]:
        """Judge `samples`, the first of which is number `clock` of the connection's audio."""
        found = []
        for at in range(0, len(samples), WINDOW):
            window = samples[at : at + WINDOW]
            one = self._judge(_rms(window), len(window), clock + at, now)
            if one is not None:
                found.append(one)
        return found

    @property
    def pending(self) -> bool:
        """Whether there is a sound that may become speech."""
        return self._candidate

    def tick(self, now: float) -> list[Found]:
        """Return ENDED when the time for it has come."""
        if self.ending_at is None or now < self.ending_at:
            return []
        self._reset()
        return [Found.ENDED]

    def flush(self) -> list[Found]:
        """End what is pending at once; nothing if nothing is."""
        if not (self.speaking or self._candidate):
            return []
        found = [Found.ENDED] if self.speaking else [Found.STARTED, Found.ENDED]
        self._reset()
        return found

    def _judge(self, rms: float, length: int, position: int, now: float) -> Found | None:
        if rms >= (self.end_level if self.speaking else self.start_level):
            return self._loud_window(length, position, now)
        end = position + length
        if self.speaking:
            if self.ending_at is None and end - self.sounds.last >= self.silence:
                self.ending_at = now + self.end_extra
                return Found.PAUSED
        elif self._candidate and end - self.sounds.last >= ABANDON:
            self._candidate = False
        return None

    def _loud_window(self, length: int, position: int, now: float) -> Found | None:
        if not (self.speaking or self._candidate):
            self._candidate, self._loud = True, 0
            self.sounds = Sounds(first=position, first_at=now)
        end = position + length
        self._loud += length
        self.sounds.last, self.sounds.last_at = end, now
        if self.ending_at is not None:
            self.ending_at = None
            return Found.RESUMED
        if self.speaking or self._loud < self.prefix or end - self.sounds.first < self.start_delay:
            return None
        self.speaking = True
        return Found.STARTED

    def _reset(self) -> None:
        self.speaking = self._candidate = False
        self.ending_at = None


def _rms(window: NDArray[np.int16]) -> float:
    loud = window.astype(np.float32)
    return float(np.sqrt(np.dot(loud, loud) / max(len(window), 1)))


class Resampler:
    """Brings chunks of any rate to 16 kHz by linear interpolation, with a true sample count."""

    def __init__(self) -> None:
        self._rest = 0.0

    def to_16k(self, pcm: bytes, rate: int) -> NDArray[np.int16]:
        """Return s16le mono `pcm` of `rate` samples a second as 16 kHz samples."""
        samples = np.frombuffer(pcm, dtype="<i2")
        if rate == RATE or len(samples) == 0:
            return samples
        exact = len(samples) * RATE / rate + self._rest
        count = int(exact + 1e-6)
        self._rest = exact - count
        places = np.arange(count) * (rate / RATE)
        bent: NDArray[np.int16] = np.interp(places, np.arange(len(samples)), samples).astype(
            np.int16
        )
        return bent
