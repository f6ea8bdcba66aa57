"""The life of one conversation's connections as a state machine: events in, actions out."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any, TypeVar

from worker.gemini.moves import (
    Action,
    Alive,
    Close,
    Event,
    GoAway,
    Gone,
    Open,
    Recalled,
    Reconfigured,
    Resumable,
    SetUp,
    State,
    Turn,
    Voice,
    Wake,
    Woken,
)
from worker.gemini.rules import Rules


class Course(Rules):
    """What to do about one conversation's connection; feed it everything, do all it says.

    At most one socket lives at any time: after a `Dial` there is no other before its `Gone`, which
    must be reported once for each. What a socket says after its `HangUp` goes nowhere, and a reply
    ended by `CloseReply` is not reported as `Step.DONE`.
    """

    __slots__ = ()

    @property
    def connected(self) -> bool:
        """Whether media can flow; else it waits for `SendBacklog`."""
        return self.state in (State.UP, State.LEAVING)

    @property
    def awaited(self) -> bool:
        """Whether somebody waits for a connection; before the first one everybody does."""
        there_will_be_one = not self.connected and self.state is not State.OVER
        return there_will_be_one and (not self._known or self.talk.awaited)

    def feed(self, event: Event, *, now: float, jitter: float = 0.0) -> tuple[Action, ...]:
        """Take one event at a time (monotonic seconds); jitter in [0, 1) spreads the back-off."""
        self._now, self._jitter, self._out = now, jitter, []
        if isinstance(event, Woken):
            self._wake = inf
        TABLE[type(event)][self.state.value](self, event)
        self._set_timer()
        return tuple(self._out)

    def _set_timer(self) -> None:
        at = inf
        if self.state in (State.DIALLING, State.WAITING, State.CLOSING):
            at = min(self._due, self.outage.telling, self.outage.over)
        elif self.connected:
            owed = self.talk.owed_since + self.bounds.owed
            renewed = self.renewal.due if self.renewal.due > self._now else inf
            at = min(self._due, self.pulse.ends, owed, self.unmarked, renewed)
        if at < self._wake:
            self._wake = at
            self._out.append(Wake(at))


E = TypeVar("E", bound=Event)
Rule = Callable[[Course, Any], None]
"""A cell. `_row` has mypy hold it to the event of its row, which a dictionary cannot."""


def _row(
    event: type[E], *cells: Callable[[Course, E], None]
) -> tuple[type[Event], tuple[Rule, ...]]:
    return event, cells


C = Course
IGNORE = ____ = Course.ignore

TABLE: dict[type[Event], tuple[Rule, ...]] = dict([
    #                  new         dialling    waiting     up        leaving   closing     over
    _row(Open,         C.open,     ____,       ____,       ____,     ____,     ____,       ____),
    _row(SetUp,        ____,       C.settle,   ____,       ____,     ____,     ____,       ____),
    _row(Gone,         ____,       C.refused,  ____,       C.lost,   C.lost,   C.gone,     ____),
    _row(Alive,        ____,       ____,       ____,       C.live,   C.live,   ____,       ____),
    _row(Resumable,    ____,       ____,       ____,       C.hold,   C.hold,   ____,       ____),
    _row(GoAway,       ____,       ____,       ____,       C.leave,  C.leave,  ____,       ____),
    _row(Reconfigured, ____,       C.outdate,  ____,       C.renew,  C.renew,  ____,       ____),
    _row(Turn,         C.note,     C.note,     C.note,     C.turn,   C.turn,   C.note,     ____),
    _row(Voice,        C.overhear, C.overhear, C.overhear, C.listen, C.listen, C.overhear, ____),
    _row(Recalled,     ____,       ____,       ____,       C.admit,  C.admit,  ____,       ____),
    _row(Woken,        ____,       C.expire,   C.retry,    C.watch,  C.watch,  C.press,    ____),
    _row(Close,        C.close,    C.close,    C.close,    C.close,  C.close,  C.close,    ____),
])  # fmt: skip
"""What happens: a row for every event, a column for every state, nothing in it by omission."""
