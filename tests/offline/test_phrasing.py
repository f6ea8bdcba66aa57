from __future__ import annotations

import pytest

from offline.gemini.phrasing import spoken


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("It is sunny.", "It is sunny"),
        ({"day_of_week": "Friday", "note": None}, "day of week Friday"),
        ('{"time": "12:03", "zone": "UTC"}', "time 12:03, zone UTC"),
        ("{'ok': True, 'n': 2}", "ok yes, n 2"),
        ('["a", "b"]', "a, b"),
        ("{not a literal}", "{not a literal}"),
        (["x", False, 1.5], "x, no, 1.5"),
        (None, "nothing"),
        (7, "7"),
        ("", ""),
    ],
)
def test_turns_an_answer_into_words(value: object, words: str) -> None:
    assert spoken(value) == words
