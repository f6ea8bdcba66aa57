"""How full a worker says it is."""

from __future__ import annotations

import pytest

from worker.operation.load import MB_PER_SESSION, THRESHOLD, load

PLENTY = 1000.0 * MB_PER_SESSION


def test_an_idle_worker_reports_nothing() -> None:
    assert load(sessions=0, max_sessions=10, available_mb=PLENTY) == 0.0


@pytest.mark.parametrize("most", [1, 2, 10, 500])
def test_exactly_as_many_calls_fit_as_are_allowed(most: int) -> None:
    before = load(sessions=most - 1, max_sessions=most, available_mb=PLENTY)
    full = load(sessions=most, max_sessions=most, available_mb=PLENTY)
    assert before < THRESHOLD <= full


def test_without_memory_for_one_more_the_worker_is_full() -> None:
    assert load(sessions=3, max_sessions=0, available_mb=MB_PER_SESSION - 1) == 1.0
    assert load(sessions=0, max_sessions=10, available_mb=0) == 1.0


def test_without_a_limit_memory_decides() -> None:
    assert load(sessions=5, max_sessions=0, available_mb=5 * MB_PER_SESSION) == THRESHOLD / 2
