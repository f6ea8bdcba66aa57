"""Statistics of few samples, their intervals and ratios."""

from __future__ import annotations

import numpy as np
import pytest

from tests.bench.bootstrap import interval, longest, percentile, rate, ratio, resampled, series


def test_a_rate_weighs_each_sample_by_what_it_was_counted_over() -> None:
    assert rate(series([(3, 1), (1, 3)])) == 1.0


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 2), (1.0, 9)])
def test_a_percentile_looks_at_amounts_alone(share: float, value: float) -> None:
    assert percentile(share)(series([(9, 5), (1, 5), (2, 5)])) == value


def test_the_longest_is_the_largest_amount() -> None:
    assert longest(series([(2, 1), (7, 1), (3, 1)])) == 7


def test_draws_as_many_samples_again_and_none_that_was_not_there() -> None:
    taken = series([(n, 1) for n in range(20)])
    drawn = resampled(taken, np.random.default_rng(1))
    assert len(drawn) == 20
    assert set(drawn[:, 0]) < set(taken[:, 0])


def test_an_interval_leaves_out_two_and_a_half_percent_on_either_side() -> None:
    found = interval(500, list(range(1001)))
    assert (found.low, found.value, found.high) == pytest.approx((25, 500, 975))


def test_a_ratio_has_an_interval_of_its_own() -> None:
    found = ratio(2, 4, [2, 2, 2], [4, 4, 4])
    assert found is not None
    assert (found.low, found.value, found.high) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize(("theirs", "draws"), [(0.0, [0.0, 0.0]), (1.0, [-1.0, 3.0])])
def test_no_ratio_to_what_may_be_nothing(theirs: float, draws: list[float]) -> None:
    assert ratio(1.0, theirs, [1.0, 1.0], draws) is None


def test_an_interval_holds_the_true_median_about_as_often_as_it_says() -> None:
    rng, median, held = np.random.default_rng(7), percentile(0.5), 0
    for _ in range(200):
        taken = series([(amount, 1) for amount in rng.normal(10, 2, 25)])
        found = interval(median(taken), [median(resampled(taken, rng)) for _ in range(200)])
        held += found.low <= 10 <= found.high
    assert 180 <= held <= 200
