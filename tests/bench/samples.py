"""Everything that was measured: samples by contender and series, and what could not be measured."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(slots=True)
class Samples:
    """Grows as the run goes on; written after every leg, so a run that is cut short counts too."""

    taken: dict[str, dict[str, list[tuple[float, float]]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    """contender -> series -> (amount, per) pairs."""
    failures: list[dict[str, str]] = field(default_factory=list)
    """Cells that could not be measured: contender, cell, why."""
    facts: dict[str, Any] = field(default_factory=dict)
    """The machine, the versions, the date."""

    def add(self, contender: str, series: str, amount: float, per: float = 1.0) -> None:
        """Note one sample."""
        self.taken[contender][series].append((amount, per))

    def fail(self, contender: str, cell: str, why: str) -> None:
        """Note what could not be measured."""
        self.failures.append({"contender": contender, "cell": cell, "why": why})

    def of(self, contender: str, series: str) -> list[tuple[float, float]]:
        """Return the samples of one series, none where nothing was measured."""
        return self.taken.get(contender, {}).get(series, [])

    def absorb(self, other: Samples) -> None:
        """Take in another run's samples; the facts stay those of this one."""
        for contender, names in other.taken.items():
            for name, pairs in names.items():
                self.taken[contender][name] += pairs
        self.failures += other.failures
        self.facts = self.facts or other.facts

    def to_json(self) -> str:
        """Return everything as JSON."""
        body = {"facts": self.facts, "failures": self.failures, "samples": self.taken}
        return json.dumps(body, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return what `to_json` gave.

        Raises:
            ValueError: it is something else.
        """
        body: Mapping[str, Any] = json.loads(text)
        if not {"facts", "failures", "samples"} <= set(body):
            raise ValueError("not a file of this benchmark")
        found = cls(failures=list(body["failures"]), facts=dict(body["facts"]))
        for contender, names in body["samples"].items():
            for name, pairs in names.items():
                found.taken[contender][name] = [(float(a), float(b)) for a, b in pairs]
        return found
