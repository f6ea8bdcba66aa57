"""Stories of talk over connections that are lost: what is continued, and what is missed."""

from __future__ import annotations

import pytest

from tests.tape import (
    ANSWERED,
    ASKED,
    BACK,
    BEGAN,
    CALLED,
    DONE,
    ENDED,
    REPLIED,
    RESET,
    SPEAKS,
    STOPS,
    says,
    up,
)
from worker.gemini import talk
from worker.gemini.moves import (
    Alive,
    CloseReply,
    ContinueReply,
    Dial,
    Event,
    GoAway,
    Gone,
    HangUp,
    SetUp,
    State,
    Step,
    Turn,
)


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


@pytest.mark.parametrize(
    "meanwhile",
    [
        [(600.5, BEGAN)],
        [(600.5, ASKED)],
        [(601.1, ASKED)],
        [(601.05, ANSWERED)],
        [(601.0, SPEAKS), (601.5, STOPS)],
        [(600.7, SPEAKS)],
        [(601.0, SPEAKS), (601.2, STOPS), (601.4, SPEAKS), (601.6, STOPS)],
    ],
    ids=[
        "speaks before",
        "asks before",
        "asks after",
        "a result",
        "speaks after",
        "speaks on",
        "speaks in bits",
    ],
)
def test_a_reply_is_not_continued_when_the_user_goes_on(
    meanwhile: list[tuple[float, Event]],
) -> None:
    tape = up()
    story = [(600.0, says("One,")), *meanwhile, (601.0, Gone(RESET)), (602.0, SetUp())]
    tape.play(sorted(story, key=lambda row: row[0]))
    assert ContinueReply("One,") not in tape.actions(ContinueReply)


@pytest.mark.parametrize(
    "noise",
    [
        [(601.1, SPEAKS), (601.3, STOPS)],
        [(601.7, SPEAKS)],
        [(599.0, SPEAKS), (599.9, STOPS)],
        [(601.1, BEGAN)],
        [(600.2, SPEAKS), (601.2, STOPS)],
    ],
    ids=["a short one", "one just now", "long before", "of a socket that is gone", "hardly any"],
)
def test_a_noise_in_the_gap_does_not_cost_the_reply(noise: list[tuple[float, Event]]) -> None:
    tape = up()
    story = [(600.0, says("One,")), *noise, (601.0, Gone(RESET)), (602.0, SetUp())]
    tape.play(sorted(story, key=lambda row: row[0]))
    assert tape.actions(ContinueReply) == [ContinueReply("One,")]


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


def test_a_line_dead_while_the_user_speaks_is_left_within_twelve_seconds() -> None:
    tape = up()
    tape.play([(600.0, BEGAN)], until=611.5)
    tape.play([(611.6, Gone())])
    assert tape.since(600) == [(611.5, HangUp(abort=True)), (611.6, Dial("h1"))]


def test_our_own_ear_knows_of_a_line_that_was_dead_before_the_user_spoke() -> None:
    tape = up()
    tape.play([(603.0, SPEAKS)], until=611.5)
    assert tape.since(600) == [(611.5, HangUp(abort=True))]


def test_who_speaks_into_a_long_silence_is_given_time_to_be_heard() -> None:
    tape = up()
    tape.play([(609.0, SPEAKS)], until=616.9)
    assert tape.since(600) == []
    tape.play([], until=617.0)
    assert tape.since(600) == [(617.0, HangUp(abort=True))]


def test_a_noise_that_only_our_own_ear_hears_holds_up_nothing() -> None:
    tape = up()
    tape.play([(600.0, SPEAKS), (601.0, Alive()), (602.0, GoAway(50.0))])
    assert tape.since(600) == [(602.0, HangUp(abort=False))]


@pytest.mark.parametrize("noise", [[SPEAKS, STOPS], [SPEAKS, Alive(), STOPS, Alive()]])
def test_a_line_is_not_called_dead_for_a_noise(noise: list[Event]) -> None:
    tape = up()
    tape.play([(600.0 + 0.1 * place, event) for place, event in enumerate(noise)], until=659.0)
    assert tape.since(600) == []


def test_a_line_dead_while_nobody_speaks_is_left_after_a_minute() -> None:
    tape = up()
    tape.play([], until=661.0)
    assert tape.since(600)[0] == (660.0, HangUp(abort=True))


def test_who_stops_speaking_in_the_gap_is_owed_an_answer_on_the_next_connection() -> None:
    tape = up()
    tape.play([(600.0, BEGAN), (600.0, SPEAKS), (601.0, Gone(RESET)), (601.5, STOPS)])
    tape.play([(602.0, SetUp()), (602.1, GoAway(50.0)), (602.2, Alive())])
    assert tape.actions(ContinueReply) == []
    assert tape.since(602.05) == []
    tape.play([(610.0, Alive())], until=617.0)
    assert tape.since(602.05)[0] == (617.0, HangUp(abort=False))


