"""How long an answer takes is measured from the end of what it answers, if it answers anything."""

from __future__ import annotations

import pytest

from worker.cost.latency import ANSWER, Latency, Timing


def play(*deeds: tuple[str, float]) -> list[Latency]:
    """Go through deeds at their moments; gives what was measured."""
    timing, measured = Timing(), []
    for deed, at in deeds:
        match deed:
            case "ends":
                timing.speech_ended(at - 0.128, heard=at, end=3200)
            case "begins" | "lost" | "typed":
                timing.forget()
            case "part":
                timing.written(3199, at)
            case "sent":
                timing.written(3200, at)
            case "voice":
                timing.voice(at)
            case "over":
                timing.turn_over()
            case "played":
                found = timing.played(at)
                measured += [found] if found else []
    return measured


ASKED = [("ends", 10.0), ("part", 10.001), ("sent", 10.004), ("sent", 10.02)]
ANSWERED = [("voice", 11.0), ("voice", 11.1), ("played", 11.03)]


def test_measures_from_the_last_sound_to_the_first_and_what_of_it_was_ours() -> None:
    (latency,) = play(*ASKED, *ANSWERED)
    assert latency.whole == pytest.approx(11.03 - 10.0 + 0.128)
    assert latency.own == pytest.approx(0.004 + 0.03)


@pytest.mark.parametrize(
    "deeds",
    [
        [*ANSWERED],
        [*ASKED, ("begins", 10.5), *ANSWERED],
        [*ASKED, ("lost", 10.5), *ANSWERED],
        [*ASKED, ("typed", 10.5), *ANSWERED],
        [("voice", 9.5), *ASKED, *ANSWERED],
        [("ends", 10.0), *ANSWERED],
        [*ASKED, ("played", 10.2)],
        [*ASKED, ("voice", 10 + ANSWER), ("played", 10 + ANSWER)],
    ],
    ids=[
        "a greeting",
        "they speak again",
        "the line broke",
        "typed meanwhile",
        "more of a reply that ran already",
        "what was said never left us",
        "an older reply",
        "an announcement much later",
    ],
)
def test_measures_nothing_where_nobody_was_answered(deeds: list[tuple[str, float]]) -> None:
    assert play(*deeds) == []


def test_an_answer_is_measured_once() -> None:
    assert len(play(*ASKED, *ANSWERED, ("over", 12.0), ("voice", 13.0), ("played", 13.1))) == 1


def test_the_next_answer_is_measured_after_an_end_of_turn() -> None:
    later = [(deed, at + 20) for deed, at in (*ASKED, *ANSWERED)]
    assert len(play(*ASKED, *ANSWERED, ("over", 15.0), *later)) == 2
