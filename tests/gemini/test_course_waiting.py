"""Stories of a service that has nothing to answer, says so, and waits: no reply is owed."""

from __future__ import annotations

import pytest

from tests.tape import ASKED, BEGAN, DONE, ENDED, RESET, WAITS, Tape, says, up
from worker.gemini.moves import ContinueReply, Event, Gone, HangUp, Reconfigured, SetUp

COUGH = [(600.0, BEGAN), (600.3, ENDED), (600.4, WAITS)]


def lost_and_back(tape: Tape) -> list[object]:
    tape.play([(608.0, Gone(RESET)), (608.2, SetUp())])
    return list(tape.actions(ContinueReply))


def test_a_cough_has_no_old_question_answered_again_after_a_loss() -> None:
    tape = up()
    tape.play(COUGH)
    assert lost_and_back(tape) == []


def test_a_cough_holds_up_no_new_setting() -> None:
    tape = up()
    tape.play([*COUGH, (601.0, Reconfigured())])
    assert tape.since(600) == [(601.0, HangUp(abort=False))]


@pytest.mark.parametrize(
    ("story", "owed"),
    [
        ([(600.0, BEGAN), (600.4, WAITS), (601.0, ENDED)], [ContinueReply("")]),
        ([*COUGH, (601.0, ASKED)], [ContinueReply("")]),
        (
            [(600.0, says("Yes.")), (600.1, ASKED), (600.2, WAITS), (600.2, DONE)],
            [ContinueReply("")],
        ),
        ([(600.0, says("Yes")), (600.2, WAITS)], [ContinueReply("Yes")]),
    ],
    ids=["ends later", "asks later", "asks during a reply", "a reply runs"],
)
def test_what_it_did_not_mean_is_owed_still(
    story: list[tuple[float, Event]], owed: list[object]
) -> None:
    tape = up()
    tape.play(story)
    assert lost_and_back(tape) == owed


def test_who_waits_is_alive_and_owes_no_further_sign_of_it() -> None:
    tape = up()
    tape.play(COUGH, until=659.0)
    assert tape.since(600) == []
