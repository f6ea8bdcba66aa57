"""One source looked at: its lens, what was last sent of it, and whether it shows anything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from worker.eyes.change import Glance, compare
from worker.eyes.condition import Condition, State
from worker.eyes.lens import Clock, Lens, Shot
from worker.eyes.pacing import REPEAT, Change
from worker.eyes.sources import Source

TOO_SLOW = 4.0
"""Seconds without a frame after which a camera shows nothing; a screen may stand still."""

BESIDE = 0.5
"""Seconds that one of several sources may keep the others waiting."""

OpenLens = Callable[[Source, Clock], Lens]


class Eye:
    """Looks at one source until it is closed."""

    def __init__(self, source: Source, lens: Lens) -> None:
        self.source = source
        self.lens = lens
        self._condition = Condition()
        self._sent: Glance | None = None

    async def take(self) -> Shot | None:
        """Wait for a new frame; None when a camera gives none, and a screen's last one when it
        stands still."""
        screen = self.source.kind == "screen"
        try:
            async with asyncio.timeout(REPEAT if screen else TOO_SLOW):
                return await self.lens.next()
        except TimeoutError:
            return self.lens.latest if screen else None

    async def glimpse(self) -> Shot | None:
        """Return what it shows now, whether or not that is new; None when a camera gives none."""
        if self.source.kind == "screen" and self.lens.latest is not None:
            return self.lens.latest
        try:
            async with asyncio.timeout(BESIDE):
                return await self.lens.next()
        except TimeoutError:
            return None

    def examine(self, glance: Glance, now: float) -> tuple[State, Change]:
        """Tell whether a frame shows anything, and how it differs from what was sent."""
        screen = self.source.kind == "screen"
        state: State = "clear" if screen else self._condition.feed(glance, now)
        return state, compare(self._sent, glance, screen=screen)

    def sent(self, glance: Glance) -> None:
        """Keep what was sent, to compare the next frames with."""
        self._sent = glance
