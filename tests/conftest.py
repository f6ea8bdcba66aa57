"""Figures that tests measure: kept for the run, shown at its end."""

from __future__ import annotations

import pytest

from tests.e2e.faultbook import FAULT
from tests.e2e.figures import FIGURES, Figures, row


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Takes what a test measures; all of it is shown at the end of the run."""
    taken = request.config.stash.setdefault(FIGURES, Figures())
    taken.test = request.node.name
    return taken


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    taken = config.stash.get(FIGURES, Figures()).taken
    faults = [figure for figure in taken if figure.name.startswith(FAULT)]
    for title, figures in (
        ("measured", [figure for figure in taken if figure not in faults]),
        ("faults", sorted(faults, key=lambda figure: figure.name)),
    ):
        if figures:
            terminalreporter.section(title)
        for figure in figures:
            terminalreporter.write_line(row(figure))
