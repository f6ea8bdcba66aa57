"""Figures that tests measured: one table at the end of the run, and a JSON file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One thing that was measured."""

    name: str
    value: float
    unit: str
    bound: str
    """What was asked of it, such as `<= 300`; empty when nothing was."""
    test: str


class Figures:
    """All figures of one run, in the order they were taken."""

    def __init__(self) -> None:
        self.taken: list[Figure] = []
        self.test = ""
        """The test that measures now."""

    def __call__(self, name: str, value: float, unit: str = "", bound: str = "") -> float:
        """Note a figure and give it back, so that it can be asserted on at once."""
        figure = Figure(name=name, value=value, unit=unit, bound=bound, test=self.test)
        self.taken.append(figure)
        print(row(figure))
        return value

    def write(self, path: Path) -> None:
        """Write all figures as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps([asdict(figure) for figure in self.taken], indent=1) + "\n")


FIGURES = pytest.StashKey[Figures]()
"""Where a run keeps them."""


def row(figure: Figure) -> str:
    """Show one figure as a line of the table."""
    value = f"{figure.value:,.3f}".rstrip("0").rstrip(".")
    bound = f"  ({figure.bound})" if figure.bound else ""
    return f"  {figure.name:<58} {value:>10} {figure.unit}{bound}"


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value that `share` (0..1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
