"""Steady pacing keeps its rate without drift, bursts or trouble with clocks."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.eyes.allowance import Allowance
from worker.eyes.pacing import ASK_GAP, BROKEN, Change, Steady

LATENESS = st.lists(st.floats(0, 0.15), min_size=60, max_size=60)


def run(pacing: Steady, lateness: list[float], start: float = 0.0) -> list[float]:
    """Take a frame whenever one is due, each time a little late, and say when."""
    now, times = start, []
    for late in lateness:
        now += pacing.wait(now) + late + 1e-9
        assert pacing.due(now)
        assert take(pacing, now)
        times.append(now)
    return times


def take(pacing: Steady, now: float) -> str:
    return pacing.judge(now, Change.SAME)


def most_and_least(times: list[float], window: float) -> tuple[int, int]:
    """Count the frames in every window that could hold the most or the fewest."""
    starts = [time for time in times if time + window <= times[-1]]
    closed = [sum(start <= time <= start + window for time in times) for start in starts]
    opened = [sum(start < time < start + window for time in times) for start in starts]
    return max(closed), min(opened)


@given(LATENESS)
def test_any_twenty_seconds_hold_18_to_22_frames(lateness: list[float]) -> None:
    most, least = most_and_least(run(Steady(1.0), lateness), 20)
    assert most <= 22
    assert least >= 18


@given(st.lists(st.floats(0, 5), min_size=20, max_size=60), st.floats(0.1, 1.0))
def test_frames_are_never_close_whatever_happened_before(pauses: list[float], fps: float) -> None:
    times = run(Steady(fps), pauses)
    assert min(b - a for a, b in pairwise(times)) >= 0.9 / fps - 1e-6


@given(st.lists(st.floats(0, 0.09), min_size=60, max_size=60))
def test_being_late_does_not_make_the_rate_drift(lateness: list[float]) -> None:
    times = run(Steady(1.0), lateness)
    assert times[-1] - times[0] == pytest.approx(59, abs=0.1)


def test_a_pause_is_not_made_up_for() -> None:
    times = run(Steady(1.0), [0, 0, 30, 0, 0, 0])
    assert [b - a for a, b in pairwise(times)] == pytest.approx([1, 31, 0.9, 1, 1], abs=1e-6)


@given(st.lists(st.one_of(st.floats(-1e6, 0), st.floats(0, 0.2)), min_size=1, max_size=50))
def test_a_clock_that_stands_or_goes_back_costs_no_frame(steps: list[float]) -> None:
    pacing, now, passed = Steady(1.0), 0.0, 0.0
    take(pacing, now)
    for step in steps:
        now, passed = now + step, passed + max(0.0, step)
        assert pacing.wait(now) == pytest.approx(max(0.0, 1 - passed), abs=1e-6)
    assert pacing.due(now + 1.001)


def test_a_clock_that_jumps_ahead_brings_one_frame() -> None:
    pacing = Steady(1.0)
    take(pacing, 0)
    assert pacing.due(1e9)
    take(pacing, 1e9)
    assert not pacing.due(1e9 + 0.5)


def test_the_first_frame_is_due_at_once() -> None:
    assert Steady(0.5).wait(123.0) == 0


def test_a_request_makes_one_frame_due_at_once() -> None:
    pacing = Steady(1.0)
    take(pacing, 0)
    pacing.ask(0.5, "question")
    assert pacing.due(0.5)
    assert take(pacing, 0.5) == "question"
    assert pacing.wait(0.5) == pytest.approx(1)


def test_requests_in_a_row_wait_until_the_last_frame_is_no_longer_fresh() -> None:
    pacing = Steady(1.0)
    take(pacing, 0)
    pacing.ask(0.1, "reconnect")
    pacing.ask(0.11, "question")
    assert pacing.wait(0.11) == pytest.approx(ASK_GAP - 0.11)
    assert take(pacing, ASK_GAP) == "question"
    assert pacing.wait(ASK_GAP) > 0.5


def test_a_request_never_delays_the_next_frame() -> None:
    pacing = Steady(1.0)
    take(pacing, 0)
    pacing.ask(0.95, "reconnect")
    pacing.ask(1.2, "question")
    assert pacing.due(1.2)


def test_what_was_asked_for_is_owed_when_no_picture_could_be_made() -> None:
    pacing = Steady(1.0)
    pacing.ask(0, "source")
    assert take(pacing, 0) == "source"
    pacing.refund()
    pacing.failed(0)
    assert pacing.wait(0) == pytest.approx(BROKEN)
    assert take(pacing, 1) == "source"


def test_tokens_bound_even_a_steady_rate() -> None:
    pacing = Steady(1.0, Allowance(tokens=1000, each=258))
    now, times = 0.0, []
    while now < 200:
        now += pacing.wait(now) + 1e-4
        if take(pacing, now):
            times.append(now)
    assert max(sum(at <= time <= at + 60 for time in times) for at in times) == 2, "one is kept"


@pytest.mark.parametrize("fps", [0, -1, math.nan, math.inf, 1e9])
def test_refuses_an_impossible_rate(fps: float) -> None:
    with pytest.raises(ValueError, match="frames a second"):
        Steady(fps)
