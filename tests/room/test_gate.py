"""As much passes as a person can mean, and nothing of a flood."""

from __future__ import annotations

from worker.room.gate import Gate


def gate() -> Gate:
    return Gate(burst=3, interval=1.0, silence=2.0)


def passed(opened: Gate, times: list[float]) -> list[float]:
    return [at for at in times if opened.admit(at)]


def test_a_burst_passes_and_then_one_an_interval() -> None:
    assert passed(gate(), [0.0, 0.1, 0.2, 1.3, 2.4]) == [0.0, 0.1, 0.2, 1.3, 2.4]


def test_whoever_sends_more_is_shut_out_until_they_are_silent() -> None:
    opened = gate()
    times = [number / 10 for number in range(100)]
    assert passed(opened, times) == [0.0, 0.1, 0.2]
    assert opened.shut
    assert opened.refused == 97
    assert passed(opened, [11.0, 13.1, 13.2]) == [13.1, 13.2]


def test_a_thousand_a_second_are_a_flood_from_the_fourth_on() -> None:
    opened = gate()
    assert len(passed(opened, [number / 1000 for number in range(5000)])) == 3


def test_slow_talk_is_never_shut_out() -> None:
    times = [number * 1.01 for number in range(500)]
    assert passed(gate(), times) == times
