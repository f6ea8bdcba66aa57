"""Signs of life of a connection, and when their absence means that it is dead."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from worker.gemini.bounds import Bounds


@dataclass(slots=True)
class Pulse:
    """A message or a pong is a beat; it is missed soon while somebody speaks, late while not."""

    bounds: Bounds
    _last: float = inf
    _wanted: float = inf
    """Since when the service owes one."""

    @property
    def ends(self) -> float:
        """When a connection without another beat is taken for dead."""
        silent, unheard = self._last + self.bounds.silence, self._wanted + self.bounds.unheard
        return min(max(silent, unheard), self._last + self.bounds.idle)

    def beat(self, now: float, *, wanted: bool) -> None:
        """The service lives: whatever it still owes, it owes from now."""
        self._last, self._wanted = now, now if wanted else inf

    def want(self, now: float) -> None:
        """Somebody speaks to it, or asks."""
        self._wanted = min(self._wanted, now)

    def relax(self) -> None:
        """Nobody did, after all."""
        self._wanted = inf
