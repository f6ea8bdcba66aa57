"""What the documents say is proved by a test is: every test they name is there."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest

from worker.eyes.report import Blindness
from worker.room.answers import ANSWERS
from worker.room.findings import Link
from worker.room.messages import MESSAGES
from worker.room.requests import REQUESTS

ROOT = Path(__file__).parents[1]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_every_test_that_a_page_names_exists(page: Path) -> None:
    named = NAMED.findall(page.read_text(encoding="utf-8"))
    missing = [f"{file}::{test}" for file, test in named if test not in cases_of(ROOT / file)]
    assert not missing


def test_the_table_of_bad_inputs_names_tests() -> None:
    rows = (ROOT / "docs" / "inputs.md").read_text(encoding="utf-8").splitlines()
    table = [row for row in rows if row.startswith("| ") and not row.startswith("| what comes")]
    assert len(table) > 20
    assert all(NAMED.search(row) for row in table)


def told_to_apps() -> list[str]:
    """Every word that an app meets on the wire, but those of sums, which are said by a rule."""
    kinds: list[type[Any]] = [*MESSAGES.values(), Link, *REQUESTS, *ANSWERS.values()]
    names = {field.name for kind in kinds for field in fields(kind)}
    words = {*names, *MESSAGES, *ANSWERS, *get_args(Blindness)}
    return sorted(word for word in words if not word.startswith("call_"))


@pytest.mark.parametrize("word", told_to_apps())
def test_the_protocol_explains_every_word_an_app_meets(word: str) -> None:
    page = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    assert re.search(rf"`{re.escape(word)}`|[{{,]\"{word}\":", page)


def cases_of(file: Path) -> set[str]:
    if not file.is_file():
        return set()
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, kinds)}
