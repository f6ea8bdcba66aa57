"""The other contenders' environments: named by their locks, and locked without addresses."""

from __future__ import annotations

import pytest

from offline.stack import ROOT
from tests.bench.environments import LOCKS, folder_name, pins
from tests.bench.facts import THEIRS, machine

LOCK = """\
aiohttp==3.14.0 \\
    --hash=sha256:aa
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:bb
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:cc
"""


def test_another_lock_is_another_environment() -> None:
    assert folder_name("plain", b"a") == folder_name("plain", b"a")
    assert folder_name("plain", b"a") != folder_name("plain", b"b")
    assert folder_name("plain", b"a") != folder_name("adk", b"a")


def test_reads_versions_from_a_lock() -> None:
    assert pins(LOCK) == {"aiohttp": "3.14.0", "numpy": "2.4.6"}


@pytest.mark.parametrize("contender", LOCKS)
def test_locks_hold_what_is_compared_by_hash_and_no_address(contender: str) -> None:
    text = LOCKS[contender].read_text()
    assert set(THEIRS[contender]) <= set(pins(text))
    assert text.count("==") <= text.count("--hash=sha256:")
    assert "://" not in text


@pytest.mark.parametrize("package", ["livekit", "livekit-agents", "livekit-plugins-google"])
def test_the_plain_example_runs_the_very_framework_that_we_do(package: str) -> None:
    ours = pins((ROOT / "requirements.lock").read_text())
    assert pins(LOCKS["plain"].read_text())[package] == ours[package]


def test_says_what_the_machine_is() -> None:
    cpu = "processor : 0\nmodel name\t: Fast CPU\n"
    assert machine(cpu, "MemTotal:  25165824 kB\n", 2) == "Fast CPU, 2 cores, 24 GiB"
    assert "unknown memory" in machine("", "", 1)
