"""Shows on the terminal how far a long build is: one moving line, or a line now and then."""

from __future__ import annotations

import sys
import time

MOVING_INTERVAL = 0.1
PLAIN_INTERVAL = 15.0
"""Seconds between lines where nothing can move: a file, a pipe, a CI log."""


def say(text: str) -> None:
    """Write to standard error at once; standard output is for results."""
    sys.stderr.write(text)
    sys.stderr.flush()


class Progress:
    """Counts what `go install -v` names: `go: downloading ...`, then one line a package."""

    def __init__(self, packages: int) -> None:
        self._packages = packages
        self._downloaded = 0
        self._compiled = 0
        self._started = time.monotonic()
        self._moving = sys.stderr.isatty()
        self._next = self._started

    def tell(self, line: str) -> None:
        """Count one line of the tool's output and show how far it is, now and then."""
        if line.startswith("go: downloading "):
            self._downloaded += 1
        elif self._packages and not line.startswith("go: "):
            self._compiled += 1
        now = time.monotonic()
        if self._packages and now >= self._next:
            self._next = now + (MOVING_INTERVAL if self._moving else PLAIN_INTERVAL)
            text = self._sentence(now - self._started)
            say(f"\r{text:<78}" if self._moving else f"{text}\n")

    def end(self) -> None:
        """Leave the moving line behind."""
        if self._packages and self._moving:
            say("\n")

    def _sentence(self, elapsed: float) -> str:
        if not self._compiled:
            return f"livekit-server: fetching sources, {self._downloaded} modules, {elapsed:.0f} s"
        share = min(99, 100 * self._compiled // self._packages)
        return (
            f"livekit-server: compiling, {self._compiled} of about {self._packages} packages "
            f"({share} %), {elapsed:.0f} s"
        )
