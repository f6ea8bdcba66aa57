"""Watches every event loop of a contender's processes, the same way in all of them.

Python imports this module by itself when its folder is on PYTHONPATH. While the file `on` stands in
the folder that BENCH_LOOPS names, each loop asks to be woken every 5 ms; the longest delays are
written there once the file is gone. Otherwise it looks for the file twice a second and costs
nothing that could be measured.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from pathlib import Path
from weakref import WeakSet

TICK = 0.005
LOOK = 0.5
"""Seconds between two looks for the file."""
KEPT = 0.001
"""Seconds of delay from which on one is kept."""


class Watch:
    """Wakes up in one loop and notes how late."""

    def __init__(self, loop: asyncio.AbstractEventLoop, folder: Path) -> None:
        self._loop, self._folder = loop, folder
        self._due = self._busy = 0.0
        self._ticks = 0
        self._late: list[tuple[float, float]] = []
        """Delays, and the CPU seconds that the loop's thread took in each; none but the longest so
        far of either, or this list alone would be what grows in a long call."""
        self._longest = self._busiest = 0.0

    def look(self) -> None:
        """Begin to tick if asked."""
        if (self._folder / "on").exists():
            self._due, self._busy = self._loop.time() + TICK, time.thread_time()
            self._loop.call_at(self._due, self._tick)
        else:
            self._loop.call_later(LOOK, self.look)

    def _tick(self) -> None:
        now, busy = self._loop.time(), time.thread_time()
        late = max(0.0, now - self._due)
        if late >= KEPT:
            self._note(late, min(late, busy - self._busy))
        self._due, self._busy = now + TICK, busy
        self._ticks += 1
        if self._ticks % 100 == 0 and not (self._folder / "on").exists():
            self._write()
            self._loop.call_later(LOOK, self.look)
        else:
            self._loop.call_at(self._due, self._tick)

    def _note(self, late: float, busy: float) -> None:
        if late > self._longest or busy > self._busiest:
            self._late.append((late, busy))
            self._longest, self._busiest = max(late, self._longest), max(busy, self._busiest)

    def _write(self) -> None:
        main = threading.current_thread() is threading.main_thread()
        report = {"pid": os.getpid(), "main": main, "late": self._late}
        path = self._folder / f"{os.getpid()}-{threading.get_ident()}-{time.monotonic_ns()}.json"
        path.write_text(json.dumps(report))
        self._late = []
        self._longest = self._busiest = 0.0


def install(folder: Path) -> None:
    """Watch every loop that is run from now on."""
    run_forever = asyncio.BaseEventLoop.run_forever
    watched: WeakSet[asyncio.BaseEventLoop] = WeakSet()

    def watched_run(loop: asyncio.BaseEventLoop) -> None:
        if loop not in watched:
            watched.add(loop)
            loop.call_soon(Watch(loop, folder).look)
        run_forever(loop)

    asyncio.BaseEventLoop.run_forever = watched_run  # type: ignore[assignment, method-assign]


if "BENCH_LOOPS" in os.environ:
    install(Path(os.environ["BENCH_LOOPS"]))
