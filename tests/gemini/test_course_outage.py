"""Stories of connections that are lost: what is tried, for how long, and what is said."""

from __future__ import annotations

import itertools

import pytest

from tests.tape import (
    BACK,
    DONE,
    FULL,
    INTERNAL,
    REFUSED,
    RESET,
    UNSAID_1008,
    Tape,
    refuse_every_dial,
    up,
)
from worker.gemini import failures, rules
from worker.gemini.bounds import Bounds
from worker.gemini.course import Course
from worker.gemini.failures import Failure, Kind
from worker.gemini.moves import (
    Alive,
    Dial,
    Event,
    GiveUp,
    GoAway,
    Gone,
    HangUp,
    Open,
    Recalled,
    Resumable,
    SendBacklog,
    SendHistory,
    SetUp,
    State,
    Tell,
)


def test_the_first_connection_tells_no_history_and_asks_for_no_picture() -> None:
    tape = Tape()
    tape.play([(0.0, Open()), (0.3, SetUp())])
    assert tape.done == [(0.0, Dial(None)), (0.3, SendBacklog())]


def test_the_first_connection_is_waited_for_with_growing_pauses() -> None:
    tape = Tape()
    tape.play([(0.0, Open()), (0.1, Gone(RESET)), (0.4, Gone(RESET)), (1.0, Gone(RESET))], 2.0)
    assert [at for at, action in tape.done if isinstance(action, Dial)] == [0.0, 0.35, 0.9, 2.0]


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
        (608.0, Tell("info", rules.BACK_ROOM)),
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


def test_a_second_outage_is_spoken_of_again() -> None:
    tape = up()
    tape.play([(600.0, Gone(RESET)), (604.0, SetUp()), (605.0, DONE)])
    tape.lives(700.0)
    tape.play([(700.0, Gone(RESET))], until=710.0)
    assert [at for at, action in tape.done if isinstance(action, Tell)] == [603.0, 604.0, 703.0]


def test_a_close_that_nobody_explained_is_answered_by_one_fresh_start() -> None:
    tape = up()
    tape.play([(600.0, Gone(UNSAID_1008)), (600.3, SetUp())])
    assert tape.since(600)[:2] == [(600.0, Dial(None)), (600.3, SendHistory(compact=False))]


@pytest.mark.parametrize("sound", [[], [(601.0, DONE)], [(615.0, Alive())]])
def test_the_same_again_within_a_minute_is_final(sound: list[tuple[float, Event]]) -> None:
    tape = up()
    tape.play([(600.0, Gone(UNSAID_1008)), (600.3, SetUp()), *sound, (659.0, Gone(UNSAID_1008))])
    assert tape.done[-1] == (659.0, GiveUp(UNSAID_1008))


def test_the_same_again_much_later_is_a_new_one() -> None:
    tape = up()
    tape.play([(600.0, Gone(UNSAID_1008)), (600.3, SetUp()), (601.0, DONE)])
    tape.lives(661.0)
    tape.play([(661.0, Gone(UNSAID_1008))])
    assert tape.done[-1] == (661.0, Dial(None))


def test_a_close_that_nobody_explained_of_a_connection_that_never_worked_is_final() -> None:
    tape = Tape()
    tape.play([(0.0, Open()), (0.3, SetUp()), (0.4, Gone(UNSAID_1008))])
    assert tape.done[-1] == (0.4, GiveUp(UNSAID_1008))


def test_a_fresh_start_leaves_the_old_handle_behind() -> None:
    tape = up()
    tape.play([(600.0, Resumable(None)), (600.1, Gone(RESET)), (600.3, SetUp()), (601.0, DONE)])
    tape.play([(602.0, GoAway(50.0))])
    assert tape.course.resumption.handle is None
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
