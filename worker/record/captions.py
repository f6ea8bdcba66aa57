"""Captions: what was said, in pieces of two lines of 42 characters, each with its time; pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from worker.record.entries import Line

WIDTH = 42
"""Characters in a line, as subtitling guides for English have it (BBC 37, Netflix 42)."""
ROWS = 2
SHORTEST = 0.8
"""Seconds that a caption stays at least, if nothing else is said meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """A piece of a line, with when it is shown, in seconds into the conversation."""

    start: float
    end: float
    who: str
    rows: tuple[str, ...]


def captions(lines: Sequence[Line]) -> list[Caption]:
    """Cut lines into captions; the time of a line is shared out by length, and none overlap."""
    spoken = sorted((line for line in lines if line.text.strip()), key=lambda line: line.began)
    pieces = [piece for line in spoken for piece in _pieces(line)]
    return [_fitted(piece, following) for piece, following in _with_next(pieces)]


def _pieces(line: Line) -> Iterator[Caption]:
    rows = textwrap.wrap(line.text, WIDTH, break_long_words=True, break_on_hyphens=False)
    groups = [tuple(rows[at : at + ROWS]) for at in range(0, len(rows), ROWS)]
    total = sum(len(row) for row in rows)
    span, said = max(line.ended - line.began, 0.0), 0
    for group in groups:
        start = line.began + span * said / total
        said += sum(len(row) for row in group)
        yield Caption(start=start, end=line.began + span * said / total, who=line.who, rows=group)


def _with_next(pieces: Sequence[Caption]) -> Iterator[tuple[Caption, Caption | None]]:
    ordered = sorted(pieces, key=lambda piece: piece.start)
    yield from zip(ordered, [*ordered[1:], None], strict=True)


def _fitted(piece: Caption, following: Caption | None) -> Caption:
    """Long enough to be read, and over when the next begins."""
    end = max(piece.end, piece.start + SHORTEST)
    if following is not None:
        end = min(end, max(following.start, piece.start + 0.001))
    return Caption(start=piece.start, end=end, who=piece.who, rows=piece.rows)
