"""Recognise a camera that shows nothing although it runs: covered, frozen, a test card; pure."""

from __future__ import annotations

from typing import Literal

import numpy as np

from worker.eyes.change import THUMBNAIL, Glance, Light

State = Literal["clear", "unsure", "covered", "frozen", "test_card"]

BLACK = 26.0
"""Levels of mean light up to which a picture without contrast is black; black itself is 16."""
DIM = 100.0
"""Levels of mean light above which an even picture may be a wall."""
EVEN = 2.5
"""Levels by which an even picture strays from a slope: what shines through fingers or tape."""
STEEPEST = 30.0
"""Levels of contrast above which no slope is looked for."""
COVERED_AFTER = 0.75
"""Seconds of it before it is believed: a flash, a cut and a hand in passing are shorter."""
UNSURE_GAP = 0.4
"""Seconds to the next look meanwhile."""
FROZEN_AFTER = 10.0
"""Seconds in which no sampled pixel changes: a sensor's noise does not rest for so long."""
FROZEN_LOOKS = 3
STEP = 8.0
"""Levels between two bars of a test card at least."""


class Condition:
    """What one camera's pictures say of it, one look after the other."""

    def __init__(self) -> None:
        self._even_since: float | None = None
        self._same_since = 0.0
        self._looks = 0
        self._print: int | None = None

    def feed(self, glance: Glance, now: float) -> State:
        """Take the next look; `unsure` asks for another one soon, and nothing should be sent."""
        frozen = self._is_frozen(glance.print, now)
        if is_test_card(glance.light):
            return "test_card"
        if not is_even(glance.light):
            self._even_since = None
            return "frozen" if frozen else "clear"
        if self._even_since is None:
            self._even_since = now
        if now - self._even_since < COVERED_AFTER:
            return "unsure"
        # What is even and light is a wall; what comes and goes before it is believed, a flash.
        return "covered" if is_dark(glance.light) else "clear"

    def _is_frozen(self, checksum: int, now: float) -> bool:
        if checksum != self._print:
            self._print, self._same_since, self._looks = checksum, now, 0
        self._looks += 1
        return self._looks >= FROZEN_LOOKS and now - self._same_since >= FROZEN_AFTER


def is_even(light: Light) -> bool:
    """Tell whether there is no more to be seen than a slope from light to dark."""
    contrast = float(light.std())
    if float(light.mean()) < BLACK and contrast < 2 * EVEN:
        return True
    return contrast < STEEPEST and _roughness(light) < EVEN


def is_dark(light: Light) -> bool:
    """Tell whether an even picture is of a covered lens rather than of a wall."""
    return float(light.mean()) < DIM


def is_test_card(light: Light) -> bool:
    """Tell whether the upper half is upright bars that get darker from one side to the other."""
    upper = light[1 : THUMBNAIL[1] // 2]
    if float(upper.std(axis=0).mean()) > EVEN:
        return False
    steps = np.diff(upper.mean(axis=0))
    edges = np.abs(steps) > STEP / 2
    bars = int(np.diff(edges.astype(np.int8), prepend=0).clip(0).sum()) + 1
    one_way = bool((steps[edges] < 0).all() or (steps[edges] > 0).all())
    # An edge falls into one column of the thumbnail or two; what has more is a slope.
    return 6 <= bars <= 9 and one_way and int(edges.sum()) < 2 * bars


def _roughness(light: Light) -> float:
    """Return the standard deviation from the plane that fits best."""
    rows, columns = light.shape
    down, across = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    terms = np.stack([np.ones(light.size), down.ravel(), across.ravel(), (down * across).ravel()])
    fit, *_ = np.linalg.lstsq(terms.T, light.ravel(), rcond=None)
    return float((light.ravel() - fit @ terms).std())
