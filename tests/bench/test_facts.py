"""Facts of a run that was made in slices."""

from __future__ import annotations

from tests.bench.facts import BUSY, machine, merged

FIRST = {
    "date": "2026-11-21 15:00 UTC",
    "commit": "aaa",
    "rounds": "2",
    BUSY: "3",
    "machine": "Fast CPU",
}


def test_one_slice_is_a_run() -> None:
    assert merged({}, FIRST) == {**FIRST, "slices": 1}


def test_slices_keep_the_first_date_and_the_busiest_start() -> None:
    second = {**FIRST, "date": "2026-11-21 15:20 UTC", BUSY: "12"}
    third = {**FIRST, "date": "2026-11-21 16:00 UTC", BUSY: "1", "commit": "bbb"}
    found = merged(merged(merged({}, FIRST), second), third)
    assert found["date"] == "2026-11-21 15:00 UTC to 2026-11-21 16:00 UTC"
    assert found[BUSY] == "12"
    assert (found["commit"], found["rounds"], found["slices"]) == ("aaa, bbb", "2", 3)


def test_a_machine_is_one_line() -> None:
    cpuinfo, meminfo = "model name\t: Fast CPU\n", "MemTotal:       25165824 kB\n"
    assert machine(cpuinfo, meminfo, 2) == "Fast CPU, 2 cores, 24 GiB"
