"""The bounds that were promised."""

from __future__ import annotations

from worker.gemini.bounds import Bounds


def test_the_bounds_are_those_that_were_promised() -> None:
    bounds = Bounds()
    assert (bounds.setup, bounds.patience) == (10.0, 300.0)
    assert bounds.silence < 12.0
    assert (bounds.lead, bounds.overlap, bounds.overlap_step) == (3.0, 5.0, 0.5)
