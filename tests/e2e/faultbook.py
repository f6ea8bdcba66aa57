"""The table of faults: what each came to, against its bound; two parts of a run fill it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from tests.e2e.figures import Figure

FAULT = "fault "
"""How the name of a figure of a fault begins; its number follows."""
HEAD = ("| fault | what | measured | bound |", "|---|---|---|---|")
_NAME = re.compile(rf"{FAULT}\s*(?P<fault>\S+) (?P<what>.*)")


def write_table(figures: Iterable[Figure], path: Path) -> None:
    """Write the figures of faults into a table, in the place of older ones of the same name."""
    kept = path.read_text().splitlines()[len(HEAD) :] if path.exists() else []
    rows = {tuple(_cells(line)[:2]): line for line in kept}
    for figure in figures:
        if (match := _NAME.fullmatch(figure.name)) is not None:
            value = f"{figure.value:,.3f}".rstrip("0").rstrip(".")
            cells = (match["fault"], match["what"], f"{value} {figure.unit}".strip(), figure.bound)
            rows[cells[:2]] = f"| {' | '.join(cells)} |"
    if rows:
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = sorted(rows.values(), key=lambda line: _order(_cells(line)))
        path.write_text("\n".join([*HEAD, *lines]) + "\n")


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def _order(cells: list[str]) -> tuple[int, str, str]:
    number = int(cells[0]) if cells[0].isdigit() else 1000
    return number, cells[0], cells[1]
