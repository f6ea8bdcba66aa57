"""Random lives of a connection: never stuck, never two sockets, nothing sent twice."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.world import CONNECTED, FAILURES, WITHOUT, World
from worker.gemini.failures import Failure
from worker.gemini.moves import (
    Alive,
    Close,
    GoAway,
    Open,
    Recalled,
    Reconfigured,
    Resumable,
    SetUp,
    State,
    Step,
    Voice,
    Woken,
)

STEPS = st.lists(st.sampled_from(Step), max_size=2)


class Life(World, RuleBasedStateMachine):
    """One course in a world where anything may happen at any time."""

    def __init__(self) -> None:
        RuleBasedStateMachine.__init__(self)
        World.__init__(self)

    # What may happen, in any order.

    @initialize(ready=st.booleans(), deaf=st.booleans())
    def may_have_begun(self, ready: bool, deaf: bool) -> None:
        self.course.talk.deaf = deaf
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

    @rule(began=st.booleans(), seconds=st.sampled_from([0.0, 0.1, 1.0]))
    def somebody_is_heard_nearby(self, began: bool, seconds: float) -> None:
        self.feed(Voice(began))
        self.let_pass(seconds)

    @precondition(lambda self: self.course.state in WITHOUT)
    @rule()
    def somebody_speaks_in_the_gap(self) -> None:
        self.feed(Voice(True))
        self.let_pass(0.5)
        if self.course.state in WITHOUT:
            self.feed(Voice(False))
            self.moved_on = True

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
