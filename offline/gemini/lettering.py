"""Read a line or two of large light letters on a dark ground, as on a title card; with OpenCV.

Each letter is one connected shape, compared with the capitals and digits of OpenCV's own font. It
reads that font and hardly another, and no small letters: it is no OCR.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from string import ascii_uppercase, digits

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

SIZE = (20, 28)
"""Pixels to which a letter's shape is brought before it is compared."""
SMALLEST = 14
"""Pixels of height of the smallest letter that is read."""
GROUND = 0.7
"""Share of the picture that must be dark."""
ALIKE = 0.16
"""Mean difference, 0..1, up to which a shape is taken for a letter."""
GAP = 0.38
"""Heights of a letter between two letters that are of different words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One connected light shape."""

    left: int
    top: int
    width: int
    height: int
    letter: str


def read(picture: Picture) -> tuple[str, ...]:
    """Return the lines of capitals from top to bottom; none when this is no card."""
    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    if float((gray < 60).mean()) < GROUND or float((gray > 180).mean()) < 0.002:
        return ()
    _, light = cv2.threshold(gray, 128, 255, cv2.THRESH_BINARY)
    lines: list[list[Shape]] = []
    for shape in sorted(_shapes(np.asarray(light, np.uint8)), key=lambda found: found.top):
        line = next((row for row in lines if _beside(row[0], shape)), None)
        if line is None:
            lines.append([shape])
        else:
            line.append(shape)
    texts = (_text(sorted(line, key=lambda found: found.left)) for line in lines)
    return tuple(text for text in texts if len(text) > 1)


def _shapes(light: Picture) -> list[Shape]:
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(light)
    found = []
    for number in range(1, count):
        left, top, width, height = (int(edge) for edge in boxes[number][:4])
        if height < SMALLEST or height > light.shape[0] // 2:
            continue
        mask = (labels[top : top + height, left : left + width] == number).astype(np.uint8) * 255
        letter = _letter(mask)
        if letter:
            found.append(Shape(left=left, top=top, width=width, height=height, letter=letter))
    return found


def _letter(mask: Picture) -> str:
    shape, aspect = _normal(mask), mask.shape[1] / mask.shape[0]
    scored = (
        (float(np.abs(shape - known).mean()) + 0.3 * abs(aspect - wide), letter)
        for letter, (known, wide) in _letters().items()
    )
    score, letter = min(scored)
    return letter if score < ALIKE else ""


@lru_cache(maxsize=1)
def _letters() -> dict[str, tuple[NDArray[np.float32], float]]:
    """Draw every letter once."""
    drawn = {}
    for letter in ascii_uppercase + digits:
        canvas = np.zeros((160, 160), np.uint8)
        cv2.putText(canvas, letter, (40, 120), cv2.FONT_HERSHEY_SIMPLEX, 3.0, 255, 3)
        _, light = cv2.threshold(canvas, 128, 255, cv2.THRESH_BINARY)
        left, top, width, height = cv2.boundingRect(light)
        mask = np.asarray(light[top : top + height, left : left + width], np.uint8)
        drawn[letter] = (_normal(mask), width / height)
    return drawn


def _normal(mask: Picture) -> NDArray[np.float32]:
    small = cv2.resize(mask, SIZE, interpolation=cv2.INTER_AREA)
    return np.asarray(small / 255, np.float32)


def _beside(one: Shape, other: Shape) -> bool:
    return abs(one.top + one.height / 2 - other.top - other.height / 2) < one.height / 2


def _text(line: list[Shape]) -> str:
    text = line[0].letter
    for before, shape in zip(line, line[1:], strict=False):
        apart = shape.left - before.left - before.width > GAP * before.height
        text += " " * apart + shape.letter
    return text
