"""Text from elsewhere is made fit to be shown."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.room.wording import clean, clip, tidy


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("Grüße, 世界!", "Grüße, 世界!"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("a\tb\x0bc", "a b c"),
        ("nul\x00 bell\x07 esc\x1b[31m", "nul bell esc[31m"),
        ("abc\u202edef\u2066ghi\u200fjkl", "abcdefghijkl"),
        ("half \ud800 a pair", "half  a pair"),
        ("\ufeffstart\u200b", "start"),
        ("tags\U000e0041\U000e0042", "tags"),
        ("family 👨‍👩‍👧", "family 👨‍👩‍👧"),
        ("z" + "\u0301" * 50, "z" + "\u0301" * 4),
        ("שָׁלוֹם", "שָׁלוֹם"),
    ],
)
def test_takes_out_what_cannot_be_seen(given_text: str, shown: str) -> None:
    assert clean(given_text) == shown


def test_cuts_at_the_size_in_json_and_shows_that_it_did() -> None:
    assert clip("abcdef", 6) == "abcdef"
    assert clip("abcdefg", 6) == "abc…"
    assert clip('""""', 7) == '""…'
    assert clip("ééé", 5) == "é…"


@given(st.text(st.characters(), max_size=200), st.integers(3, 120))
def test_keeps_the_limit_and_changes_nothing_the_second_time(text: str, limit: int) -> None:
    once = tidy(text, limit=limit)
    assert len(json.dumps(once, ensure_ascii=False).encode()) - 2 <= limit
    assert tidy(once, limit=limit) == once


def test_reads_no_more_of_a_huge_text_than_could_fit() -> None:
    assert tidy("\0" * 10_000_000 + "x", limit=100) == ""
