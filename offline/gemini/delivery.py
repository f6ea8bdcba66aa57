"""Cut speech and words into the pieces in which the service delivers them."""

from __future__ import annotations

import re

GRID = 1_920
"""Bytes of 40 ms at 24 kHz: every chunk is a multiple of it."""

BYTES_A_SECOND = 48_000


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, each but the first with its leading space."""
    return [found for found in re.split(r"(?<=[.!?])(?=\s)", text.strip()) if found]


def chunks(pcm: bytes, *, first_ms: float, later_ms: float) -> list[bytes]:
    """Return `pcm` in whole steps of the grid, the last one filled up with silence."""
    pcm += bytes(-len(pcm) % GRID)
    found: list[bytes] = []
    at = 0
    while at < len(pcm):
        size = max(1, round((later_ms if found else first_ms) / 40)) * GRID
        found.append(pcm[at : at + size])
        at += size
    return found


def fragments(text: str) -> list[str]:
    """Return 2-5 words at a time, joined they are the text; a single word stays alone."""
    words = re.findall(r"\s*\S+", text)
    count = len(words)
    pieces = -(-count // 4)
    found = []
    for piece in range(pieces):
        start, end = piece * count // pieces, (piece + 1) * count // pieces
        found.append("".join(words[start:end]))
    return found


def aligned(pieces: list[bytes], words: list[str]) -> list[bytes | str]:
    """Return audio and words as they leave: words run ahead of all sound but the first chunk."""
    found: list[bytes | str] = []
    said = 0
    for index, piece in enumerate(pieces, start=1):
        found.append(piece)
        ready = -(-index * len(words) // len(pieces))
        found += words[said:ready]
        said = ready
    return found + words[said:]
