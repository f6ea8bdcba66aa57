"""A call's budget is told of twice: when it is nearly used up, and when it is."""

from __future__ import annotations

import pytest

from worker.cost.budget import Budget


@pytest.mark.parametrize(
    ("budget", "spent", "stages"),
    [
        (Budget(), [(1e6, 1e6)], "-"),
        (Budget(usd=1), [(0.79, 0), (0.8, 0), (0.9, 0), (1.0, 0), (1.1, 0)], "-n-s-"),
        (Budget(usd=1), [(1.5, 0), (1.6, 0)], "s-"),
        (Budget(minutes=10), [(9, 479), (9, 480), (9, 500), (9, 600), (9, 700)], "-n-s-"),
        (Budget(usd=1, minutes=10), [(0.8, 0), (0.8, 480), (0.8, 600), (1, 600)], "n-s-"),
    ],
    ids=["none", "dollars", "all at once", "minutes", "whichever is first"],
)
def test_each_stage_is_told_once(
    budget: Budget, spent: list[tuple[float, float]], stages: str
) -> None:
    names = {"n": "near", "s": "spent", "-": None}
    wanted = [names[stage] for stage in stages]
    assert [budget.check(usd=usd, seconds=seconds) for usd, seconds in spent] == wanted


def test_minutes_have_moments_of_their_own() -> None:
    assert Budget(minutes=10).moments == (480, 600)
    assert Budget(usd=1).moments == ()
