"""How long no connection has been sound, and how often one was tried for since."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

from worker.gemini.bounds import Bounds
from worker.gemini.failures import LOST, Failure


@dataclass(slots=True)
class Outage:
    """From the loss of a sound connection until another proves sound; none while it does."""

    bounds: Bounds
    failure: Failure = LOST
    """What went wrong last."""
    attempts: int = 0
    """Dials since a connection proved sound."""
    _gap: float = inf
    """Since when there is no connection."""
    _since: float = inf
    _told: set[str] = field(default_factory=set)
    _afresh: float = -inf
    """When a close that nobody explained was last answered by a fresh start."""

    @property
    def over(self) -> float:
        """When patience ends."""
        return self._since + self.bounds.patience

    @property
    def telling(self) -> float:
        """When the room is to hear of it."""
        return inf if "outage" in self._told else self._gap + self.bounds.tell

    @property
    def told(self) -> bool:
        """Whether the room knows."""
        return "outage" in self._told

    def begin(self, now: float, failure: Failure) -> None:
        """There is no connection from now on."""
        self.failure, self._gap = failure, now
        self._since = min(self._since, now)

    def connect(self) -> None:
        """There is a connection, which may break at once."""
        self._gap = inf

    def end(self) -> None:
        """A connection has proved sound."""
        self.attempts, self._since = 0, inf
        self._told.clear()

    def pause(self, jitter: float) -> float:
        """Seconds before the next dial; none for the first after a sound connection."""
        self.attempts += 1
        return 0.0 if self.attempts == 1 else backoff(self.attempts - 2, jitter)

    def try_afresh(self, now: float) -> bool:
        """Whether to answer a close that nobody explained by a fresh start: once in a while."""
        if self.attempts or now < self._afresh + self.bounds.afresh:
            return False
        self._afresh = now
        return True

    def tell(self, key: str) -> bool:
        """Whether to say this: each thing once in an outage."""
        if key in self._told:
            return False
        self._told.add(key)
        return True


def backoff(attempt: int, jitter: float) -> float:
    """Seconds to wait before try ``attempt`` (0 for the first retry).

    Doubles from 0.5 s up to 15 s and is spread by ``jitter`` in [0, 1) over its upper half, so
    that a thousand rooms do not knock at once.
    """
    ceiling = min(15.0, 0.5 * 2.0 ** min(attempt, 10))
    return ceiling * (0.5 + 0.5 * jitter)
