"""Stories of connections that are left: told to go, or to be set up anew."""

from __future__ import annotations

import pytest

from tests.tape import (
    ASKED,
    BACK,
    BEGAN,
    DONE,
    ENDED,
    REPLIED,
    RESET,
    Tape,
    says,
    up,
)
from worker.gemini.moves import (
    Alive,
    CloseReply,
    Dial,
    GoAway,
    Gone,
    HangUp,
    Open,
    Reconfigured,
    Resumable,
    SendBacklog,
    SendHistory,
    SetUp,
    State,
)


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


def test_a_new_setting_while_dialling_lets_the_dial_be_and_is_dialled_with_next() -> None:
    tape = Tape()
    tape.play([(0.0, Open()), (0.1, Reconfigured()), (0.4, SetUp()), (0.5, Gone())])
    assert tape.done[:2] == [(0.0, Dial(None)), (0.4, SendBacklog())]
    assert tape.since(0.4)[1:] == [(0.4, HangUp(abort=False)), (0.5, Dial(None))]


def test_a_dial_that_fails_is_followed_by_one_with_the_new_setting_and_by_no_other() -> None:
    tape = Tape()
    tape.play([(0.0, Open()), (0.1, Reconfigured()), (0.2, Gone(RESET))], until=0.5)
    tape.play([(0.8, SetUp())])
    assert len(tape.actions(Dial)) == 2
    assert tape.course.state is State.UP


def test_a_storm_of_settings_is_a_renewal_every_two_seconds() -> None:
    tape = up()
    for tick in range(500):
        at = round(600.0 + 0.02 * tick, 2)
        tape.play([(at, Reconfigured())])
        if tape.course.state is State.CLOSING:
            tape.play([(at, Gone())])
        elif tape.course.state is State.DIALLING and tick % 15 == 0:
            tape.play([(at, SetUp())])
    left = [at for at, action in tape.since(600) if isinstance(action, HangUp)]
    assert left == [600.0, 602.0, 604.0, 606.0, 608.0]
    assert len(tape.actions(Dial)) == 1 + len(left)


def test_settings_that_come_soon_after_a_renewal_come_about_together() -> None:
    tape = up()
    tape.play([(600.0, Reconfigured()), (600.1, Gone()), (600.3, SetUp())])
    tape.play([(600.4, Reconfigured()), (601.5, Reconfigured())], until=602.4)
    assert tape.since(600.35) == [(602.0, HangUp(abort=False))]


def test_a_goaway_does_not_wait_until_another_renewal_may_be() -> None:
    tape = up()
    tape.play([(600.0, Reconfigured()), (600.1, Gone()), (600.3, SetUp())])
    tape.play([(600.4, Reconfigured()), (600.5, GoAway(50.0))])
    assert tape.since(600.35) == [(600.5, HangUp(abort=False))]


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
