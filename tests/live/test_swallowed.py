"""A way to the service that swallows every packet, while nobody speaks into it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.figures import Figures

APART = ("unshare", "-rn")
"""Runs a command in a network of its own, as a root of its own: not every machine lets one."""
NEEDED = ("unshare", "ip", "tc")


@pytest.fixture
def apart() -> tuple[str, ...]:
    if any(shutil.which(program) is None for program in NEEDED):
        pytest.skip(f"needs {', '.join(NEEDED)}")
    if subprocess.run((*APART, "true"), capture_output=True).returncode != 0:
        pytest.skip("this machine gives nobody a network of their own")
    return APART


@pytest.mark.slow
@pytest.mark.timeout(60)
def test_is_noticed_by_tcp_and_resumed(apart: tuple[str, ...], figures: Figures) -> None:
    run = subprocess.run(
        (*apart, sys.executable, "-m", "tests.live.swallowed"),
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    noticed, how = run.stdout.split()
    figures("fault     5 every packet swallowed: noticed after", float(noticed), "s", "<= 10")
    assert float(noticed) <= 10
    assert how == "resumed"
