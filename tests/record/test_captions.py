"""Lines become captions that fit, in time and in width."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.record.samples import ASKED, STORY, TOLD
from worker.record.captions import ROWS, SHORTEST, WIDTH, captions

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "))
TIMES = st.floats(0, 5000)


def test_a_long_line_is_cut_into_pieces_of_two_rows_of_42_characters() -> None:
    pieces = captions([TOLD])
    assert all(len(row) <= WIDTH for piece in pieces for row in piece.rows)
    assert all(1 <= len(piece.rows) <= ROWS for piece in pieces)
    assert " ".join(row for piece in pieces for row in piece.rows) == STORY


def test_its_time_is_shared_out_by_length() -> None:
    pieces = captions([TOLD])
    assert (pieces[0].start, pieces[-1].end) == (TOLD.began, TOLD.ended)
    rates = [sum(map(len, piece.rows)) / (piece.end - piece.start) for piece in pieces]
    assert max(rates) - min(rates) < 0.01


def test_a_caption_stays_long_enough_but_not_into_the_next() -> None:
    short = replace(ASKED, began=1.0, ended=1.1, text="Yes.")
    near = replace(ASKED, id="user-2", place=2, began=1.5, ended=1.6, text="No.")
    first, second = captions([short, near])
    assert (first.start, first.end) == (1.0, 1.5)
    assert round(second.end - second.start, 3) == SHORTEST


def test_nothing_said_is_no_caption() -> None:
    assert captions([replace(ASKED, text="  ")]) == []


@given(st.lists(st.tuples(TEXTS, TIMES, TIMES), max_size=8))
def test_captions_never_overlap_and_lose_no_word(said: list[tuple[str, float, float]]) -> None:
    lines = [
        replace(ASKED, id=str(at), place=at, text=text, began=began, ended=began + length)
        for at, (text, began, length) in enumerate(said)
    ]
    pieces = captions(lines)
    assert all(piece.start < piece.end for piece in pieces)
    gaps = zip(pieces, pieces[1:], strict=False)
    assert all(before.end <= after.start for before, after in gaps)
    kept = sum(len("".join(piece.rows).replace(" ", "")) for piece in pieces)
    assert kept == sum(len("".join(text.split())) for text, _, _ in said)
