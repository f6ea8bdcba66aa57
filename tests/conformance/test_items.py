"""The checklist is complete: every item of sections A to G has a test named after its number."""

from __future__ import annotations

import ast
from pathlib import Path

SECTIONS = {"a": 15, "b": 30, "c": 48, "d": 57, "e": 69, "f": 74, "g": 81}
"""Section to its last item."""


def test_every_item_has_a_test_in_its_section() -> None:
    first = 1
    for section, last in SECTIONS.items():
        paths = Path(__file__).parent.glob(f"test_{section}_*.py")
        found = set().union(*map(_items, paths))
        assert found == set(range(first, last + 1)), section
        first = last + 1


def _items(path: Path) -> set[int]:
    tree = ast.parse(path.read_text())
    names = [
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return {int(name.split("_")[2]) for name in names if name.startswith("test_item_")}
