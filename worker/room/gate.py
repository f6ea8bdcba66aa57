"""Lets as much through as a person can mean, and nothing of a flood; pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Gate:
    """A bucket that fills slowly; who empties it has to be silent before they are heard again."""

    burst: int
    """How many may come at once."""
    interval: float
    """Seconds until one more may come."""
    silence: float
    """Seconds without any after which somebody who was shut out is let in again."""
    shut: bool = False
    """Whether it is a flood at present."""
    refused: int = 0
    _left: float = -1.0
    _last: float = 0.0

    def admit(self, now: float) -> bool:
        """Tell whether this one may pass; `now` in monotonic seconds."""
        since = now - self._last if self._left >= 0 else 0.0
        fresh = self._left < 0 or (self.shut and since >= self.silence)
        self._left = self.burst if fresh else min(self.burst, self._left + since / self.interval)
        self._last = now
        if fresh:
            self.shut = False
        self.shut = self.shut or self._left < 1
        if self.shut:
            self.refused += 1
            return False
        self._left -= 1
        return True
