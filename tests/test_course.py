"""The life of a connection: every cell of the table, and stories in virtual time."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from worker.gemini import course, failures, talk
from worker.gemini.course import IGNORE, TABLE, Course, State
from worker.gemini.failures import Bounds, Failure, Kind
from worker.gemini.moves import (
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

INTERNAL = Failure(kind=Kind.PASSING, operator="1011", room="busy", code=1011, overlap=True)
RESET = Failure(kind=Kind.PASSING, operator="1006", room="broken", code=1006)
REFUSED = Failure(kind=Kind.REFUSED_HANDLE, operator="handle", room="afresh", code=1007)
UNSAID_1008 = Failure(kind=Kind.POLICY, operator="1008", room="ended", code=1008)
FULL = Failure(kind=Kind.CONTEXT_FULL, operator="full", room="configuration", code=1007)
NO_KEY = Failure(kind=Kind.CONFIGURATION, operator="key", room="configuration", code=401)
FORBIDDEN = Failure(kind=Kind.POLICY, operator="policy", room="ended")

BEGAN, ENDED, ASKED = Turn(Step.USER_BEGAN), Turn(Step.USER_ENDED), Turn(Step.ASKED)
REPLIED, DONE = Turn(Step.REPLIED), Turn(Step.DONE)
BACK = [SendBacklog(), RefreshPicture()]
"""What a resumed connection begins with."""


def says(words: str) -> Turn:
    return Turn(Step.REPLYING, words)


@dataclass
class Tape:
    """Plays events at their times, and wakes the course whenever it asked to be woken."""

    course: Course = field(default_factory=Course)
    done: list[tuple[float, Action]] = field(default_factory=list)
    wake: float | None = None

    def feed(self, at: float, event: Event) -> None:
        for action in self.course.feed(event, now=at, jitter=0.0):
            if isinstance(action, Wake):
                self.wake = action.at
            else:
                self.done.append((round(at, 3), action))

    def run(self, until: float) -> None:
        while self.wake is not None and self.wake <= until:
            at, self.wake = self.wake, None
            self.feed(at, Woken())

    def play(self, events: Iterable[tuple[float, Event]], until: float = 0.0) -> None:
        for at, event in events:
            self.run(at)
            self.feed(at, event)
        self.run(until)

    def since(self, at: float) -> list[tuple[float, Action]]:
        return [(when, action) for when, action in self.done if when >= at]

    def actions(self, kind: type[Action]) -> list[Action]:
        return [action for _, action in self.done if isinstance(action, kind)]


def refuse_every_dial(tape: Tape, failure: Failure, *, until: float) -> None:
    at = tape.done[-1][0]
    while at < until:
        tape.run(at)
        if tape.course.state is State.DIALLING:
            tape.feed(at, Gone(failure))
        at += 0.1


def up(handle: str | None = "h1") -> Tape:
    """A tape of a sound connection, ten minutes old at 600 s, with a handle or without."""
    tape = Tape()
    tape.play([(0.0, Open()), (0.3, SetUp()), (0.4, Resumable(handle))])
    tape.run(600.0)
    return tape


# Every cell of the table.

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
    State.DIALLING: {State.UP, State.WAITING, State.CLOSING, State.OVER},
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


# Stories: what happened from 600 s on, and what was done about it.


def test_the_first_connection_tells_no_history_and_asks_for_no_picture() -> None:
    tape = Tape()
    tape.play([(0.0, Open()), (0.3, SetUp())])
    assert tape.done == [(0.0, Dial(None)), (0.3, SendBacklog())]


def test_the_first_connection_is_waited_for_with_growing_pauses() -> None:
    tape = Tape()
    tape.play([(0.0, Open()), (0.1, Gone(RESET)), (0.4, Gone(RESET)), (1.0, Gone(RESET))], 2.0)
    assert [at for at, action in tape.done if isinstance(action, Dial)] == [0.0, 0.35, 0.9, 2.0]


def test_a_goaway_in_mid_sentence_lets_the_sentence_end() -> None:
    tape = up()
    tape.play(
        [
            (600.0, says("It was a dark")),
            (601.0, GoAway(50.0)),
            (602.0, says(" and stormy night.")),
            (602.1, REPLIED),
            (605.0, DONE),
            (605.1, Gone()),
            (605.3, SetUp()),
        ]
    )
    resumed = [(605.1, Dial("h1")), *((605.3, action) for action in BACK)]
    assert tape.since(600) == [(605.0, HangUp(abort=False)), *resumed]


def test_a_goaway_in_silence_is_followed_at_once() -> None:
    tape = up()
    tape.play([(600.0, GoAway(50.0)), (600.02, Gone())])
    assert tape.since(600) == [(600.0, HangUp(abort=False)), (600.02, Dial("h1"))]


@pytest.mark.parametrize(
    ("time_left", "leaves"),
    [(50.0, 647.0), (10.0, 607.0), (3.0, 600.0), (1.0, 600.0), (0.0, 600.0)],
)
def test_a_goaway_is_followed_in_time_even_in_mid_sentence(time_left: float, leaves: float) -> None:
    tape = up()
    tape.play([(600.0, says("Once upon")), (600.0, GoAway(time_left))])
    for tick in range(60):
        tape.play([(600.0 + tick, Alive())])
    assert tape.since(600)[:2] == [(leaves, CloseReply(cut=True)), (leaves, HangUp(abort=False))]


def test_a_goaway_waits_for_the_reply_that_is_owed() -> None:
    tape = up()
    tape.play([(600.0, BEGAN), (601.0, GoAway(50.0)), (602.0, ENDED), (602.8, says("Yes."))])
    assert tape.since(600) == []
    tape.play([(602.9, REPLIED), (603.5, DONE)])
    assert tape.since(600) == [(603.5, HangUp(abort=False))]


def test_a_reply_that_is_owed_and_never_comes_is_not_waited_for_for_ever() -> None:
    tape = up()
    tape.play([(600.0, ASKED), (601.0, GoAway(50.0)), (608.0, Alive())], until=620.0)
    assert tape.since(600)[0] == (615.0, HangUp(abort=False))


def test_a_second_goaway_can_only_shorten_the_time() -> None:
    tape = up()
    tape.play([(600.0, says("a")), (600.0, GoAway(9.0)), (601.0, GoAway(50.0))], until=610.0)
    assert (606.0, HangUp(abort=False)) in tape.since(600)


def test_a_turn_boundary_that_cannot_be_resumed_is_let_pass() -> None:
    tape = up()
    tape.play([(600.0, Resumable(None)), (600.1, GoAway(50.0)), (601.0, says("a")), (602.0, DONE)])
    assert tape.since(600) == []
    tape.play([(602.1, Resumable("h2")), (602.2, Gone())])
    assert tape.since(600) == [(602.1, HangUp(abort=False)), (602.2, Dial("h2"))]


def test_the_old_socket_is_gone_before_the_new_one_is_dialled() -> None:
    tape = up()
    tape.play([(600.0, GoAway(1.0))], until=601.2)
    presses = [(600.0, HangUp(abort=False)), (600.5, HangUp(abort=True))]
    assert tape.since(600) == [*presses, (601.0, HangUp(abort=True))]
    tape.play([(601.2, Gone())])
    assert tape.since(601.2) == [(601.2, Dial("h1"))]


def test_a_1011_and_two_refusals_keep_the_handle_in_quick_steps() -> None:
    tape = up()
    tape.play(
        [
            (600.0, Gone(INTERNAL)),
            (600.5, Gone(INTERNAL)),
            (601.5, Gone(INTERNAL)),
            (602.2, SetUp()),
        ]
    )
    dials = [(600.0, Dial("h1")), (601.0, Dial("h1")), (602.0, Dial("h1"))]
    assert tape.since(600) == [*dials, *((602.2, action) for action in BACK)]


def test_a_handle_locked_out_for_long_and_none_take_turns() -> None:
    tape = up()
    tape.play([(600.0, Gone(INTERNAL))])
    refuse_every_dial(tape, INTERNAL, until=640.0)
    handles = [action.handle for action in tape.actions(Dial) if isinstance(action, Dial)][1:]
    first_without = handles.index(None)
    assert 5 <= first_without <= 11
    assert handles[first_without : first_without + 4] == [None, "h1", None, "h1"]


@pytest.mark.parametrize("refusal", [REFUSED, UNSAID_1008, FULL])
def test_a_refused_handle_means_a_fresh_start_with_history(refusal: Failure) -> None:
    tape = up()
    tape.play(
        [(600.0, Gone(RESET)), (600.2, Gone(refusal)), (600.5, SetUp()), (600.5, Recalled(0))]
    )
    fresh = [SendHistory(compact=False), *BACK]
    assert tape.since(600.2) == [(600.2, Dial(None)), *((600.5, action) for action in fresh)]


@pytest.mark.parametrize("refusal", [REFUSED, FULL])
def test_a_refusal_where_there_was_no_handle_is_a_configuration_error(refusal: Failure) -> None:
    tape = up()
    tape.play([(600.0, Gone(RESET)), (600.2, Gone(REFUSED)), (600.4, Gone(refusal))])
    (final,) = [action for action in tape.actions(GiveUp) if isinstance(action, GiveUp)]
    assert final.failure.kind is Kind.CONFIGURATION


def test_a_resumed_connection_that_is_refused_late_starts_afresh() -> None:
    tape = up()
    tape.play([(600.0, Gone(RESET)), (600.2, SetUp()), (600.3, Resumable("h2"))])
    tape.play([(601.0, Gone(UNSAID_1008))], until=602.0)
    assert Dial(None) in [action for _, action in tape.since(601)]


def test_a_handle_that_may_not_be_used_now_means_a_fresh_start() -> None:
    tape = up()
    tape.play([(600.0, Resumable(None)), (600.1, Gone(RESET)), (600.4, SetUp())])
    assert tape.since(600.1)[:2] == [(600.1, Dial(None)), (600.4, SendHistory(compact=False))]


def test_the_newest_handle_is_the_one_dialled_with() -> None:
    tape = up()
    tape.play([(600.0, Resumable("h2")), (600.0, Resumable("h3")), (601.0, Gone(RESET))])
    assert tape.since(600) == [(601.0, Dial("h3"))]


def test_a_full_context_is_told_again_in_short() -> None:
    tape = up()
    tape.play([(600.0, Gone(FULL)), (600.3, SetUp())])
    assert tape.since(600)[:2] == [(600.0, Dial(None)), (600.3, SendHistory(compact=True))]


def test_a_context_full_right_after_is_a_configuration_error() -> None:
    tape = up()
    tape.play([(600.0, Gone(FULL)), (600.3, SetUp()), (600.6, Gone(FULL))])
    (_, final) = tape.done[-1]
    assert isinstance(final, GiveUp)
    assert final.failure.kind is Kind.CONFIGURATION


def test_a_context_full_after_a_turn_is_a_new_one() -> None:
    tape = up()
    tape.play([(600.0, Gone(FULL)), (600.3, SetUp()), (605.0, DONE), (700.0, Gone(FULL))])
    assert tape.done[-1] == (700.0, Dial(None))


def test_a_silent_setup_is_hung_up_after_ten_seconds_and_tried_again() -> None:
    tape = Tape()
    tape.play([(0.0, Open())], until=10.0)
    assert tape.done == [
        (0.0, Dial(None)),
        (3.0, Tell("warning", failures.PASSING_ROOM)),
        (10.0, HangUp(abort=True)),
    ]
    tape.play([(10.0, Gone())], until=10.3)
    assert tape.since(10.1) == [(10.25, Dial(None))]


def test_a_flap_every_two_seconds_slows_down() -> None:
    tape = up()
    at = 600.0
    while at < 660.0:
        if tape.course.state is State.DIALLING:
            tape.play([(at + 0.1, SetUp()), (at + 2.0, Gone(RESET))])
        at += 0.1
        tape.run(at)
    dials = [when for when, action in tape.since(600) if isinstance(action, Dial)]
    pauses = [later - sooner for sooner, later in itertools.pairwise(dials)]
    assert len(dials) < 14
    assert pauses == sorted(pauses)


@pytest.mark.parametrize("settles", [[(600.6, DONE)], [(611.0, Alive())]])
def test_a_loss_after_a_turn_or_ten_seconds_is_mended_at_once(
    settles: list[tuple[float, Event]],
) -> None:
    tape = up()
    tape.play([(600.0, Gone(RESET)), (600.2, SetUp()), (600.3, Resumable("h2")), *settles])
    tape.play([(612.0, Gone(RESET))])
    assert tape.since(612) == [(612.0, Dial("h2"))]


def test_a_reply_lost_in_the_middle_is_closed_and_continued_once() -> None:
    tape = up()
    tape.play([(600.0, says("One, two,")), (600.5, says(" three")), (601.0, Gone(RESET))])
    tape.play([(601.2, SetUp())])
    lost = [(601.0, CloseReply(cut=True)), (601.0, Dial("h1"))]
    back = [ContinueReply("One, two, three"), *BACK]
    assert tape.since(600) == [*lost, *((601.2, action) for action in back)]


def test_a_continuation_that_is_lost_too_is_not_continued_again() -> None:
    tape = up()
    tape.play([(600.0, says("One,")), (601.0, Gone(RESET)), (601.2, SetUp())])
    tape.play([(601.5, says(" two,")), (602.0, Gone(RESET))], until=602.3)
    tape.play([(602.5, SetUp())])
    assert len(tape.actions(ContinueReply)) == 1
    assert len(tape.actions(CloseReply)) == 2


@pytest.mark.parametrize("meanwhile", [BEGAN, ASKED])
@pytest.mark.parametrize("when", [600.5, 601.1])
def test_a_reply_is_not_continued_when_the_user_goes_on(meanwhile: Turn, when: float) -> None:
    tape = up()
    story = [(600.0, says("One,")), (when, meanwhile), (601.0, Gone(RESET)), (601.2, SetUp())]
    tape.play(sorted(story, key=lambda row: row[0]))
    assert ContinueReply("One,") not in tape.actions(ContinueReply)


def test_a_reply_that_was_all_here_is_closed_but_not_cut_nor_continued() -> None:
    tape = up()
    tape.play([(600.0, says("Yes.")), (600.1, REPLIED), (600.2, Gone(RESET)), (600.4, SetUp())])
    assert tape.actions(CloseReply) == [CloseReply(cut=False)]
    assert tape.actions(ContinueReply) == []


@pytest.mark.parametrize("question", [ENDED, ASKED])
def test_an_answer_owed_at_the_loss_is_asked_for(question: Turn) -> None:
    tape = up()
    tape.play([(600.0, question), (600.5, Gone(RESET)), (600.7, SetUp())])
    assert tape.actions(ContinueReply) == [ContinueReply("")]
    assert tape.actions(CloseReply) == []


def test_what_was_asked_in_the_gap_is_not_asked_for_twice() -> None:
    tape = up()
    tape.play([(600.0, Gone(RESET)), (600.1, ASKED), (600.2, SetUp())])
    assert tape.actions(ContinueReply) == []
    assert tape.course.talk.owed_since == 600.2


def test_only_the_last_words_are_handed_on() -> None:
    tape = up()
    tape.play([(600.0, says("x" * 1000)), (600.1, Gone(RESET)), (600.2, SetUp())])
    assert tape.actions(ContinueReply) == [ContinueReply("x" * talk.LAST_WORDS)]


def test_a_line_dead_while_the_user_speaks_is_left_after_twelve_seconds() -> None:
    tape = up()
    tape.play([(600.0, BEGAN)], until=612.0)
    tape.play([(612.1, Gone())])
    assert tape.since(600) == [(612.0, HangUp(abort=True)), (612.1, Dial("h1"))]


def test_a_question_into_a_dead_line_is_noticed_after_the_user_has_finished() -> None:
    tape = up()
    tape.play([(600.0, BEGAN), (602.0, ENDED)], until=630.0)
    assert tape.since(600)[0] == (612.0, HangUp(abort=True))


@pytest.mark.parametrize(
    "story",
    [
        [(600.0, BEGAN), (611.0, Alive()), (622.0, Alive())],
        [(600.0, Alive())],
        [(600.0, BEGAN), (601.0, ENDED), (602.0, says("a")), (602.1, REPLIED)],
        [(600.0, says("a")), (600.5, Alive()), (601.0, DONE), (620.0, BEGAN), (620.2, Alive())],
    ],
    ids=["signs of life", "nobody speaks", "a long reply plays out", "a pause between turns"],
)
def test_a_line_that_is_not_dead_is_kept(story: list[tuple[float, Event]]) -> None:
    tape = up()
    tape.play(story, until=630.0)
    assert tape.since(600) == []


def test_a_new_setting_in_silence_is_taken_at_once() -> None:
    tape = up()
    tape.play([(600.0, Reconfigured()), (600.1, Gone()), (600.3, SetUp())])
    assert tape.since(600)[:2] == [(600.0, HangUp(abort=False)), (600.1, Dial("h1"))]
    assert tape.actions(SendHistory) == []


def test_a_new_setting_while_the_model_speaks_waits_for_the_turn() -> None:
    tape = up()
    tape.play([(600.0, says("a")), (601.0, Reconfigured()), (605.0, REPLIED), (607.0, DONE)])
    assert tape.since(600) == [(607.0, HangUp(abort=False))]


def test_a_new_setting_does_not_wait_for_ever() -> None:
    tape = up()
    tape.play([(600.0, says("a")), (601.0, Reconfigured()), (611.0, Alive())], until=622.0)
    assert tape.since(600)[:2] == [(621.0, CloseReply(cut=True)), (621.0, HangUp(abort=False))]


def test_a_new_setting_while_dialling_is_dialled_with() -> None:
    tape = Tape()
    tape.play([(0.0, Open()), (0.1, Reconfigured()), (0.2, Gone()), (0.4, SetUp())])
    assert tape.done[:3] == [(0.0, Dial(None)), (0.1, HangUp(abort=True)), (0.2, Dial(None))]


def test_a_short_gap_is_not_spoken_of() -> None:
    tape = up()
    tape.play([(600.0, Gone(RESET)), (602.9, SetUp())])
    assert tape.actions(Tell) == []


def test_a_long_gap_is_spoken_of_once_and_its_end_too() -> None:
    tape = up()
    tape.play([(600.0, Gone(RESET)), (604.0, Gone(RESET)), (608.0, SetUp()), (609.0, Gone(RESET))])
    tape.play([(619.0, SetUp())])
    assert [(at, action) for at, action in tape.done if isinstance(action, Tell)] == [
        (603.0, Tell("warning", "broken")),
        (608.0, Tell("info", course.BACK_ROOM)),
    ]


@pytest.mark.parametrize(("lost", "told"), [(0, 0), (4, 1)])
def test_only_what_was_really_lost_is_owned_up_to(lost: int, told: int) -> None:
    tape = up(handle=None)
    tape.play([(600.0, Gone(RESET)), (600.3, SetUp()), (600.3, Recalled(lost))])
    tape.play([(600.4, Recalled(lost))])
    assert tape.actions(Tell) == [Tell("info", failures.AFRESH_ROOM)] * told


def test_patience_ends_after_five_minutes_from_the_beginning_of_the_outage() -> None:
    tape = up()
    tape.play([(600.0, Gone(RESET))])
    while tape.course.state is not State.OVER:
        if tape.course.state is State.DIALLING:
            tape.feed(tape.done[-1][0] + 0.05, Gone(RESET))
        tape.run(tape.wake or 0.0)
    assert tape.done[-1] == (900.0, GiveUp(RESET.final()))
    assert "keep trying" not in RESET.final().room


def test_patience_ends_in_the_middle_of_a_dial_too() -> None:
    tape = Tape(Course(bounds=Bounds(patience=5.0)))
    tape.play([(0.0, Open())], until=6.0)
    assert tape.done[-2:] == [
        (5.0, HangUp(abort=True)),
        (5.0, GiveUp(failures.LOST.final())),
    ]


# What a connection remembers of the one before, and what it must forget.


def test_a_second_outage_is_spoken_of_again() -> None:
    tape = up()
    tape.play([(600.0, Gone(RESET)), (604.0, SetUp()), (605.0, DONE), (700.0, Gone(RESET))], 710.0)
    assert [at for at, action in tape.done if isinstance(action, Tell)] == [603.0, 604.0, 703.0]


def test_a_refusal_on_a_resumed_connection_that_proved_sound_is_final() -> None:
    tape = up()
    tape.play([(600.0, Gone(RESET)), (600.2, SetUp()), (601.0, DONE), (602.0, Gone(UNSAID_1008))])
    assert tape.done[-1] == (602.0, GiveUp(UNSAID_1008))


def test_an_empty_turn_owes_nothing_more() -> None:
    tape = up()
    tape.play([(600.0, ASKED), (600.5, DONE), (601.0, GoAway(50.0))])
    assert tape.since(601) == [(601.0, HangUp(abort=False))]


def test_what_was_asked_during_a_reply_is_owed_when_that_reply_ends() -> None:
    tape = up()
    tape.play([(600.0, says("Once")), (600.5, ASKED), (600.6, DONE), (600.7, GoAway(50.0))])
    assert tape.since(600) == []
    tape.play([(601.0, says("Yes.")), (601.1, REPLIED), (602.0, DONE)])
    assert tape.since(600) == [(602.0, HangUp(abort=False))]


def test_a_new_setting_for_a_young_connection_does_not_wait() -> None:
    tape = Tape()
    tape.play([(0.0, Open()), (0.3, SetUp()), (0.4, Reconfigured()), (0.5, Gone())])
    assert tape.since(0.4) == [(0.4, HangUp(abort=False)), (0.5, Dial(None))]


def test_a_goaway_right_after_the_setup_does_not_make_a_storm() -> None:
    tape = up()
    at = 600.0
    while at < 660.0:
        tape.play([(at, GoAway(0.0)), (at, Gone())])
        at = tape.wake if tape.course.state is State.WAITING and tape.wake else at
        tape.run(at)
        tape.play([(at, SetUp())])
    assert len(tape.actions(Dial)) < 15


def test_a_fresh_start_leaves_the_old_handle_behind() -> None:
    tape = up()
    tape.play([(600.0, Resumable(None)), (600.1, Gone(RESET)), (600.3, SetUp()), (601.0, DONE)])
    tape.play([(602.0, GoAway(50.0))])
    assert tape.course.handle is None
    assert tape.since(602) == [(602.0, HangUp(abort=False))]


def test_each_drop_has_its_own_quick_steps() -> None:
    tape = up()
    for at in (600.0, 700.0):
        drop = [(at, Gone(INTERNAL)), (at + 0.5, Gone(INTERNAL)), (at + 1.2, SetUp())]
        tape.play([*drop, (at + 2.0, DONE)])
        assert (at + 1.0, Dial("h1")) in tape.since(at)


def test_the_room_is_told_of_trouble_and_not_of_a_setting() -> None:
    tape = up()
    tape.play([(600.0, Gone(FULL))], until=604.0)
    assert tape.actions(Tell) == [Tell("warning", failures.PASSING_ROOM)]


def test_an_answer_asked_for_in_the_gap_is_waited_for_from_the_new_connection_on() -> None:
    tape = up()
    tape.play([(600.0, Gone(RESET)), (600.1, ASKED), (608.0, SetUp()), (608.1, GoAway(50.0))])
    tape.play([(616.0, Alive())], until=622.0)
    assert tape.course.state is State.LEAVING


def test_typing_while_speaking_does_not_end_the_speech() -> None:
    tape = up()
    tape.play([(600.0, BEGAN), (600.5, ASKED), (601.0, Gone(RESET)), (601.2, SetUp())])
    assert tape.actions(ContinueReply) == []


def test_connections_that_never_prove_sound_are_one_outage() -> None:
    tape = up()
    tape.play([(600.0, Gone(RESET))])
    for second in range(600, 1000):
        tape.run(float(second))
        if tape.course.state is State.DIALLING:
            tape.play([(second, SetUp()), (second, Gone(RESET))])
    assert tape.done[-1] == (900.0, GiveUp(RESET.final()))


def test_the_last_word_on_a_silent_service_says_that_it_was_silent() -> None:
    tape = Tape(Course(bounds=Bounds(patience=15.0)))
    tape.play([(0.0, Open()), (10.1, Gone())], until=20.0)
    assert tape.done[-1] == (15.0, GiveUp(failures.NO_SETUP.final()))
