"""What can be said of a few noisy samples: a statistic, its interval, and the interval of a ratio.

Intervals are percentile bootstraps: every series is drawn again with replacement, and the statistic
taken of each draw. Nothing is assumed of the distributions, which have long tails.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 4000
CONFIDENCE = 0.95

Series = NDArray[np.float64]
"""Samples of one thing, float64, (n, 2): an amount, and what it is counted over (1 for a time)."""

Statistic = Callable[[Series], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A value and where it lies with 95 % confidence."""

    value: float
    low: float
    high: float


def series(samples: Sequence[tuple[float, float]]) -> Series:
    """Return (amount, per) pairs as a series."""
    return np.array(samples, np.float64).reshape(-1, 2)


def percentile(share: float) -> Statistic:
    """Return the statistic that `share` (0..1) of the amounts do not exceed."""
    return lambda taken: float(np.quantile(taken[:, 0], share))


def rate(taken: Series) -> float:
    """Return all amounts over all they are counted over: frames over minutes, or a plain mean."""
    return float(taken[:, 0].sum() / taken[:, 1].sum())


def longest(taken: Series) -> float:
    """Return the largest amount."""
    return float(taken[:, 0].max())


def resampled(taken: Series, rng: np.random.Generator) -> Series:
    """Return as many samples again, drawn with replacement."""
    return taken[rng.integers(0, len(taken), len(taken))]


def interval(value: float, draws: Sequence[float]) -> Interval:
    """Return the interval of a value, given what it came to in every draw."""
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(np.array(draws), [tail, 1 - tail])
    return Interval(value=value, low=float(low), high=float(high))


def ratio(
    ours: float, theirs: float, our_draws: Sequence[float], their_draws: Sequence[float]
) -> Interval | None:
    """Return ours over theirs; None where theirs may be nothing, which no ratio can tell of."""
    if theirs <= 0 or float(np.quantile(np.array(their_draws), (1 - CONFIDENCE) / 2)) <= 0:
        return None
    quotients = [a / b for a, b in zip(our_draws, their_draws, strict=True) if b > 0]
    return interval(ours / theirs, quotients)
