"""A local ear: knows within a tenth of a second that somebody speaks, with or without a service.

Silero VAD as livekit-agents carries it, in `livekit-local-inference`: its weights are part of that
package's library, nothing is loaded from elsewhere. Measured on two cores, with espeak's speech in
eight noises (white, pink, brown, down to 5 dB):

                    begins (median/max)  ends (median/max)    false  CPU per s  memory  import
    Silero          100-116 / 196 ms      152-296 / 399 ms      0     0.8 ms    3.8 MB    1 ms
    WebRTC, mode 3   110-150 / 190 ms     265-292 / 1281 ms     2     0.3 ms    2.0 MB   25 ms
    level alone       80-380 / 1860 ms     12-4689 / 9000 ms    5     0.7 ms    0.1 MB    1 ms

`false`: times that a noise before the speech was taken for it, in 48 clips. One window takes 23 µs,
so it is judged where the sound comes in, on the event loop.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import Protocol

import numpy as np
from livekit.local_inference import VAD, VAD_WINDOW_SAMPLES
from numpy.typing import NDArray

from worker.gemini.hush import is_faint

WINDOW = VAD_WINDOW_SAMPLES * 2
"""Bytes that are judged at once: 32 ms."""
LIKELY = 0.5
"""From this probability on a window is speech."""
ONSET, AMONG = 2, 3
"""So many of so many windows make a beginning: a click is none."""
HANGOVER = 4
"""Windows without speech that make an end: 128 ms. A pause for breath is longer, one between words
is not."""
UNASKED = 8
"""Windows without speech from which on faint ones are not judged: a quarter of a second, in which
what the judge remembers of the speech has faded. In a quiet room nothing is judged at all."""
SPAN = WINDOW / 32_000
"""Seconds of a window, at 16 kHz s16le."""
KEPT = 16
"""Windows in which the last loud one of what was said is looked for: half a second."""
OVER, UNDER = 2.0, 1 / 32
"""A window is loud that has so many times the level of what follows, and no less than this share of
the loudest: 6 dB above, and within 30 dB."""
HIDDEN = 0.25
"""Seconds of silence to reckon with where noise hides it: less than an end's own is no answer."""
PATIENCE = 0.5
"""Seconds without any sound arriving after which nobody speaks: the microphone is gone."""


class Judge(Protocol):
    """What tells speech from noise, window by window."""

    def predict(self, pcm: NDArray[np.int16]) -> float:
        """The probability that these 512 samples hold speech."""


class Ears:
    """Tells when somebody begins to speak, and when they end."""

    def __init__(
        self,
        on_edge: Callable[[bool], None],
        *,
        later: Callable[[float, Callable[[], None]], object],
        judge: Judge | None = None,
    ) -> None:
        """Prepare to listen.

        Args:
            on_edge: Told True at a beginning and False at an end, in turns.
            later: Calls something after so many seconds, as a loop's `call_later` does.
            judge: Silero VAD unless given.
        """
        self._on_edge, self._later = on_edge, later
        self._judge: Judge = judge or VAD()
        self._pending = bytearray()
        self._speech: deque[bool] = deque(maxlen=AMONG)
        self._windows: deque[bytes] = deque(maxlen=KEPT)
        """The latest."""
        self._quiet = 0
        self._heard = 0
        """Frames so far; tells whether the microphone still gives any."""
        self._begun = 0
        """Beginnings so far."""
        self.speaking = False
        self.silence = 0.0
        """Seconds from the last loud sound to where the last end came to light; at least so many
        where the microphone was lost."""

    def hear(self, pcm: bytes) -> None:
        """Take in 16 kHz s16le mono samples, of any length."""
        self._heard += 1
        self._pending += pcm
        while len(self._pending) >= WINDOW:
            window = bytes(self._pending[:WINDOW])
            del self._pending[:WINDOW]
            self._windows.append(window)
            self._take(not self._is_faint(window) and self._is_speech(window))

    def _take(self, speech: bool) -> None:
        self._speech.append(speech)
        self._quiet = 0 if speech else self._quiet + 1
        if not self.speaking and sum(self._speech) >= ONSET:
            self.speaking, self.silence = True, 0.0
            self._begun += 1
            self._on_edge(True)
            self._expect_more()
        elif self.speaking and self._quiet >= HANGOVER:
            self._end(self._silence())

    def _is_faint(self, window: bytes) -> bool:
        return self._quiet >= UNASKED and is_faint(window)

    def _is_speech(self, window: bytes) -> bool:
        return self._judge.predict(np.frombuffer(window, np.int16)) >= LIKELY

    def _end(self, silence: float) -> None:
        self.speaking, self.silence = False, silence
        self._speech.clear()
        self._on_edge(False)

    def _silence(self) -> float:
        """Return the seconds since what was said was last loud."""
        levels = [_level(window) for window in self._windows]
        least = max(OVER * min(levels[-HANGOVER:]), UNDER * max(levels))
        quiet = next((i for i, level in enumerate(reversed(levels)) if level > least), len(levels))
        return quiet * SPAN if quiet >= HANGOVER else HIDDEN

    def _expect_more(self) -> None:
        heard, begun = self._heard, self._begun
        self._later(PATIENCE, lambda: self._check(heard, begun))

    def _check(self, heard: int, begun: int) -> None:
        if not self.speaking or begun != self._begun:
            return
        if heard == self._heard:
            self._end(PATIENCE)
        else:
            self._expect_more()


def _level(window: bytes) -> float:
    """Return its RMS; a mean of squares takes six times as long."""
    samples = np.frombuffer(window, np.int16).astype(np.float32)
    return math.sqrt(samples.dot(samples) / samples.size)
