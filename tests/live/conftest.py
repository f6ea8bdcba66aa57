"""Figures that are measured against the stand-in in the test's own process."""

from __future__ import annotations

import pytest

from tests.e2e.figures import Figures, row

FIGURES = pytest.StashKey[Figures]()


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Takes what a test measures; all of it is shown at the end of the run."""
    taken = request.config.stash.setdefault(FIGURES, Figures())
    taken.test = request.node.name
    return taken


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    taken = config.stash.get(FIGURES, None)
    if taken is None or not taken.taken:
        return
    terminalreporter.section("measured against the stand-in")
    for figure in taken.taken:
        terminalreporter.write_line(row(figure))
