"""Shows on the terminal how far a long build is: one moving line, or a line now and then."""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections.abc import Iterator
from typing import IO

MOVING_INTERVAL = 0.1
QUIET_INTERVAL = 0.5
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
        """Count one line of the tool's output ("" is none) and show how far it is, now and then."""
        if line.startswith("go: downloading "):
            self._downloaded += 1
        elif line and self._packages and not line.startswith("go: "):
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
        if self._compiled >= self._packages:
            return f"livekit-server: linking, {elapsed:.0f} s"
        share = min(99, 100 * self._compiled // self._packages)
        return (
            f"livekit-server: compiling, {self._compiled} of about {self._packages} packages "
            f"({share} %), {elapsed:.0f} s"
        )


def lines_of(stream: IO[str]) -> Iterator[str]:
    """Yield lines as they come, and "" now and then while there are none: time passes too."""
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        for line in stream:
            lines.put(line)
        lines.put(None)

    reader = threading.Thread(target=read, name="build-output", daemon=True)
    reader.start()
    while True:
        try:
            line = lines.get(timeout=QUIET_INTERVAL)
        except queue.Empty:
            line = ""
        if line is None:
            break
        yield line
    reader.join()
