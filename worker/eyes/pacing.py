"""Decide when a frame is due; pure, so that time is an argument and a test can be a table."""

from __future__ import annotations

from typing import Protocol

ASK_GAP = 0.25
"""Seconds; a frame this fresh answers a request as well as a new one would, so requests wait."""

HAIR = 1e-6
"""Seconds; what is less is due: timers fire early by as much, and waiting for it gets nowhere."""


class Pacing(Protocol):
    """When to look. Times are seconds of one clock, which only needs to tell differences."""

    def due(self, now: float) -> bool:
        """Tell whether a frame is due."""

    def wait(self, now: float) -> float:
        """Return the seconds until a frame is due; 0 when it is."""

    def taken(self, now: float) -> None:
        """Note that a frame was taken."""

    def ask(self, now: float) -> None:
        """Make one frame due at once, or as soon as the last one is no longer fresh."""


class Steady:
    """A fixed number of frames a second, whatever happens in the room.

    Frames keep to a grid, so being late for one does not make the rate drift; but two frames are
    never closer than `CLOSEST` intervals, so a long pause is not made up for by a burst. A clock
    that goes backwards costs no frame: the step back is taken as no time at all.
    """

    CLOSEST = 0.9

    def __init__(self, fps: float) -> None:
        if not 0 < fps <= 1000:
            raise ValueError(f"frames a second must be above 0 and at most 1000, not {fps}")
        self._interval = 1 / fps
        self._latest: float | None = None
        self._taken: float | None = None
        self._next: float | None = None

    def due(self, now: float) -> bool:
        return self.wait(now) <= 0

    def wait(self, now: float) -> float:
        self._settle(now)
        left = 0.0 if self._next is None else self._next - now
        return left if left > HAIR else 0.0

    def taken(self, now: float) -> None:
        self._settle(now)
        if self._next is None or now < self._next:
            # The first frame, or one that was asked for: the grid starts again from here.
            self._next = now + self._interval
        else:
            self._next = max(self._next + self._interval, now + self.CLOSEST * self._interval)
        self._taken = now

    def ask(self, now: float) -> None:
        self._settle(now)
        if self._next is not None and self._taken is not None:
            soonest = max(now, self._taken + min(ASK_GAP, self._interval))
            self._next = min(self._next, soonest)

    def _settle(self, now: float) -> None:
        if self._latest is not None and now < self._latest:
            back = self._latest - now
            self._taken = None if self._taken is None else self._taken - back
            self._next = None if self._next is None else self._next - back
        self._latest = now
