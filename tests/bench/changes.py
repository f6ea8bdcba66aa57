"""How often a picture is taken for what it is not: the table in docs/eyes.md.

Run it: python -m tests.bench.changes [rooms of each kind, 100]
"""

from __future__ import annotations

import sys

from tests.test_change import KINDS, verdicts
from worker.eyes.pacing import Change


def main(rooms: int) -> None:
    """Print one row a kind: too little seen in it, too much seen in it."""
    print("| pictures | expected | same | slight | new | too little | too much |")
    print("|---|---|---|---|---|---|---|")
    for name, kind in KINDS.items():
        found = verdicts(name, rooms)
        counts = [found.count(change) for change in Change]
        missed = sum(change < kind.least for change in found) / rooms
        false = sum(change > kind.most for change in found) / rooms
        wanted = " to ".join(dict.fromkeys((kind.least.name.lower(), kind.most.name.lower())))
        cells = [name, wanted, *map(str, counts), f"{missed:.0%}", f"{false:.0%}"]
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
