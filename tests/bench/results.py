"""Samples to results: each metric's value for each contender, and ours over theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tests.bench.bootstrap import DRAWS, Interval, Series, interval, ratio, resampled, series
from tests.bench.metrics import CONTENDERS, FLOOR, SIGHTLINE, Metric
from tests.bench.samples import Samples

MET, MISSED, UNSURE = "met", "missed", "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """Ours over theirs."""

    ratio: Interval | None
    bound: float | None
    verdict: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One metric, measured."""

    metric: Metric
    values: Mapping[str, Interval]
    """By contender; those that could not be measured are missing."""
    counts: Mapping[str, int]
    """How many samples each contender's value rests on: of its smallest series."""
    against: Mapping[str, Against]
    limit: str = ""
    """Verdict on the metric's own limit."""


def result(metric: Metric, samples: Samples, *, draws: int = DRAWS, seed: int = 1) -> Result | None:
    """Return a metric's result; None where not one contender was measured.

    The bare participant's series is drawn once for all contenders: they share its noise.
    """
    rng = np.random.default_rng(seed)
    names = {term.series for term in metric.terms if term.of_floor}
    floor = {name: series(samples.of(FLOOR, name)) for name in names}
    values: dict[str, Interval] = {}
    all_draws: dict[str, list[float]] = {}
    counts: dict[str, int] = {}
    floors = [{name: _drawn(taken, rng) for name, taken in floor.items()} for _ in range(draws)]
    for contender in CONTENDERS:
        own = {
            term.series: series(samples.of(contender, term.series))
            for term in metric.terms
            if not term.of_floor
        }
        if not all(len(taken) for taken in (*own.values(), *floor.values())):
            continue
        value = _value(metric, own, floor)
        spread = [
            _value(metric, {name: resampled(taken, rng) for name, taken in own.items()}, drawn)
            for drawn in floors
        ]
        values[contender], all_draws[contender] = interval(value, spread), spread
        counts[contender] = min(len(taken) for taken in own.values())
    if not values:
        return None
    against = {
        other: _against(metric, other, values, all_draws)
        for other in CONTENDERS
        if other != SIGHTLINE and {other, SIGHTLINE} <= set(values)
    }
    limit = _limit(metric, values.get(SIGHTLINE))
    return Result(metric=metric, values=values, counts=counts, against=against, limit=limit)


def verdict(found: Interval, bound: float, *, least: bool = False) -> str:
    """Tell whether a bound holds: only where the whole interval does."""
    if least:
        return MET if found.low >= bound else MISSED if found.high < bound else UNSURE
    return MET if found.high <= bound else MISSED if found.low > bound else UNSURE


def _drawn(taken: Series, rng: np.random.Generator) -> Series:
    return resampled(taken, rng) if len(taken) else taken


def _value(metric: Metric, own: Mapping[str, Series], floor: Mapping[str, Series]) -> float:
    return sum(
        term.scale * metric.statistic((floor if term.of_floor else own)[term.series])
        for term in metric.terms
    )


def _against(
    metric: Metric,
    other: str,
    values: Mapping[str, Interval],
    draws: Mapping[str, list[float]],
) -> Against:
    found = ratio(values[SIGHTLINE].value, values[other].value, draws[SIGHTLINE], draws[other])
    bound = metric.bounds.get(other)
    if found is None or bound is None:
        return Against(ratio=found, bound=bound)
    return Against(ratio=found, bound=bound, verdict=verdict(found, bound, least=metric.least))


def _limit(metric: Metric, ours: Interval | None) -> str:
    return "" if ours is None or metric.limit is None else verdict(ours, metric.limit)
