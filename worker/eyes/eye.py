"""One source looked at: its lens, what was last sent of it, and whether it shows anything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

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

    def __init__(self, source: Source, lens: Lens, clock: Clock) -> None:
        self.source = source
        self.lens = lens
        self._clock = clock
        self._condition = Condition()
        self._sent: Glance | None = None
        self._coming: asyncio.Task[Shot] | None = None
        self._asked = 0.0

    @property
    def patience(self) -> float:
        """Seconds for which the frame that is waited for may stay away; 0 when it is too slow."""
        waiting = self._coming is not None and not self._coming.done()
        return max(0.0, self._asked + TOO_SLOW - self._clock()) if waiting else TOO_SLOW

    def looks_at(self, source: Source) -> bool:
        """Tell whether this is the very track it looks at, however its owner is called now."""
        return source.sid == self.source.sid and source.track is self.source.track

    async def take(self) -> Shot | None:
        """Wait for a new frame; None when a camera gives none, and a screen's last one when it
        stands still."""
        screen = self.source.kind == "screen"
        shot = await self._next(REPEAT if screen else TOO_SLOW)
        return self.lens.latest if shot is None and screen else shot

    async def glimpse(self) -> bool:
        """Wait a moment for what it shows now; a frame that comes later is there for `shot`."""
        if self.source.kind == "screen" and self.lens.latest is not None:
            return True
        return await self._next(BESIDE) is not None

    def coming(self) -> asyncio.Task[Shot]:
        """Wait for the next frame, however long it takes; it is then in `shot` too."""
        if self._coming is None:
            self._asked = self._clock()
            self._coming = asyncio.create_task(self.lens.next(), name="eyes next")
        return self._coming

    def shot(self) -> Shot | None:
        """Return what it shows: of a camera, nothing that is old or was not followed for long."""
        shot = self.lens.latest
        if shot is None or self.source.kind == "screen":
            return shot
        return shot if self.patience and self._clock() - shot.at < TOO_SLOW else None

    def examine(self, glance: Glance, now: float) -> tuple[State, Change]:
        """Tell whether a frame shows anything, and how it differs from what was sent."""
        screen = self.source.kind == "screen"
        state: State = "clear" if screen else self._condition.feed(glance, now)
        return state, compare(self._sent, glance, screen=screen)

    def sent(self, glance: Glance) -> None:
        """Keep what was sent, to compare the next frames with."""
        self._sent = glance

    async def aclose(self) -> None:
        """Look no longer."""
        if self._coming is not None:
            # A stream's consumer would wait for ever: it has to go before the stream does.
            self._coming.cancel()
            await asyncio.wait([self._coming])
            self._forget()
        await self.lens.aclose()

    async def _next(self, patience: float) -> Shot | None:
        """Wait for a frame that is not there yet; one that is late is waited for further on."""
        if self._coming is not None and self._coming.done():
            self._forget()
            # A camera's next frame is better; what stands still may have no other.
            if self.source.kind == "screen" and self.lens.latest is not None:
                return self.lens.latest
        await asyncio.wait([self.coming()], timeout=patience)
        if not self.coming().done():
            return None
        coming, self._coming = self.coming(), None
        return coming.result()

    def _forget(self) -> None:
        """Let go of what came, or failed, while nobody asked."""
        if self._coming is not None:
            with suppress(asyncio.CancelledError):
                self._coming.exception()
            self._coming = None
