"""The life of a connection: every cell of the table."""

from __future__ import annotations

import itertools

import pytest

from tests.tape import (
    ASKED,
    BEGAN,
    DONE,
    ENDED,
    FORBIDDEN,
    FULL,
    INTERNAL,
    NO_KEY,
    REFUSED,
    RESET,
    SPEAKS,
    UNSAID_1008,
    Tape,
    says,
)
from worker.gemini.course import IGNORE, TABLE
from worker.gemini.failures import Failure, Kind
from worker.gemini.moves import (
    Alive,
    Close,
    ContinueReply,
    Event,
    GiveUp,
    GoAway,
    Gone,
    HangUp,
    Open,
    Recalled,
    Reconfigured,
    Resumable,
    SetUp,
    State,
    Step,
    Turn,
    Voice,
    Woken,
)

EVENTS: list[Event] = [
    Open(),
    SetUp(),
    *(Gone(f) for f in (INTERNAL, RESET, REFUSED, UNSAID_1008, FULL, NO_KEY, FORBIDDEN)),
    Alive(),
    Resumable("h2"),
    Resumable(None),
    GoAway(50.0),
    GoAway(1.0),
    Reconfigured(),
    *(Turn(step, "words") for step in Step),
    Voice(True),
    Voice(False),
    Recalled(0),
    Recalled(3),
    Woken(),
    Close(),
]

WAYS: dict[State, list[tuple[float, Event]]] = {
    State.NEW: [],
    State.DIALLING: [(0.0, Open())],
    State.WAITING: [(0.0, Open()), (0.1, Gone(RESET))],
    State.UP: [(0.0, Open()), (0.1, SetUp()), (0.2, Resumable("h"))],
    State.LEAVING: [(0.0, Open()), (0.1, SetUp()), (0.2, BEGAN), (0.2, GoAway(50.0))],
    State.CLOSING: [(0.0, Open()), (0.1, SetUp()), (0.2, GoAway(1.0))],
    State.OVER: [(0.0, Open()), (0.1, Close())],
}

LEADS_TO: dict[State, set[State]] = {
    State.NEW: {State.DIALLING, State.OVER},
    State.DIALLING: {State.UP, State.LEAVING, State.WAITING, State.CLOSING, State.OVER},
    State.WAITING: {State.DIALLING, State.OVER},
    State.UP: {State.LEAVING, State.CLOSING, State.DIALLING, State.WAITING, State.OVER},
    State.LEAVING: {State.CLOSING, State.DIALLING, State.WAITING, State.OVER},
    State.CLOSING: {State.DIALLING, State.WAITING, State.OVER},
    State.OVER: set(),
}


def in_state(state: State) -> Tape:
    tape = Tape()
    tape.play(WAYS[state])
    assert tape.course.state is state
    return tape


def test_the_table_has_a_row_for_every_event_and_a_cell_for_every_state() -> None:
    # By name: a dataclass with slots is a second class of the name it was written with.
    assert {event.__name__ for event in TABLE} == {e.__name__ for e in Event.__subclasses__()}
    assert {type(event) for event in EVENTS} == set(TABLE)
    assert {len(row) for row in TABLE.values()} == {len(State)}


@pytest.mark.parametrize(
    ("state", "event"), list(itertools.product(State, EVENTS)), ids=lambda value: f"{value}"
)
def test_every_event_in_every_state_leads_to_a_legal_state(state: State, event: Event) -> None:
    tape = in_state(state)
    tape.feed(0.3, event)
    assert tape.course.state in {state, *LEADS_TO[state]}
    if TABLE[type(event)][state.value] is IGNORE:
        assert tape.course.state is state
        assert tape.since(0.3) == []


@pytest.mark.parametrize(
    ("state", "event"), list(itertools.product(State, EVENTS)), ids=lambda value: f"{value}"
)
def test_late_events_of_every_state_lead_to_a_legal_state(state: State, event: Event) -> None:
    tape = in_state(state)
    tape.feed(1000.0, event)
    assert tape.course.state in {state, *LEADS_TO[state]}


@pytest.mark.parametrize("state", list(State))
def test_media_flows_while_there_is_a_connection(state: State) -> None:
    assert in_state(state).course.connected is (state in (State.UP, State.LEAVING))


@pytest.mark.parametrize("state", list(State))
def test_closing_ends_everything_and_hangs_up_what_there_is(state: State) -> None:
    tape = in_state(state)
    tape.feed(0.3, Close())
    tape.run(1000.0)
    there_is = state in {State.DIALLING, State.UP, State.LEAVING, State.CLOSING}
    assert tape.course.state is State.OVER
    assert [type(action) for _, action in tape.since(0.3)] == [HangUp] * there_is


@pytest.mark.parametrize("kind", [Kind.CONFIGURATION, Kind.POLICY])
@pytest.mark.parametrize("state", [State.DIALLING, State.UP, State.LEAVING])
def test_what_cannot_pass_is_given_up_at_once(state: State, kind: Kind) -> None:
    failure = Failure(kind=kind, operator="o", room="r")
    tape = in_state(state)
    tape.feed(0.3, Gone(failure))
    assert [action for _, action in tape.since(0.3)] == [GiveUp(failure)]
    assert tape.course.state is State.OVER


@pytest.mark.parametrize(
    ("story", "asked"),
    [
        ([says("")], ContinueReply("", begun=True)),
        ([says(""), says("So,")], ContinueReply("So,")),
        ([ENDED], ContinueReply("")),
        ([says(""), ASKED], ContinueReply("")),
        ([ENDED, says(""), DONE, ENDED], ContinueReply("")),
    ],
    ids=["a sound", "a word", "nothing", "asks something else", "nothing of the next"],
)
def test_it_is_known_whether_anything_of_the_reply_was_heard(
    story: list[Event], asked: ContinueReply
) -> None:
    tape = in_state(State.UP)
    tape.play([(1.0, event) for event in story])
    tape.play([(1.5, Gone(RESET)), (3.0, SetUp())])
    assert tape.actions(ContinueReply) == [asked]


LOST: list[tuple[float, Event]] = [*WAYS[State.UP], (1.0, Gone(RESET))]


@pytest.mark.parametrize(
    ("story", "awaited"),
    [
        ([], True),
        ([(0.0, Open())], True),
        (WAYS[State.UP], False),
        (WAYS[State.OVER], False),
        (LOST, False),
        ([*LOST, (1.5, ASKED)], True),
        ([*LOST, (1.5, SPEAKS)], True),
        ([*WAYS[State.UP], (0.5, ENDED), (1.0, Gone(RESET))], True),
        ([*WAYS[State.UP], (0.5, says("Once")), (1.0, Gone(RESET))], True),
    ],
)
def test_a_connection_is_awaited_before_the_first_and_when_something_is_left_to_say(
    story: list[tuple[float, Event]], awaited: bool
) -> None:
    tape = Tape()
    tape.play(story)
    assert tape.course.awaited is awaited
