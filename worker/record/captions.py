"""Captions: what was said, in pieces of two lines of 42 characters, each with its time; pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

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
    pieces.sort(key=lambda piece: piece.start)
    return list(_fitted(pieces))


def _pieces(line: Line) -> Iterator[Caption]:
    rows = textwrap.wrap(line.text, WIDTH, break_long_words=True, break_on_hyphens=False)
    groups = [tuple(rows[at : at + ROWS]) for at in range(0, len(rows), ROWS)]
    total = sum(len(row) for row in rows)
    span, said = max(line.ended - line.began, 0.0), 0
    for group in groups:
        start = line.began + span * said / total
        said += sum(len(row) for row in group)
        yield Caption(start=start, end=line.began + span * said / total, who=line.who, rows=group)


def _fitted(pieces: Sequence[Caption]) -> Iterator[Caption]:
    """Each long enough to be read, and over when the next begins."""
    free = 0.0
    for piece, following in zip_longest(pieces, pieces[1:]):
        start = max(piece.start, free)
        end = max(piece.end, start + SHORTEST)
        if following is not None:
            end = max(min(end, following.start), start + 0.001)
        yield replace(piece, start=start, end=end)
        free = end
