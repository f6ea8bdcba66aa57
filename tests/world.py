"""A world that does what a course says, checks it for sense, and reports what happened."""

from __future__ import annotations

from math import inf

from worker.gemini.course import Course
from worker.gemini.failures import Failure, Kind
from worker.gemini.moves import (
    GIVEN,
    SPOKEN,
    Action,
    CloseReply,
    ContinueReply,
    Dial,
    Event,
    GiveUp,
    Gone,
    HangUp,
    Reconfigured,
    RefreshPicture,
    SendBacklog,
    SendHistory,
    SetUp,
    State,
    Step,
    Tell,
    Turn,
    Voice,
    Wake,
    Woken,
)

FAILURES = [
    Failure(kind=Kind.POLICY, operator="o", room="r", code=1008, unexplained=True),
    *(Failure(kind=kind, operator="o", room="r") for kind in Kind),
    *(Failure(kind=Kind.POLICY, operator="o", room="r", code=code) for code in (1007, 1008)),
    Failure(kind=Kind.PASSING, operator="o", room="r", code=1011, overlap=True),
    Failure(kind=Kind.PASSING, operator="o", room="r", code=1011, overlap=True),
    Failure(kind=Kind.PASSING, operator="o", room="r", code=1006),
    Failure(kind=Kind.PASSING, operator="o", room="r", code=1006),
]
CONNECTED = (State.UP, State.LEAVING)
WITHOUT = (State.DIALLING, State.WAITING, State.CLOSING)


class World:
    """One course, and a world that does what it says and checks it for sense."""

    def __init__(self) -> None:
        self.course, self.now = Course(), 0.0
        self.wake: float | None = None
        self.socket: str = "none"
        self.hung_up = self.aborted = False
        self.over = self.known = False
        self.handle: str | None = None
        self.dialled: str | None = None
        self.reply_open = self.moved_on = False
        self.continued = 0
        self.last_step: Step | None = None
        self.nothing_owed = False
        self.left = -inf
        self.gap_since = 0.0

    def feed(self, event: Event) -> tuple[Action, ...]:
        actions = self.course.feed(event, now=self.now, jitter=0.5)
        assert not (self.over and actions), "actions after the end"
        if isinstance(event, Voice):
            self.nothing_owed = False
        for action in actions:
            self.carry_out(action, event)
        return actions

    def carry_out(self, action: Action, event: Event) -> None:
        match action:
            case Dial():
                assert self.socket == "none", "two sockets"
                assert action.handle in (None, self.handle), "not the newest handle"
                self.socket, self.hung_up, self.aborted = "dialling", False, False
                self.dialled = action.handle
            case HangUp():
                assert self.socket != "none", "hung up what is not there"
                if isinstance(event, Reconfigured | SetUp):
                    assert self.now >= self.left + 2.0, "a storm of new settings"
                self.left = self.left if action.abort else self.now
                self.aborted, self.hung_up = action.abort or self.aborted, True
            case CloseReply():
                assert self.reply_open, "closed a reply twice"
                self.reply_open = False
            case ContinueReply():
                assert isinstance(event, SetUp)
                self.continued += 1
                assert self.continued == 1, "continued twice"
                assert not self.moved_on, "continued although the user went on"
                assert self.last_step is not Step.USER_BEGAN, "continued over the user"
                assert action.words or not self.nothing_owed, "asked for what nobody owes"
            case SendHistory():
                assert self.known
                assert self.dialled is None, "told what the service knows"
            case Wake():
                self.wake = action.at
            case Tell():
                assert action.level == "info" or self.now >= self.gap_since + 3.0
            case GiveUp():
                self.over = True
            case SendBacklog() | RefreshPicture():
                assert isinstance(event, SetUp)

    def gone(self, failure: Failure) -> None:
        if self.socket == "up" and not self.hung_up:
            self.gap_since = self.now
        self.socket = "none"
        self.feed(Gone(failure))

    def set_up(self) -> None:
        self.socket = "up"
        actions = self.feed(SetUp())
        assert actions.count(SendBacklog()) == 1
        assert (SendHistory in map(type, actions)) == (self.known and self.dialled is None)
        self.known, self.moved_on = True, False
        if self.course.state is State.CLOSING:
            self.gap_since = self.now
        if self.dialled is None:
            self.handle = None

    def turn(self, step: Step) -> None:
        live = self.course.state in CONNECTED
        if live or step in GIVEN:
            self.last_step = step
            waits = step is Step.WAITS and not self.reply_open
            self.nothing_owed = waits and not self.course.talk.heard
        if step in GIVEN or (live and step in SPOKEN):
            self.continued, self.moved_on = 0, not live
        elif live and step in (Step.REPLYING, Step.CALLED, Step.DONE):
            self.reply_open = step is not Step.DONE
            self.continued = 0 if step is Step.DONE else self.continued
        self.feed(Turn(step, "words "))

    def let_pass(self, seconds: float) -> None:
        until, at_once = self.now + seconds, 0
        while self.wake is not None and self.wake <= until:
            at_once = 0 if self.wake > self.now else at_once + 1
            assert at_once < 10, "a timer that never rests"
            self.now, self.wake = max(self.now, self.wake), None
            before = self.course.state
            self.feed(Woken())
            if before in CONNECTED and self.course.state is State.CLOSING:
                self.gap_since = self.now
        self.now = until

    def leaving_may_begin(self, event: Event) -> None:
        connected = self.course.state in CONNECTED
        self.feed(event)
        if connected and self.course.state not in CONNECTED:
            self.gap_since = self.now

    def rest(self, *, well: bool) -> None:
        """Let only time pass, with a service that does its part, or one that never answers."""
        end = self.now + self.course.bounds.patience + 60.0
        while self.now < end and not self.over and self.course.state is not State.UP:
            if self.hung_up and self.socket != "none" and (well or self.aborted):
                self.now += 0.05
                self.gone(FAILURES[-1])
            elif self.socket == "dialling" and well and not self.hung_up:
                self.now += 0.2
                self.set_up()
            else:
                assert self.wake is not None, "stuck: nothing will ever happen"
                self.let_pass(max(0.0, self.wake - self.now))
