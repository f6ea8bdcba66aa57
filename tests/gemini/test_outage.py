"""How long to wait before a connection is tried for again."""

from __future__ import annotations

import pytest

from worker.gemini.outage import backoff


@pytest.mark.parametrize(("attempt", "longest"), [(0, 0.5), (1, 1.0), (3, 4.0), (20, 15.0)])
def test_waits_double_up_to_a_quarter_of_a_minute(attempt: int, longest: float) -> None:
    assert backoff(attempt, 0.0) == longest / 2
    assert longest * 0.99 < backoff(attempt, 0.999) < longest
