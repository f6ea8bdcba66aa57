"""Tells the course what happens, one thing at a time, and has done what it says."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from worker.gemini.course import Course
from worker.gemini.moves import Action, Event, Wake, Woken


@dataclass(slots=True, kw_only=True)
class Driver:
    """What happens while an action is done waits its turn; `Wake` is a timer of the loop's."""

    course: Course
    do: Callable[[Action], None]
    """Carries out every action but `Wake`; may feed events."""
    clock: Callable[[], float]
    jitter: Callable[[], float]
    """A number in [0, 1), for the spread of retries."""
    _events: deque[Event] = field(default_factory=deque)
    _feeding: bool = False
    _alarm: asyncio.TimerHandle | None = None

    def feed(self, event: Event) -> None:
        """Tell the course and do what it says."""
        self._events.append(event)
        if self._feeding:
            return
        self._feeding = True
        try:
            while self._events:
                event = self._events.popleft()
                for action in self.course.feed(event, now=self.clock(), jitter=self.jitter()):
                    self._carry_out(action)
        finally:
            self._feeding = False

    def close(self) -> None:
        """Wake up no more."""
        if self._alarm is not None:
            self._alarm.cancel()

    def _carry_out(self, action: Action) -> None:
        if isinstance(action, Wake):
            self.close()
            seconds = max(0.0, action.at - self.clock())
            self._alarm = asyncio.get_running_loop().call_later(seconds, self.feed, Woken())
        else:
            self.do(action)
