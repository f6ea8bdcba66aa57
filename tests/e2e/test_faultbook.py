"""The table of faults that the end-to-end tests leave behind."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.faultbook import write_table
from tests.e2e.figures import Figure


def fault(name: str, value: float) -> Figure:
    return Figure(name=f"fault {name:>5} answered", value=value, unit="s", bound="<= 2", test="")


def test_two_parts_of_a_run_make_one_table_in_the_order_of_the_faults(tmp_path: Path) -> None:
    path = tmp_path / "output" / "faults.md"
    write_table([fault("41", 1.5), fault("full", 1.0)], path)
    write_table([fault("5", 9.0), fault("41", 1.25)], path)
    assert path.read_text().splitlines() == [
        "| fault | what | measured | bound |",
        "|---|---|---|---|",
        "| 5 | answered | 9 s | <= 2 |",
        "| 41 | answered | 1.25 s | <= 2 |",
        "| full | answered | 1 s | <= 2 |",
    ]


def test_a_run_without_faults_leaves_no_table(tmp_path: Path) -> None:
    write_table([Figure(name="reply", value=1.0, unit="s", bound="", test="")], tmp_path / "f.md")
    assert list(tmp_path.iterdir()) == []
