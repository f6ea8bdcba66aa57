"""Parts of a leg that need no call."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.bench.harvest import grown
from tests.bench.meter import Meter, busiest


def test_memory_growth_is_counted_after_the_first_minute() -> None:
    memory = [(float(at), 900.0 if at < 60 else 100 + at / 60) for at in range(0, 600, 10)]
    gained, slope = grown(memory)
    assert slope == pytest.approx(1.0)
    assert 7 < gained < 9


def test_a_short_call_tells_nothing_of_growth() -> None:
    with pytest.raises(ValueError, match="too short"):
        grown([(70.0, 100.0)])


def test_the_busiest_process_is_the_one_that_gained_most() -> None:
    assert busiest({1: 50.0, 2: 1.0}, {1: 51.0, 2: 4.0, 3: 2.0}) == 2
    assert busiest({}, {}) is None


def test_meters_a_tree_and_keeps_the_time_of_those_that_ended() -> None:
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    before = Meter(os.getpid()).cpu()
    subprocess.run([sys.executable, "-c", burn], check=True)
    assert Meter(os.getpid()).cpu() - before >= 0.2
    assert Meter(os.getpid()).pss() > 5
