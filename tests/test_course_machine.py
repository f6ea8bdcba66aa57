"""Random lives of a connection: never stuck, never two sockets, nothing sent twice."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from worker.gemini.course import Course, State
from worker.gemini.failures import Failure, Kind
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

FAILURES = [
    *(Failure(kind=kind, operator="o", room="r") for kind in Kind),
    *(Failure(kind=Kind.POLICY, operator="o", room="r", code=code) for code in (1007, 1008)),
    Failure(kind=Kind.PASSING, operator="o", room="r", code=1011, overlap=True),
    Failure(kind=Kind.PASSING, operator="o", room="r", code=1011, overlap=True),
    Failure(kind=Kind.PASSING, operator="o", room="r", code=1006),
    Failure(kind=Kind.PASSING, operator="o", room="r", code=1006),
]
STEPS = st.lists(st.sampled_from(Step), max_size=2)
CONNECTED = (State.UP, State.LEAVING)
WITHOUT = (State.DIALLING, State.WAITING, State.CLOSING)


class Life(RuleBasedStateMachine):
    """One course, and a world that does what it says and checks it for sense."""

    def __init__(self) -> None:
        super().__init__()
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
        self.gap_since = 0.0

    # What the world does with the actions.

    def feed(self, event: Event) -> tuple[Action, ...]:
        actions = self.course.feed(event, now=self.now, jitter=0.5)
        assert not (self.over and actions), "actions after the end"
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
        if self.dialled is None:
            self.handle = None

    def turn(self, step: Step) -> None:
        live = self.course.state in CONNECTED
        if live or step in FROM_USER:
            self.last_step = step
        if step in FROM_USER:
            self.continued, self.moved_on = 0, not live
        elif live and step is not Step.REPLIED:
            self.reply_open = step is Step.REPLYING
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

    # What may happen, in any order.

    @initialize(ready=st.booleans())
    def may_have_begun(self, ready: bool) -> None:
        if ready:
            self.begins()
            self.rest(well=True)
            self.gets_a_handle("h0")

    @precondition(lambda self: self.course.state is State.NEW)
    @rule()
    def begins(self) -> None:
        self.gap_since = self.now
        self.feed(Open())

    @precondition(lambda self: self.socket == "dialling" and not self.hung_up)
    @rule()
    def connects(self) -> None:
        self.set_up()

    @precondition(lambda self: self.socket == "dialling" and self.hung_up)
    @rule()
    def connects_too_late(self) -> None:
        assert self.feed(SetUp()) == ()

    @precondition(lambda self: self.socket != "none")
    @rule(failure=st.sampled_from(FAILURES))
    def is_gone(self, failure: Failure) -> None:
        self.gone(failure)

    @precondition(lambda self: self.course.state in CONNECTED)
    @rule(before=STEPS, meanwhile=STEPS, back=st.booleans())
    def breaks_off(self, before: list[Step], meanwhile: list[Step], back: bool) -> None:
        for step in before:
            self.talks(step)
        if self.course.state in CONNECTED:
            self.gone(FAILURES[-1])
        for step in meanwhile:
            self.talks(step)
        if back:
            self.rest(well=True)

    @precondition(lambda self: self.socket == "up" and not self.hung_up)
    @rule(handle=st.sampled_from(["h1", "h2", "h3", None]))
    def gets_a_handle(self, handle: str | None) -> None:
        self.handle = handle or self.handle
        self.leaving_may_begin(Resumable(handle))

    @precondition(lambda self: self.socket == "up" and not self.hung_up)
    @rule(seconds=st.sampled_from([0.0, 1.0, 5.0, 50.0]))
    def goes_away(self, seconds: float) -> None:
        self.leaving_may_begin(GoAway(seconds))

    @rule()
    def is_reconfigured(self) -> None:
        self.leaving_may_begin(Reconfigured())

    @rule(step=st.sampled_from(Step))
    def talks(self, step: Step) -> None:
        connected = self.course.state in CONNECTED
        self.turn(step)
        if connected and self.course.state not in CONNECTED:
            self.gap_since = self.now

    @rule()
    def is_alive(self) -> None:
        self.feed(Alive())

    @rule(lost=st.integers(min_value=0, max_value=2))
    def recalls(self, lost: int) -> None:
        self.feed(Recalled(lost))

    @rule(seconds=st.sampled_from([0.01, 0.3, 1.0, 4.0, 11.0, 60.0]))
    def time_passes(self, seconds: float) -> None:
        self.let_pass(seconds)

    @rule(seconds=st.integers(min_value=1, max_value=20))
    def time_passes_with_signs_of_life(self, seconds: int) -> None:
        for _ in range(seconds):
            self.feed(Alive())
            self.let_pass(1.0)

    @rule()
    def wakes_early(self) -> None:
        self.feed(Woken())
        self.wake = self.wake if self.wake is not None else self.now

    @precondition(lambda self: self.course.state not in (State.NEW, State.OVER))
    @rule()
    def comes_to_rest_when_all_is_well(self) -> None:
        self.rest(well=True)
        assert self.over or self.course.state is State.UP

    @precondition(lambda self: self.course.state in WITHOUT)
    @rule()
    def gives_up_in_time_when_nothing_is(self) -> None:
        patience = self.course.bounds.patience
        before = self.now
        self.rest(well=False)
        assert self.over, "neither connected nor given up"
        assert self.now <= before + patience + 1.0

    @precondition(lambda self: self.known)
    @rule(really=st.integers(min_value=0, max_value=9))
    def closes(self, really: int) -> None:
        if really == 0:
            self.feed(Close())
            self.over = True

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

    # What holds at any moment.

    @invariant()
    def the_state_fits_the_socket(self) -> None:
        state = self.course.state
        assert (state in CONNECTED) == (self.socket == "up" and not self.hung_up and not self.over)
        if state in (State.NEW, State.WAITING):
            assert self.socket == "none"

    @invariant()
    def something_will_happen_while_there_is_no_connection(self) -> None:
        if self.course.state in (*WITHOUT, State.LEAVING):
            assert self.wake is not None

    @invariant()
    def the_end_is_the_end(self) -> None:
        assert self.over == (self.course.state is State.OVER)


Life.TestCase.settings = settings(
    max_examples=250, stateful_step_count=50, derandomize=True, database=None, deadline=None
)
TestLife = Life.TestCase
