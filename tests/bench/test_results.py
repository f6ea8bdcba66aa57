"""Samples to results and verdicts, and results to a table."""

from __future__ import annotations

import pytest

from tests.bench.bootstrap import Interval, percentile, rate
from tests.bench.metrics import ADK, METRICS, PLAIN, SIGHTLINE, asked, cpu, plain, share
from tests.bench.results import MET, MISSED, UNSURE, result, verdict
from tests.bench.samples import Samples
from tests.bench.table import TITLES, markdown, number, table

P50 = percentile(0.5)


def measured(**amounts: list[float]) -> Samples:
    """Return samples of the series `x` by contender."""
    samples = Samples()
    for contender, each in amounts.items():
        for amount in each:
            samples.add(contender, "x", amount)
    return samples


@pytest.mark.parametrize(
    ("low", "high", "said"), [(0.1, 0.2, MET), (0.2, 0.4, UNSURE), (0.31, 0.4, MISSED)]
)
def test_a_bound_holds_only_where_the_whole_interval_does(
    low: float, high: float, said: str
) -> None:
    assert verdict(Interval(value=0.3, low=low, high=high), 0.3) == said


@pytest.mark.parametrize(
    ("low", "high", "said"), [(1.0, 1.2, MET), (0.9, 1.1, UNSURE), (0.5, 0.9, MISSED)]
)
def test_a_bound_may_be_the_least(low: float, high: float, said: str) -> None:
    assert verdict(Interval(value=1.0, low=low, high=high), 1.0, least=True) == said


def test_ours_is_held_against_each_other() -> None:
    samples = measured(sightline=[1, 1, 1], plain=[4, 4, 4], adk=[2, 2, 2])
    found = result(asked(plain("x", "ms", "x", P50), plain=0.3, adk=0.3), samples, draws=50)
    assert found is not None
    assert found.against[PLAIN].verdict == MET
    assert found.against[ADK].verdict == MISSED


def test_the_bare_participant_is_taken_off() -> None:
    samples = measured(sightline=[62, 62, 62], floor=[60, 60, 60])
    found = result(asked(share("turn", "x"), limit=12), samples, draws=50)
    assert found is not None
    assert found.values[SIGHTLINE].value == 2
    assert found.limit == MET


def test_what_was_not_measured_is_left_out_and_the_rest_stays() -> None:
    found = result(plain("x", "ms", "x", P50), measured(sightline=[1], adk=[2]), draws=50)
    assert found is not None
    assert set(found.values) == {SIGHTLINE, ADK}
    assert set(found.against) == {ADK}


def test_a_share_needs_the_bare_participant() -> None:
    assert result(share("turn", "x"), measured(sightline=[62]), draws=50) is None


def test_a_difference_of_rates_is_taken_of_sums() -> None:
    samples = Samples()
    for amount, per in ((3.0, 1.0), (5.0, 1.0)):
        samples.add(SIGHTLINE, "cpu_simulcast", amount, per)
    samples.add(SIGHTLINE, "cpu_audio", 6.0, 2.0)
    found = result(cpu("camera", "cpu_simulcast", less="cpu_audio"), samples, draws=50)
    assert found is not None
    assert found.values[SIGHTLINE].value == 1.0


def test_the_same_samples_give_the_same_intervals() -> None:
    samples = measured(sightline=[1, 5, 9], plain=[2, 3, 7])
    metric = plain("x", "ms", "x", rate)
    assert result(metric, samples, draws=99) == result(metric, samples, draws=99)


def test_the_table_shows_values_ratios_and_verdicts() -> None:
    samples = measured(sightline=[1, 1, 1], plain=[4, 4, 4])
    found = result(asked(plain("age", "ms", "x", P50), plain=0.3, limit=9), samples, draws=50)
    assert found is not None
    last = table([found]).splitlines()[-1]
    assert last == (
        "| age (at most 9: met) | ms | 1 [1, 1] n=3 | 4 [4, 4] n=3 | – "
        "| 0.25 [0.25, 0.25] (bound 0.3: met) | – |"
    )


def test_the_page_tells_what_could_not_be_measured() -> None:
    samples = Samples()
    samples.add(SIGHTLINE, "tool", 5.0)
    samples.fail(PLAIN, "call with simulcast", "no agent came")
    shown = markdown(samples)
    assert "| tool call to response" in shown
    assert f"- {TITLES[PLAIN]}, call with simulcast: no agent came" in shown
    assert "turn, both" not in shown


@pytest.mark.parametrize(
    ("value", "digits", "shown"), [(-0.2, 0, "0"), (-0.6, 0, "-1"), (4205.4, 0, "4,205")]
)
def test_numbers_are_rounded_for_reading(value: float, digits: int, shown: str) -> None:
    assert number(value, digits) == shown


def test_samples_survive_the_file() -> None:
    samples = measured(sightline=[1.5], floor=[2])
    samples.fail(ADK, "start", "no")
    samples.facts = {"machine": "x"}
    assert Samples.from_json(samples.to_json()) == samples


def test_runs_are_put_together() -> None:
    samples, other = measured(sightline=[1]), measured(sightline=[2], adk=[3])
    other.facts = {"machine": "x"}
    samples.absorb(other)
    assert samples.of(SIGHTLINE, "x") == [(1, 1), (2, 1)]
    assert (samples.of(ADK, "x"), samples.facts) == ([(3, 1)], {"machine": "x"})


def test_another_file_is_refused() -> None:
    with pytest.raises(ValueError, match="not a file of this benchmark"):
        Samples.from_json("{}")


def test_every_metric_is_named_once_in_its_table() -> None:
    for metrics in METRICS.values():
        rows = [(metric.words, metric.unit, metric.terms) for metric in metrics]
        assert len(set(rows)) == len(rows)
