"""How often a picture is taken for what it is not: the tables in docs/eyes.md.

Run it: python -m tests.bench.changes [rooms of each kind, 60]
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

from tests.eyes.test_change import KINDS, verdicts
from tests.fakes.footage import Sensor, bars, covered, film, planes, room, slide
from worker.eyes.change import Glance, glance
from worker.eyes.condition import is_dark, is_even, is_test_card
from worker.eyes.pacing import Change


def main(rooms: int) -> None:
    """Print both tables."""
    print("| pictures | expected | same | slight | much | too little | too much |")
    print("|---|---|---|---|---|---|---|")
    for name, kind in KINDS.items():
        found = verdicts(name, rooms)
        counts = [found.count(change) for change in Change]
        missed = sum(change < kind.least for change in found) / rooms
        false = sum(change > kind.most for change in found) / rooms
        wanted = " to ".join(dict.fromkeys((kind.least.name.lower(), kind.most.name.lower())))
        cells = [name, wanted, *map(str, counts), f"{missed:.0%}", f"{false:.0%}"]
        print(f"| {' | '.join(cells)} |")
    print("\n| one picture of | taken for covered | taken for a test card |\n|---|---|---|")
    for name, make in SINGLE.items():
        seen = [make(seed) for seed in range(rooms)]
        dark = sum(is_even(one.light) and is_dark(one.light) for one in seen) / rooms
        cards = sum(is_test_card(one.light) for one in seen) / rooms
        print(f"| {name} | {dark:.0%} | {cards:.0%} |")


def _lens(seed: int) -> Glance:
    noise = np.random.default_rng(seed).uniform(0.3, 7)
    return glance(film(covered(seed), Sensor(noise=noise, flicker=0.02), seed))


def _bars(seed: int) -> Glance:
    card = np.asarray(bars(turned=seed % 2 == 0), np.float32)
    return glance(film(card, Sensor(noise=0.1 * (seed % 10), quality=30 + seed), seed))


def _lit(light: float) -> Callable[[int], Glance]:
    return lambda seed: glance(film(room(seed, light=light), Sensor(noise=5), seed))


SINGLE: dict[str, Callable[[int], Glance]] = {
    "a covered lens": _lens,
    "colour bars": _bars,
    "a room by day": _lit(1.0),
    "a room in the evening, a fifth of the light": _lit(0.2),
    "a dark room, an eighth of the light": _lit(0.12),
    "a slide": lambda seed: glance(planes(slide(seed, seed % 6))),
}

if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
