"""What the model reads of a tool's result, whatever the tool gave back."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.encoding import CUT, MAX_BYTES, MAX_DEPTH, cut, encode


@dataclass
class Weather:
    sky: str
    degrees: float
    key: str = field(default="secret", repr=False)


class Colour(StrEnum):
    RED = "red"


class Size(Enum):
    SMALL = (1, 2)


class Sulky:
    """An object that does not want to be looked at."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(name)


class Trap(Mapping[str, int]):
    """A mapping that cannot be walked."""

    def __getitem__(self, _: str) -> int:
        raise KeyError

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[str]:
        raise OSError("gone")


def round_about() -> list[object]:
    row: list[object] = [1]
    row.append({"row": row})
    return row


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ("It is noon.", "It is noon."),
        (None, "Done."),
        ("", "Done."),
        (" \n", "Done."),
        (True, "true"),
        (0, "0"),
        (2.5, "2.5"),
        (math.nan, "not a number"),
        (-math.inf, "minus infinity"),
        ({"low": math.nan, "high": math.inf}, '{"low": "not a number", "high": "infinity"}'),
        (10**99, str(10**99)),
        (b"tea", "tea"),
        ({"raw": b"\xff\x00"}, '{"raw": "[2 bytes]"}'),
        (bytearray(9000), "[9000 bytes]"),
        (memoryview(b"abc"), "abc"),
        (("a", {"b"}), '["a", ["b"]]'),
        ({1: "a", None: "b", (1, 2): "c"}, '{"1": "a", "null": "b", "[1, 2]": "c"}'),
        (Weather("fog", 3.5), '{"sky": "fog", "degrees": 3.5}'),
        (Weather, "[type]"),
        ([Colour.RED, Size.SMALL], '["red", [1, 2]]'),
        (datetime(2026, 11, 21, tzinfo=UTC), "2026-11-21T00:00:00+00:00"),
        ([date(2026, 11, 21), timedelta(seconds=90)], '["2026-11-21", "0:01:30"]'),
        ([Decimal("1.10"), 1 + 2j, PurePosixPath("a/b")], '["1.10", "(1+2j)", "a/b"]'),
        (round_about(), '[1, {"row": "[the same again]"}]'),
        (iter([1]), "[list_iterator]"),
        (ValueError("a password"), "[ValueError]"),
        ("lone \ud800", "lone ?"),
        ({"grüße": "東京"}, '{"grüße": "東京"}'),
    ],
)
def test_says_every_result_in_words(result: object, text: str) -> None:
    assert encode(result) == text


def test_knows_a_number_that_python_would_not_write() -> None:
    assert encode([10**5000]) == '["[a number of 5000 digits]"]'


def test_names_the_type_of_what_cannot_be_looked_into() -> None:
    assert encode([object(), Sulky(), Trap()]) == '["[object]", "[Sulky]", "[Trap]"]'


def test_the_same_object_twice_is_no_cycle() -> None:
    shared = [1]
    assert encode([shared, shared]) == "[[1], [1]]"


def test_stops_where_a_result_is_too_deep() -> None:
    deep: object = "bottom"
    for _ in range(100_000):
        deep = [deep]
    assert encode(deep) == "[" * MAX_DEPTH + '"…"' + "]" * MAX_DEPTH


@pytest.mark.parametrize(
    "result",
    ["x" * 5_000_000, "東" * 3000, ["x" * 5_000_000] * 3, list(range(5_000_000)), [[]] * 100_000],
    ids=["letters", "wide letters", "strings", "numbers", "empty lists"],
)
def test_cuts_what_is_too_long_and_says_so(result: object) -> None:
    text = encode(result)
    assert len(text.encode()) <= MAX_BYTES
    assert text.endswith(CUT)


def test_looks_at_no_more_than_it_needs() -> None:
    seen = []

    class Endless(Mapping[str, int]):
        def __getitem__(self, key: str) -> int:
            return 1

        def __len__(self) -> int:
            return 1

        def __iter__(self) -> Iterator[str]:
            while True:
                seen.append(1)
                yield f"key {len(seen)}"

    assert len(encode(Endless()).encode()) <= MAX_BYTES
    assert len(seen) < MAX_BYTES


def test_leaves_a_text_that_just_fits() -> None:
    assert cut("x" * MAX_BYTES) == "x" * MAX_BYTES
    assert len(cut("x" * (MAX_BYTES + 1)).encode()) == MAX_BYTES


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.binary()
    | st.complex_numbers()
    | st.dates()
    | st.builds(object)
)
KEYS = st.text(st.characters()) | st.integers() | st.none() | st.floats() | st.binary()
RESULTS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner) | st.tuples(inner, inner),
    max_leaves=50,
)


@given(RESULTS)
def test_raises_nothing_and_gives_strict_json_of_what_is_no_text(result: object) -> None:
    text = encode(result)
    assert 0 < len(text.encode()) <= MAX_BYTES
    if isinstance(result, list | dict | tuple) and not text.endswith(CUT):
        json.loads(text, parse_constant=pytest.fail)
