"""How soon a connection is left for a new setting: those that come together come about together."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from worker.gemini.bounds import Bounds


@dataclass(slots=True)
class Renewal:
    """A connection that is set up with something else is to take the place of the present one."""

    bounds: Bounds
    due: float = -inf
    """From when on the present connection may be left; by itself or for a goAway at any time."""
    stale: bool = False
    """Whether another setting has come since the present dial began."""
    _left: float = -inf
    """When a connection was last left."""

    def want(self, now: float, *, leaving: bool) -> None:
        """A setting has come; `leaving`: the connection is to be left already."""
        at = max(now, self._left + self.bounds.renewal)
        self.due = min(self.due, at) if leaving else at

    def leave(self, now: float) -> None:
        """The connection is left."""
        self._left = now
