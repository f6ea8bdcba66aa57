"""The rest of the list is complete: every item of sections H and I and every fault has a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("files", "name", "first", "last"),
    [
        ("test_h_*.py", "item", 82, 91),
        ("test_i_*.py", "item", 92, 101),
        ("test_faults_*.py", "fault", 1, 26),
    ],
)
def test_every_number_has_a_test(files: str, name: str, first: int, last: int) -> None:
    pattern = re.compile(rf"^(?:async )?def test_{name}_(\d+)_", re.MULTILINE)
    sources = [path.read_text() for path in Path(__file__).parent.glob(files)]
    found = {int(number) for source in sources for number in pattern.findall(source)}
    assert found == set(range(first, last + 1))
