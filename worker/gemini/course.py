"""The life of one conversation's connections as a state machine: events in, actions out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from math import inf
from typing import Any, Literal, TypeVar

from worker.gemini.failures import (
    AFRESH_ROOM,
    LOST,
    NO_SETUP,
    PASSING_ROOM,
    SILENT,
    Bounds,
    Failure,
    Kind,
    backoff,
)
from worker.gemini.moves import (
    FROM_USER,
    Action,
    Alive,
    Close,
    CloseReply,
    ContinueReply,
    Dial,
    Event,
    GiveUp,
    GoAway,
    Gone,
    HangUp,
    Open,
    Recalled,
    Reconfigured,
    RefreshPicture,
    Resumable,
    SendBacklog,
    SendHistory,
    SetUp,
    Step,
    Tell,
    Turn,
    Wake,
    Woken,
)
from worker.gemini.talk import Talk

BACK_ROOM = "I am back."


class State(Enum):
    """Where a conversation stands with the service; `TABLE` has one column for each."""

    NEW = 0
    DIALLING = 1
    WAITING = 2
    """No socket; the next dial is a matter of time."""
    UP = 3
    LEAVING = 4
    """Up, to be left at the first turn boundary or when its time is over."""
    CLOSING = 5
    """Hung up; nothing is dialled before the socket is reported gone."""
    OVER = 6


@dataclass(slots=True)
class Course:
    """What to do about one conversation's connection; feed it everything, do all it says.

    At most one socket lives at any time: after a `Dial` there is no other before its `Gone`, which
    must be reported once for each. What a socket says after its `HangUp` goes nowhere, and a reply
    ended by `CloseReply` is not reported as `Step.DONE`.
    """

    bounds: Bounds = field(default_factory=Bounds)
    state: State = State.NEW
    handle: str | None = None
    """The newest resumption handle."""
    talk: Talk = field(default_factory=Talk)
    _resumable: bool = False
    _resuming: bool = False
    """Whether the present socket was dialled with a handle and has not proved sound yet."""
    _distrust: bool = False
    """The handle was refused for too long as if the old socket lived: try without in turns."""
    _known: bool = False
    """Whether there ever was a connection: a fresh one then needs the history."""
    _compact: bool = False
    """The context was full, and no connection has proved sound since."""
    _since: float = inf
    """When the present connection came up."""
    _gap: float = inf
    """Since when there is no connection."""
    _trouble: float = inf
    """Since when no connection has proved sound: the beginning of the outage."""
    _overlap: float = inf
    """Since when resumption is refused because of the old socket."""
    _unanswered: float = inf
    """Since when the service owes a sign of life."""
    _attempt: int = 0
    """Dials since a connection proved sound."""
    _said: set[str] = field(default_factory=set)
    """Sentences told in this outage."""
    _failure: Failure = LOST
    _due: float = inf
    """When the present state has lasted long enough."""
    _redial: float = inf
    """When to dial again after the socket has closed."""
    _wake: float = inf
    _now: float = 0.0
    _jitter: float = 0.0
    _out: list[Action] = field(default_factory=list)

    @property
    def connected(self) -> bool:
        """Whether media can flow; else it waits for `SendBacklog`."""
        return self.state in (State.UP, State.LEAVING)

    def feed(self, event: Event, *, now: float, jitter: float = 0.0) -> tuple[Action, ...]:
        """Take one event at a time (monotonic seconds); jitter in [0, 1) spreads the back-off."""
        self._now, self._jitter, self._out = now, jitter, []
        if isinstance(event, Woken):
            self._wake = inf
        TABLE[type(event)][self.state.value](self, event)
        self._set_timer()
        return tuple(self._out)

    # The rules; each is a cell of the table.

    def _ignore(self, _: Event) -> None:
        """Nothing to do, and on purpose."""

    def _open(self, _: Event) -> None:
        self._gap = self._trouble = self._now
        self._attempt = 1
        self._dial()

    def _settle(self, event: SetUp) -> None:
        self.state, self._due = State.UP, inf
        self._since, self._gap, self._overlap = self._now, inf, inf
        reconnected, self._known = self._known, True
        if not self._resuming:
            self._forget_handle()
        if reconnected and not self._resuming:
            self._out.append(SendHistory(self._compact))
        if (rest := self.talk.resume(self._now)) is not None:
            self._out.append(ContinueReply(rest))
        self._out.append(SendBacklog())
        if reconnected:
            self._out.append(RefreshPicture())
        if "outage" in self._said:
            self._tell("back", "info", BACK_ROOM)
        self._live(event)

    def _refused(self, event: Gone) -> None:
        failure = self._failure = event.failure
        if self._refuses_handle(failure):
            self._forget_handle()
            self._dial()
        elif not failure.passing:
            self._give_up(failure)
        elif self._resuming and failure.overlap:
            self._overlap = min(self._overlap, self._now)
            self._distrust = self._now - self._overlap >= self.bounds.overlap
            self._wait(self._pause() if self._distrust else self.bounds.overlap_step)
        else:
            self._distrust = False
            self._wait(self._pause())

    def _lost(self, event: Gone) -> None:
        failure = event.failure
        self._break_off(failure)
        if self._refuses_handle(failure) or failure.kind is Kind.REFUSED_HANDLE:
            self._forget_handle()
        elif failure.kind is Kind.CONTEXT_FULL and not self._compact:
            self._compact = True
            self._forget_handle()
        elif not failure.passing:
            self._give_up(failure)
            return
        if (pause := self._pause()) > 0:
            self._wait(pause)
        else:
            self._dial()

    def _gone(self, _: Gone) -> None:
        self.state, self._due = State.WAITING, self._redial
        if self._now >= self._redial:
            self._dial()

    def _live(self, _: Event) -> None:
        """The service gave a sign of life: whatever it still owes, it owes from now."""
        self._unanswered = self._now if self.talk.active else inf

    def _hold(self, event: Resumable) -> None:
        self._resumable = event.handle is not None
        self.handle = event.handle or self.handle
        self._leave_when_due()

    def _leave(self, event: GoAway) -> None:
        self._leave_within(max(0.0, event.time_left - self.bounds.lead))

    def _renew(self, _: Reconfigured) -> None:
        self._attempt = 0
        self._leave_within(self.bounds.reconfigure)

    def _restart(self, _: Reconfigured) -> None:
        self._hang_up(abort=True, pause=0.0)

    def _turn(self, event: Turn) -> None:
        if event.step in FROM_USER:
            self.talk.user(event.step, self._now)
            self._unanswered = min(self._unanswered, self._now)
        else:
            self.talk.model(event.step, event.words)
            self._live(event)
        if event.step is Step.DONE:
            self._prove_sound()
        self._leave_when_due()

    def _note(self, event: Turn) -> None:
        if event.step in FROM_USER:
            self.talk.user(event.step, self._now)

    def _admit(self, event: Recalled) -> None:
        if event.lost > 0:
            self._tell("afresh", "info", AFRESH_ROOM)

    def _expire(self, _: Woken) -> None:
        if self._endure() and self._now >= self._due:
            self._failure = NO_SETUP
            self._hang_up(abort=True, pause=self._pause())

    def _retry(self, _: Woken) -> None:
        if self._endure() and self._now >= self._due:
            self._dial()

    def _press(self, _: Woken) -> None:
        if self._endure() and self._now >= self._due:
            self._due = self._now + self.bounds.hang_up
            self._out.append(HangUp(abort=True))

    def _watch(self, _: Woken) -> None:
        if self.talk.active and self._now >= self._unanswered + self.bounds.silence:
            self._break_off(SILENT)
            self._hang_up(abort=True, pause=self._pause())
            return
        if self._now >= self.talk.owed_since + self.bounds.owed:
            self.talk.owed_since = inf
        self._leave_when_due()

    def _close(self, _: Event) -> None:
        if self.state not in (State.NEW, State.WAITING):
            self._out.append(HangUp(abort=self.state in (State.DIALLING, State.CLOSING)))
        self.state = State.OVER

    # What the rules are made of.

    def _dial(self) -> None:
        trusted = self._resumable and not self._distrust
        handle = self.handle if trusted else None
        self._resuming = handle is not None
        self.state, self._due = State.DIALLING, self._now + self.bounds.setup
        self._out.append(Dial(handle))

    def _wait(self, pause: float) -> None:
        self.state, self._due = State.WAITING, self._now + pause

    def _pause(self) -> float:
        """Seconds before the next dial; none for the first after a sound connection."""
        self._attempt += 1
        return 0.0 if self._attempt == 1 else backoff(self._attempt - 2, self._jitter)

    def _hang_up(self, *, abort: bool, pause: float) -> None:
        self.state, self._redial = State.CLOSING, self._now + pause
        self._due = self._now + self.bounds.hang_up
        self._out.append(HangUp(abort))

    def _leave_within(self, seconds: float) -> None:
        self.state, self._due = State.LEAVING, min(self._due, self._now + seconds)
        self._leave_when_due()

    def _leave_when_due(self) -> None:
        """Leave at the turn boundary, if that can be resumed, or when time is over."""
        if self.state is not State.LEAVING:
            return
        resumable = self._resumable or self.handle is None
        if self._now >= self._due or (self.talk.at_boundary and resumable):
            self._break_off(LOST)
            self._hang_up(abort=False, pause=self._pause())

    def _break_off(self, failure: Failure) -> None:
        if self.talk.reply != "none":
            self._out.append(CloseReply(cut=self.talk.reply == "running"))
        self.talk.break_off()
        if self._now - self._since >= self.bounds.steady:
            self._prove_sound()
        self._failure, self._gap = failure, self._now
        self._trouble = min(self._trouble, self._now)

    def _prove_sound(self) -> None:
        self._attempt, self._trouble = 0, inf
        self._resuming = self._distrust = self._compact = False
        self._said.clear()

    def _refuses_handle(self, failure: Failure) -> bool:
        refusal = failure.kind is Kind.REFUSED_HANDLE or failure.code in (1007, 1008)
        return self._resuming and refusal

    def _forget_handle(self) -> None:
        self.handle, self._resumable = None, False

    def _endure(self) -> bool:
        """Bear the outage a while longer: whether there is patience left."""
        if self._now >= self._trouble + self.bounds.patience:
            if self.state is not State.WAITING:
                self._out.append(HangUp(abort=True))
            self._give_up(self._failure)
            return False
        if self._now >= self._gap + self.bounds.tell:
            passing = self._failure.passing
            self._tell("outage", "warning", self._failure.room if passing else PASSING_ROOM)
        return True

    def _tell(self, key: str, level: Literal["info", "warning"], text: str) -> None:
        if key not in self._said:
            self._said.add(key)
            self._out.append(Tell(level, text))

    def _give_up(self, failure: Failure) -> None:
        self.state = State.OVER
        self._out.append(GiveUp(failure.final()))

    def _set_timer(self) -> None:
        at = inf
        if self.state in (State.DIALLING, State.WAITING, State.CLOSING):
            tell = inf if "outage" in self._said else self._gap + self.bounds.tell
            at = min(self._due, tell, self._trouble + self.bounds.patience)
        elif self.connected:
            silence = self._unanswered + self.bounds.silence if self.talk.active else inf
            at = min(self._due, silence, self.talk.owed_since + self.bounds.owed)
        if at < self._wake:
            self._wake = at
            self._out.append(Wake(at))


E = TypeVar("E", bound=Event)
Rule = Callable[[Course, Any], None]
"""A cell; `_row` holds it to the event of its row, which the dictionary cannot."""


def _row(
    event: type[E], *cells: Callable[[Course, E], None]
) -> tuple[type[Event], tuple[Rule, ...]]:
    return event, cells


_C = Course
IGNORE = ____ = Course._ignore

TABLE: dict[type[Event], tuple[Rule, ...]] = dict([
    #             new        dialling       waiting    up         leaving    closing    over
    _row(Open,    _C._open,  ____,          ____,      ____,      ____,      ____,      ____),
    _row(SetUp,   ____,      _C._settle,    ____,      ____,      ____,      ____,      ____),
    _row(Gone,    ____,      _C._refused,   ____,      _C._lost,  _C._lost,  _C._gone,  ____),
    _row(Alive,   ____,      ____,          ____,      _C._live,  _C._live,  ____,      ____),
    _row(Resumable, ____,    ____,          ____,      _C._hold,  _C._hold,  ____,      ____),
    _row(GoAway,  ____,      ____,          ____,      _C._leave, _C._leave, ____,      ____),
    _row(Reconfigured, ____, _C._restart,   ____,      _C._renew, _C._renew, ____,      ____),
    _row(Turn,    _C._note,  _C._note,      _C._note,  _C._turn,  _C._turn,  _C._note,  ____),
    _row(Recalled, ____,     ____,          ____,      _C._admit, _C._admit, ____,      ____),
    _row(Woken,   ____,      _C._expire,    _C._retry, _C._watch, _C._watch, _C._press, ____),
    _row(Close,   _C._close, _C._close,     _C._close, _C._close, _C._close, _C._close, ____),
])  # fmt: skip
"""What happens: a row for every event, a column for every state, nothing in it by omission."""
