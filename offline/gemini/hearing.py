"""What was said: words out of the caller's 16 kHz audio, by pocketsphinx where it is there."""

from __future__ import annotations

import importlib
import threading
from types import ModuleType

HEARING_RATE = 16_000


class Hearing:
    """Turns utterances into text; without pocketsphinx it only says how long they were."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sphinx = _pocketsphinx()
        self._decoder: object | None = None

    def transcribe(self, pcm16k: bytes) -> str:
        """Return the words in `pcm16k` (s16le mono, 16 kHz), "" when there are none. Blocking."""
        if self._sphinx is None:
            return f"I heard you speak for {len(pcm16k) / 2 / HEARING_RATE:.1f} seconds."
        with self._lock:
            if self._decoder is None:
                self._decoder = self._sphinx.Decoder(loglevel="FATAL")
            decoder = self._decoder
            decoder.start_utt()  # type: ignore[attr-defined]
            decoder.process_raw(pcm16k, False, True)  # type: ignore[attr-defined]
            decoder.end_utt()  # type: ignore[attr-defined]
            found = decoder.hyp()  # type: ignore[attr-defined]
        return "" if found is None else str(found.hypstr)


def _pocketsphinx() -> ModuleType | None:
    try:
        return importlib.import_module("pocketsphinx")
    except ImportError:
        return None
