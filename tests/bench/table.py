"""Results as Markdown: one table a subject, then what could not be measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tests.bench.bootstrap import Interval
from tests.bench.metrics import ADK, CONTENDERS, FLOOR, METRICS, PLAIN, SIGHTLINE, Metric
from tests.bench.results import MET, MISSED, UNSURE, Against, Result, result
from tests.bench.samples import Samples

TITLES = {SIGHTLINE: "Sightline", PLAIN: "plain example", ADK: "google-adk", FLOOR: "floor"}
NOTHING = "–"
FEWEST = 3
"""Samples from which on an interval says something."""


def markdown(samples: Samples) -> str:
    """Return all tables of a run; a line without any sample is left out."""
    parts = []
    for title, metrics in METRICS.items():
        found = [r for metric in metrics if (r := result(metric, samples)) is not None]
        if found:
            parts.append(f"### {title}\n\n{table(found)}")
    return "\n\n".join([*parts, *failures(samples.failures)]) + "\n"


def verdicts(samples: Samples) -> str:
    """Return every bound with what became of it, those that are missed first."""
    said: dict[str, list[str]] = {MISSED: [], UNSURE: [], MET: []}
    for metrics in METRICS.values():
        for found in (r for metric in metrics if (r := result(metric, samples)) is not None):
            for words, verdict in _bounds(found):
                said[verdict].append(words)
    return "\n".join(f"- {verdict}: {'; '.join(words)}" for verdict, words in said.items() if words)


def _bounds(found: Result) -> Iterable[tuple[str, str]]:
    words = found.metric.words
    if found.limit and found.metric.limit is not None:
        yield f"{words}, at most {found.metric.limit:g} {found.metric.unit}", found.limit
    for other, against in found.against.items():
        if against.ratio is not None and against.bound is not None:
            most = "at least" if found.metric.least else "at most"
            share = f"{most} {against.bound:g} of {TITLES[other]} ({against.ratio.value:.2f})"
            yield f"{words}, {share}", against.verdict


def table(results: Sequence[Result]) -> str:
    """Return one table: values with their intervals, ratios with theirs, verdicts."""
    head = ["", "unit", *(TITLES[name] for name in CONTENDERS), "ours : plain", "ours : google-adk"]
    lines = [_row(head), _row(["---", "---", *["---:"] * (len(head) - 2)])]
    for found in results:
        cells = [_asked(found), found.metric.unit]
        cells += [_value(found, name) for name in CONTENDERS]
        cells += [_ratio(found.against.get(other)) for other in (PLAIN, ADK)]
        lines.append(_row(cells))
    return "\n".join(lines)


def failures(failed: Sequence[Mapping[str, str]]) -> list[str]:
    """Return a list of what could not be measured, nothing when all was."""
    if not failed:
        return []
    lines = [
        f"- {TITLES.get(each['contender'], each['contender'])}, {each['cell']}: {each['why']}"
        for each in failed
    ]
    return ["### Could not be measured\n\n" + "\n".join(lines)]


def number(value: float, digits: int) -> str:
    """Return a number with so many digits, without a minus before nothing."""
    shown = f"{value:,.{digits}f}"
    return shown.lstrip("-") if float(shown.replace(",", "")) == 0 else shown


def _asked(found: Result) -> str:
    metric = found.metric
    if metric.limit is None:
        return metric.words
    return f"{metric.words} (at most {metric.limit:g}: {found.limit or NOTHING})"


def _value(found: Result, contender: str) -> str:
    value = found.values.get(contender)
    if value is None:
        return NOTHING
    shown, count = number(value.value, found.metric.digits), found.counts[contender]
    spread = f" {_spread(value, found.metric)}" if count >= FEWEST else ""
    return f"{shown}{spread} n={count}"


def _spread(value: Interval, metric: Metric) -> str:
    return f"[{number(value.low, metric.digits)}, {number(value.high, metric.digits)}]"


def _ratio(against: Against | None) -> str:
    if against is None or against.ratio is None:
        return NOTHING
    found = against.ratio
    shown = f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}]"
    if against.bound is None:
        return shown
    return f"{shown} (bound {against.bound:g}: {against.verdict})"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