def test_who_speaks_through_the_gap_is_heard_by_the_next_connection() -> None:
    tape = up()
    tape.play([(600.0, BEGAN), (600.0, SPEAKS), (601.0, Gone(RESET)), (602.0, SetUp())])
    assert tape.actions(ContinueReply) == []
    assert tape.course.talk.speaking


def test_a_reply_whose_marks_never_come_is_over_when_it_has_ceased_to_come() -> None:
    tape = up()
    tape.play([(600.0, says("Well,")), (609.0, says(" yes.")), (618.0, Alive())], until=620.0)
    assert tape.since(600) == [(619.0, CloseReply(cut=False))]
    tape.play([(621.0, GoAway(50.0))])
    assert tape.since(620) == [(621.0, HangUp(abort=False))]


@pytest.mark.parametrize("mark", [REPLIED, DONE, CALLED])
def test_a_reply_that_is_marked_may_take_its_time(mark: Turn) -> None:
    tape = up()
    tape.play([(600.0, says("Well,")), (601.0, mark)])
    tape.lives(640.0)
    assert tape.actions(CloseReply) == []


# Tools: their results ask for a reply, unless one waits for them.


def test_a_result_after_its_turn_is_owed_a_reply() -> None:
    tape = up()
    tape.play([(600.0, CALLED), (600.0, REPLIED), (600.0, DONE), (601.0, ANSWERED)])
    tape.play([(602.0, Gone(RESET)), (602.2, SetUp())])
    assert tape.actions(ContinueReply) == [ContinueReply("")]


def test_a_reply_that_waited_for_its_result_owes_no_other() -> None:
    tape = up()
    tape.play([(600.0, CALLED), (601.0, ANSWERED), (602.0, says("Noon.")), (602.1, DONE)])
    tape.play([(602.2, GoAway(50.0))])
    assert tape.since(600) == [(602.2, HangUp(abort=False))]


def test_a_result_is_owed_a_reply_when_the_model_went_on_talking_after_its_call() -> None:
    tape = up()
    tape.play([(600.0, CALLED), (600.1, says("Let me see.")), (601.0, ANSWERED), (602.0, DONE)])
    tape.play([(602.2, GoAway(50.0))])
    assert tape.since(600) == []


@pytest.mark.parametrize("over", [[], [REPLIED, DONE]])
def test_the_reply_to_a_call_is_left_to_its_result(over: list[Event]) -> None:
    tape = up()
    tape.play([(600.0, event) for event in (CALLED, *over)])
    tape.play([(601.0, Gone(RESET)), (601.2, SetUp())])
    assert tape.actions(ContinueReply) == []
    assert CloseReply(cut=True) not in tape.actions(CloseReply)


def test_a_call_that_was_cancelled_is_waited_for_no_longer() -> None:
    tape = up()
    tape.play([(600.0, CALLED), (600.0, DONE), (600.5, Turn(Step.WITHDRAWN)), (601.0, says("So,"))])
    tape.play([(602.0, Gone(RESET)), (602.2, SetUp())])
    assert tape.actions(ContinueReply) == [ContinueReply("So,")]


def test_calls_made_before_a_fresh_start_are_forgotten() -> None:
    tape = up(handle=None)
    tape.play([(600.0, CALLED), (600.0, DONE), (601.0, Gone(RESET)), (601.2, SetUp())])
    assert tape.course.talk.calls == 0


def test_a_question_into_a_dead_line_is_noticed_after_the_user_has_finished() -> None:
    tape = up()
    tape.play([(600.0, SPEAKS), (602.0, STOPS)], until=630.0)
    assert tape.since(600)[0] == (611.5, HangUp(abort=True))


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


def test_an_empty_turn_owes_nothing_more() -> None:
    tape = up()
    tape.play([(600.0, ASKED), (600.5, DONE), (601.0, GoAway(50.0))])
    assert tape.since(601) == [(601.0, HangUp(abort=False))]


def test_an_answer_asked_for_in_the_gap_is_waited_for_from_the_new_connection_on() -> None:
    tape = up()
    tape.play([(600.0, Gone(RESET)), (600.1, ASKED), (608.0, SetUp()), (608.1, GoAway(50.0))])
    tape.play([(616.0, Alive())], until=622.0)
    assert tape.course.state is State.LEAVING


def test_typing_while_speaking_does_not_end_the_speech() -> None:
    tape = up()
    tape.play([(600.0, BEGAN), (600.5, ASKED), (601.0, Gone(RESET)), (601.2, SetUp())])
    assert tape.actions(ContinueReply) == []
