"""Keep the agent's words in step with its voice for next to nothing.

The framework tells how fast a voice speaks from spectra, 80 for every tenth of a second: 15 to 21
ms of the event loop for each second of speech, up to 40 at once where a service sends a whole
second (livekit-agents 1.8.9, two cores), which is what held the loop longest. What it has to know
is where the voice pauses; that, the level tells.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import numpy as np
from livekit import rtc
from livekit.agents import io
from livekit.agents.utils import aio
from livekit.agents.voice import TranscriptSynchronizer
from livekit.agents.voice.transcription._speaking_rate import (
    SpeakingRateDetector,
    SpeakingRateEvent,
    SpeakingRateStream,
)

QUIET = 0.005 * 32768
"""RMS of s16 samples below which nothing is said, as the framework has it: -46 dBFS."""
STEP = 0.1
"""Seconds that are told of together."""


class Cadence(SpeakingRateDetector):
    """Speech at one speed, with the pauses where they are."""

    def stream(self) -> SpeakingRateStream:
        """Follow one segment of speech."""
        return Pauses()


class Pauses(SpeakingRateStream):
    """Tells for each tenth of a second whether it is loud; needs no task of its own."""

    def __init__(self) -> None:
        self._told: aio.Chan[SpeakingRateEvent] = aio.Chan()
        self._pending = bytearray()
        self._rate = 0
        self._samples = 0

    def push_frame(self, frame: rtc.AudioFrame) -> None:
        """Take in the next of it, of any length; all of it mono and of one sample rate."""
        self._rate = frame.sample_rate
        self._pending += frame.data.cast("b")
        step = round(STEP * self._rate) * 2
        while len(self._pending) >= step:
            self._tell(step)

    def flush(self) -> None:
        """Tell of what is left."""
        if self._pending:
            self._tell(len(self._pending))

    def _tell(self, size: int) -> None:
        part = np.frombuffer(bytes(self._pending[:size]), np.int16)
        del self._pending[:size]
        self._samples += part.size
        if self._told.closed:
            return
        loud = bool(np.mean(np.square(part, dtype=np.float32)) >= QUIET**2)
        at, rate = self._samples / self._rate, 1.0 if loud else 0.0
        self._told.send_nowait(SpeakingRateEvent(timestamp=at, speaking=loud, speaking_rate=rate))

    def end_input(self) -> None:
        """There will be no more."""
        self.flush()
        self._told.close()

    async def aclose(self) -> None:
        """Tell no more."""
        self._told.close()

    def __aiter__(self) -> AsyncIterator[SpeakingRateEvent]:
        return self._told


def keep_step(output: io.AudioOutput | None) -> bool:
    """Have the words that go with what `output` plays follow its level; before anything is said.

    Returns whether it is the framework's kind of output. It offers no way to choose how it follows
    a voice (livekit-agents 1.8.9), so that is exchanged here; `tests/room/test_cadence.py` says
    when a new version has changed it.
    """
    synchronizer = getattr(output, "_synchronizer", None)
    if not isinstance(synchronizer, TranscriptSynchronizer):
        return False
    synchronizer._opts.speaking_rate_detector = Cadence()
    # What it has prepared for the first words goes by the old one.
    synchronizer.rotate_segment()
    return True
