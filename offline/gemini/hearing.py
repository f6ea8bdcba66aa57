"""What was said: the caller's utterances as text, by a recognizer in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import logging
import subprocess
import sys
import threading
import weakref
from pathlib import Path

from offline.gemini.recognition import HEARING_RATE, LENGTH_BYTES

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]

PATIENCE = 2.0
"""Seconds for the recognizer to end once its input is closed."""


class Hearing:
    """Turns utterances into text; without pocketsphinx it only says how long they were.

    The recognizer starts with the first utterance, serves one at a time, and ends with `close`,
    with this object, or with this process in whatever way that ends.
    """

    def __init__(self, *, installed: bool | None = None) -> None:
        """`installed` False leaves pocketsphinx out even where it is."""
        found = importlib.util.find_spec("pocketsphinx") is not None
        self._installed = found if installed is None else installed
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._finalizer: weakref.finalize[..., Hearing] | None = None

    def transcribe(self, pcm16k: bytes) -> str:
        """Return the words in `pcm16k` (s16le mono, 16 kHz), "" where none are heard.

        Blocking, from any thread, without holding up the others.
        """
        if not self._installed:
            return _measured(pcm16k)
        with self._lock:
            child = self._child or self._start()
            try:
                return _ask(child, pcm16k)
            except (OSError, ValueError):
                logger.warning("speech recognizer ended", extra={"status": child.poll()})
                self._end()
                return _measured(pcm16k)

    def close(self) -> None:
        """End the recognizer; the next utterance would start another."""
        with self._lock:
            self._end()

    def _start(self) -> subprocess.Popen[bytes]:
        # Its own session: a Ctrl-C is for this process, whose end closes the pipe.
        self._child = subprocess.Popen(
            [sys.executable, "-m", "offline.gemini.recognition"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._finalizer = weakref.finalize(self, _finish, self._child)
        return self._child

    def _end(self) -> None:
        if self._finalizer is not None:
            self._finalizer()
        self._child = self._finalizer = None


def _ask(child: subprocess.Popen[bytes], pcm16k: bytes) -> str:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(len(pcm16k).to_bytes(LENGTH_BYTES, "little") + pcm16k)
    child.stdin.flush()
    return str(json.loads(child.stdout.readline()))


def _finish(child: subprocess.Popen[bytes]) -> None:
    try:
        child.communicate(timeout=PATIENCE)
    except (subprocess.TimeoutExpired, OSError, ValueError):
        child.kill()
        child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()


def _measured(pcm16k: bytes) -> str:
    return f"I heard you speak for {len(pcm16k) / 2 / HEARING_RATE:.1f} seconds."
