"""Stories of talk with a service that does not tell what it hears: our own ear counts."""

from __future__ import annotations

import pytest

from tests.tape import ASKED, BACK, DONE, RESET, SPEAKS, STOPS, Tape, says, up
from worker.gemini.moves import (
    ContinueReply,
    Event,
    GoAway,
    Gone,
    HangUp,
    Reconfigured,
    SetUp,
)


def deaf() -> Tape:
    tape = up()
    tape.course.talk.deaf = True
    return tape


def test_a_question_that_was_not_answered_is_said_again_and_not_asked_for() -> None:
    tape = deaf()
    tape.play([(600.0, SPEAKS), (601.0, STOPS), (601.5, Gone(RESET)), (601.7, SetUp())])
    assert [action for _, action in tape.since(601.6)] == BACK
    assert tape.course.talk.unanswered
    assert tape.course.talk.owed_since == 601.7


@pytest.mark.parametrize("news", [GoAway(50.0), Reconfigured()])
@pytest.mark.parametrize("said", [[SPEAKS], [SPEAKS, STOPS]], ids=["speaks", "has spoken"])
def test_nobody_is_hung_up_on_who_speaks_or_waits(news: Event, said: list[Event]) -> None:
    tape = deaf()
    tape.play([(600.0 + at, event) for at, event in enumerate(said)])
    tape.play([(602.0, news)])
    assert tape.since(600) == []
    tape.play([(603.0, STOPS), (603.5, says("Yes.")), (604.0, DONE)])
    assert tape.since(600) == [(604.0, HangUp(abort=False))]


@pytest.mark.parametrize("news", [GoAway(50.0), Reconfigured()])
def test_a_noise_holds_up_nothing_that_comes_after_it(news: Event) -> None:
    tape = deaf()
    tape.play([(600.0, SPEAKS), (600.1, news), (600.3, STOPS)])
    assert tape.since(600) == [(600.3, HangUp(abort=False))]


def test_who_speaks_when_the_line_is_lost_is_owed_an_answer() -> None:
    tape = deaf()
    tape.play([(600.0, SPEAKS), (601.0, Gone(RESET)), (601.1, STOPS), (601.2, SetUp())])
    assert tape.actions(ContinueReply) == []
    assert tape.course.talk.unanswered


def test_a_reply_shows_that_the_question_was_heard() -> None:
    tape = deaf()
    tape.play([(600.0, SPEAKS), (601.0, STOPS), (602.0, says("One,"))])
    assert not tape.course.talk.unanswered
    tape.play([(602.5, Gone(RESET)), (602.7, SetUp())])
    assert tape.actions(ContinueReply) == [ContinueReply("One,")]


def test_what_was_typed_since_is_asked_for() -> None:
    tape = deaf()
    tape.play([(600.0, SPEAKS), (601.0, STOPS), (601.2, ASKED), (601.5, Gone(RESET))])
    tape.play([(601.7, SetUp())])
    assert tape.actions(ContinueReply) == [ContinueReply("")]


def test_what_the_service_does_not_stop_for_is_no_turn() -> None:
    tape = deaf()
    tape.play([(600.0, says("One,")), (600.1, SPEAKS), (601.0, STOPS), (602.0, DONE)])
    tape.play([(602.5, GoAway(50.0))])
    assert tape.since(600) == [(602.5, HangUp(abort=False))]


def test_a_question_is_not_waited_for_for_ever() -> None:
    tape = deaf()
    tape.play([(600.0, SPEAKS), (601.0, STOPS)])
    tape.lives(617.0)
    assert not tape.course.talk.unanswered
