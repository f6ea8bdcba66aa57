from __future__ import annotations

import pytest

from offline.gemini import grammar


@pytest.mark.parametrize(
    "text",
    [
        "what time is it",
        "what time is it in new york",
        "set a timer for one minute",
        "set a timer for fifty nine seconds",
        "look closer at the top left",
        "thank you very much",
    ],
)
def test_knows_its_sentences(text: str) -> None:
    assert grammar.is_sentence(text)


@pytest.mark.parametrize(
    "text",
    ["", "what time", "look closer at the", "set a timer for ten", "what time is it in hell"],
)
def test_takes_no_part_for_the_whole(text: str) -> None:
    assert not grammar.is_sentence(text)


def test_is_written_as_jsgf() -> None:
    lines = grammar.jsgf(lambda word: True).splitlines()
    assert lines[:2] == ["#JSGF V1.0;", "grammar asked;"]
    assert all(line.endswith(";") for line in lines)
    assert "<unit> = second | minute | hour;" in lines
    assert lines[-1].startswith("public <asked> = hello | ")


def test_leaves_out_what_the_dictionary_cannot_pronounce() -> None:
    written = grammar.jsgf(lambda word: word not in ("tokyo", "goodbye"))
    assert "tokyo" not in written
    assert "goodbye" not in written
    assert "what time is it in <place>" in written


def test_uses_every_slot_it_has() -> None:
    used = " ".join(grammar.SENTENCES)
    assert all(f"<{name}>" in used for name in grammar.SLOTS)
