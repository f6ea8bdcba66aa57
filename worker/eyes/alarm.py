"""Waits until a frame is due, and notices when the process has stood still."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from worker.eyes.lens import Clock
from worker.eyes.pacing import Pacing

STANDSTILL = 1.0
"""Seconds; woken so much too late, the process has stood still, and what comes now is old."""

SETTLING = 1.0
"""Seconds in which the source has been received from anew."""


class Alarm:
    """Rings when the pacing says so; what was asked for in between may bring that forward."""

    def __init__(self, pacing: Pacing, clock: Clock, *, on_standstill: Callable[[], None]) -> None:
        self._pacing, self._clock = pacing, clock
        self._on_standstill = on_standstill
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """Have the pacing asked again when a frame is due."""
        self._asked.set()

    async def wait(self) -> None:
        """Return when a frame is due; after a standstill, when what comes is new again."""
        while (wait := self._pacing.wait(self._clock())) > 0:
            self._asked.clear()
            due = self._clock() + wait
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._asked.wait()
            if self._clock() > due + STANDSTILL:
                self._on_standstill()
                await asyncio.sleep(SETTLING)
