"""The caller's ear: every 10 ms of every track it hears, with the time it arrived and how loud."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from livekit import rtc
from numpy.typing import NDArray

RATE = 48_000
"""As Opus decodes it: any other rate would pass through a resampler first, which delays."""
FRAME_MS = 10
KEPT = 60_000
"""Sounds kept, newest last: ten minutes of one track, about 60 MB."""
AUDIBLE_DB = -50.0
"""From this level, in dB below full scale over 10 ms, a sound counts as heard."""
SILENT_DB = -120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """10 ms of one track."""

    at: float
    """When it arrived, in seconds of the caller's clock."""
    level: float
    """Root mean square in dB below full scale; SILENT_DB for digital silence."""
    track: str
    samples: NDArray[np.int16] = field(repr=False)
    """480 samples, 48 kHz mono."""

    @property
    def audible(self) -> bool:
        return self.level >= AUDIBLE_DB


def level_of(samples: NDArray[np.int16]) -> float:
    """Return the level of samples in dB below full scale."""
    floats = samples.astype(np.float32)
    power = float(np.dot(floats, floats)) / max(1, samples.size)
    return max(SILENT_DB, 10 * float(np.log10(power / 32768.0**2))) if power else SILENT_DB


class Ear:
    """Listens to any number of tracks and remembers the last minutes."""

    def __init__(
        self, on_sound: Callable[[Sound], None], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._on_sound = on_sound
        self._sounds: deque[Sound] = deque(maxlen=KEPT)
        self._listening: dict[str, asyncio.Task[None]] = {}

    def listen(self, track: rtc.RemoteTrack) -> None:
        """Start to listen to a track, until it ends."""
        task = asyncio.create_task(self._listen(track), name=f"caller-ear-{track.sid}")
        self._listening[track.sid] = task

    @property
    def tracks(self) -> tuple[str, ...]:
        """The tracks that are listened to now."""
        return tuple(sid for sid, task in self._listening.items() if not task.done())

    def heard(self, since: float, until: float = float("inf")) -> list[Sound]:
        """Return what arrived in that time, oldest first (of several tracks: mixed by time)."""
        found = []
        for sound in reversed(self._sounds):
            if sound.at < since:
                break
            if sound.at <= until:
                found.append(sound)
        return found[::-1]

    def audible(self, since: float, until: float = float("inf")) -> Iterator[Sound]:
        """Yield what was loud enough to be heard in that time, oldest first."""
        return (sound for sound in self.heard(since, until) if sound.audible)

    def first_audible(self, since: float) -> float | None:
        """Return when the first audible 10 ms after `since` arrived."""
        return next((sound.at for sound in self.audible(since)), None)

    def last_audible(self, since: float) -> float | None:
        """Return when the last audible 10 ms after `since` arrived; cheap enough to ask often."""
        for sound in reversed(self._sounds):
            if sound.at < since:
                break
            if sound.audible:
                return sound.at
        return None

    def take(self, sound: Sound) -> None:
        """Remember 10 ms."""
        self._sounds.append(sound)
        self._on_sound(sound)

    async def aclose(self) -> None:
        """Stop listening; what was heard stays."""
        tasks, self._listening = list(self._listening.values()), {}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, track: rtc.RemoteTrack) -> None:
        stream = rtc.AudioStream(track, sample_rate=RATE, num_channels=1, frame_size_ms=FRAME_MS)
        try:
            async for event in stream:
                samples = np.frombuffer(event.frame.data, np.int16).copy()
                sound = Sound(
                    at=self._clock(), level=level_of(samples), track=track.sid, samples=samples
                )
                self.take(sound)
        finally:
            with contextlib.suppress(asyncio.CancelledError):
                await stream.aclose()
