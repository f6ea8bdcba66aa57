"""Things to do later, on a clock that someone else reads."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

Action = Callable[[float], None]


class Timers:
    """A queue of actions by due time; those due at the same time run in the order they came."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Action]] = []
        self._order = itertools.count()

    @property
    def next_due(self) -> float | None:
        """Time of the earliest action, None when there is none."""
        return self._heap[0][0] if self._heap else None

    def at(self, due: float, action: Action) -> None:
        """Run `action(now)` at the first `run` that is not before `due`."""
        heapq.heappush(self._heap, (due, next(self._order), action))

    def run(self, now: float) -> None:
        """Run everything due, also what the actions themselves add for no later than `now`."""
        while self._heap and self._heap[0][0] <= now:
            heapq.heappop(self._heap)[2](now)

    def clear(self) -> None:
        """Forget everything."""
        self._heap.clear()
