"""Let a call join before the process that it has taken is replaced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

HEAD_START = 0.3
"""Seconds from a call's beginning in which no process is made ready for the next one.

To make one takes 70 to 110 ms of a core, and the framework begins 0 to 100 ms after a call: just
when that asks its room to be let in. A call that finds no process waits for none of this."""


class Pool(Protocol):
    """The processes of a worker."""

    def set_target_idle_processes(self, num_idle_processes: int) -> None: ...


class HeadStart:
    """Holds back the next process for a moment, once for calls that come close together."""

    def __init__(
        self, pool: Pool, *, target: int, call_later: Callable[[float, Callable[[], None]], object]
    ) -> None:
        """Take the number of processes that are to be ready, and a timer of the event loop."""
        self._pool, self._target, self._call_later = pool, target, call_later
        self._running = False

    def give(self) -> None:
        """A call has begun."""
        if self._running:
            return
        self._running = True
        self._pool.set_target_idle_processes(0)
        self._call_later(HEAD_START, self._end)

    def _end(self) -> None:
        self._running = False
        self._pool.set_target_idle_processes(self._target)
