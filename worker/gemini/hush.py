"""Which sound of the microphone may wait a moment: silence that has lasted; pure.

A message costs 0.2 to 0.25 ms of CPU whatever is in it (TLS, two system calls, its waking of the
loop), and the microphone gives a hundred a second. Sound leaves at once; so does silence while a
turn may be ending on it. What comes later is sent by tenths of a second, and goes
with the first sound.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FAINT = 100
"""The highest sample of what counts as silence: -50 dBFS at its peaks."""
LASTED = 64_000
"""Bytes of silence, two seconds', after which it may wait: no persona's turn ends on it then."""
TOGETHER = 3200
"""Bytes, 100 ms, that are sent together then."""


def is_faint(samples: NDArray[np.int16]) -> bool:
    """Tell whether that counts as silence; there must be some."""
    # What goes below zero goes above it too; one pass costs 1.5 µs, a hundred times a second.
    return bool(np.maximum.reduce(samples) <= FAINT)


class Hush:
    """Follows how long there has been silence, and how much of it waits."""

    def __init__(self) -> None:
        self._silent = 0
        self._waiting = 0

    def may_wait(self, pcm: bytes) -> bool:
        """Take in 16 kHz s16le mono samples; tells whether they need not be sent yet."""
        if pcm and not is_faint(np.frombuffer(pcm, np.int16)):
            self._silent = self._waiting = 0
            return False
        self._silent += len(pcm)
        if self._silent <= LASTED:
            return False
        self._waiting += len(pcm)
        if self._waiting >= TOGETHER:
            self._waiting = 0
            return False
        return True
