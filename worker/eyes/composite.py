"""Lay several pictures out as one that can be read: named, told apart, who speaks marked; pure.

A screen is there to be read and gets most of the room; cameras stand beside it, or in a grid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from worker.errors import PictureError
from worker.eyes.choice import Kind
from worker.eyes.picture import Picture, Region
from worker.eyes.planes import Plane

BAR = 30
"""Pixels of height of the bar with a name on it."""
GAP = 4
"""Pixels between two pictures."""
COLUMN = 0.25
"""Share of the width that cameras beside a screen get."""
SMALLEST = 0.4
"""Share of the width there may be that is taken at least: names have to be read."""
LONGEST_NAME = 24
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_BAR, _SPEAKING, _WHITE = (60, 60, 60), (0, 130, 0), (255, 255, 255)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What stands on the bar below a picture."""

    kind: Kind
    name: str
    """Of the participant, as they gave it; cleaned before it is drawn."""
    speaking: bool = False
    blind: str = ""
    """Words in the place of a picture that shows nothing."""

    def text(self) -> str:
        """Name what is shown; the name stands in quotes, as what it is: somebody's words."""
        return f'{self.kind.upper()} of "{clean(self.name)}"{" - SPEAKING" * self.speaking}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Where one picture goes, in pixels; its bar is below it."""

    left: int
    top: int
    width: int
    height: int
    where: str
    """In words."""


def clean(name: str) -> str:
    """Keep letters, digits and a few signs of a name: it is drawn for a model that reads."""
    kept = "".join(sign if sign.isalnum() or sign in "-'._" else " " for sign in name)
    return " ".join(kept.split())[:LONGEST_NAME].rstrip() or "somebody"


def lay_out(kinds: Sequence[Kind], longest: int) -> tuple[Cell, ...]:
    """Say where each of several pictures goes on one of 16:9, screens being first."""
    width, height = longest, longest * 9 // 16
    screens = sum(kind == "screen" for kind in kinds)
    if not 0 < screens < len(kinds):
        return _grid(len(kinds), 0, 0, width, height, "")
    column = round(width * COLUMN)
    beside = _stack(len(kinds) - screens, width - column + GAP, column - GAP, height)
    return (*_grid(screens, 0, 0, width - column, height, "left"), *beside)


def fit(kinds: Sequence[Kind], sizes: Sequence[tuple[int, int]], most: int) -> int:
    """Return the width of the whole, `most` or as little as its largest picture can do with;
    cameras beside a screen are small anyway.

    Args:
        kinds: Screens first.
        sizes: Width and height of each, upright; (0, 0) where there is none.
    """
    leading = "screen" if "screen" in kinds else "camera"
    shares = (
        max(width / cell.width, height / cell.height)
        for kind, (width, height), cell in zip(kinds, sizes, lay_out(kinds, most), strict=True)
        if kind == leading
    )
    return round(most * min(1.0, max(SMALLEST, *shares))) & ~1


def describe(captions: Sequence[Caption]) -> tuple[str, ...]:
    """Say in words what is where."""
    if len(captions) == 1:
        return ("FROM NOW ON", "ONE PICTURE:", captions[0].text())
    cells = lay_out([caption.kind for caption in captions], 1024)
    lines = (
        f"{cell.where}: {caption.text()}" for caption, cell in zip(captions, cells, strict=True)
    )
    return (f"FROM NOW ON {len(captions)} IN ONE:", *lines)


def compose(
    images: Sequence[Plane | None], captions: Sequence[Caption], longest: int, quality: int
) -> Picture:
    """Draw pictures, each already small enough for its cell, into one.

    Args:
        images: (height, width, 3) each, blue first; None where there is nothing to see.
        captions: One for each.
        longest: Pixels of width of the whole.
        quality: JPEG quality, 1..100.

    Raises:
        PictureError: the picture could not be encoded.
    """
    canvas = np.zeros((longest * 9 // 16, longest, 3), np.uint8)
    cells = lay_out([caption.kind for caption in captions], longest)
    places: list[Region | None] = []
    for image, caption, cell in zip(images, captions, cells, strict=True):
        _label(canvas, caption, cell)
        places.append(None if image is None else _place(canvas, image, cell))
    done, jpeg = cv2.imencode(".jpg", canvas, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise PictureError("the picture could not be encoded")
    return Picture(jpeg=jpeg.tobytes(), width=longest, height=canvas.shape[0], places=tuple(places))


def _place(canvas: Plane, image: Plane, cell: Cell) -> Region:
    """Draw a picture into its cell; returns where it lies, in fractions of the whole."""
    height, width = min(image.shape[0], cell.height), min(image.shape[1], cell.width)
    top = cell.top + (cell.height - height) // 2
    left = cell.left + (cell.width - width) // 2
    canvas[top : top + height, left : left + width] = image[:height, :width]
    down, across = canvas.shape[:2]
    right, bottom = (left + width) / across, (top + height) / down
    return Region(left=left / across, top=top / down, right=right, bottom=bottom)


def _label(canvas: Plane, caption: Caption, cell: Cell) -> None:
    top, right = cell.top + cell.height, cell.left + cell.width
    colour = _SPEAKING if caption.speaking else _BAR
    cv2.rectangle(canvas, (cell.left, top), (right - 1, top + BAR - 1), colour, cv2.FILLED)
    _write(canvas, caption.text(), (cell.left + 8, top + BAR - 9), cell.width - 16)
    if caption.blind:
        _write(canvas, caption.blind, (cell.left + 8, cell.top + cell.height // 2), cell.width - 16)


def _write(canvas: Plane, text: str, at: tuple[int, int], room: int) -> None:
    (width, _), _ = cv2.getTextSize(text, _FONT, 0.7, 1)
    scale = 0.7 * min(1.0, room / max(1, width))
    cv2.putText(canvas, text, at, _FONT, scale, _WHITE, 1, cv2.LINE_AA)


def _grid(count: int, left: int, top: int, width: int, height: int, side: str) -> tuple[Cell, ...]:
    columns = 1 if count == 1 else 2
    rows = -(-count // columns)
    across, down = (width - GAP * (columns - 1)) // columns, (height - GAP * (rows - 1)) // rows
    return tuple(
        Cell(
            left=left + (number % columns) * (across + GAP),
            top=top + (number // columns) * (down + GAP),
            width=across,
            height=down - BAR,
            where=_where(number, columns, rows, side),
        )
        for number in range(count)
    )


def _stack(count: int, left: int, width: int, height: int) -> tuple[Cell, ...]:
    down = min((height - GAP * (count - 1)) // count, width * 3 // 4 + BAR)
    return tuple(
        Cell(
            left=left,
            top=number * (down + GAP),
            width=width,
            height=down - BAR,
            where="right" if count == 1 else f"right, {number + 1}. from top",
        )
        for number in range(count)
    )


def _where(number: int, columns: int, rows: int, side: str) -> str:
    if columns == rows == 1:
        return side or "all"
    words = ("left", "right")[number % columns]
    words = words if rows == 1 else f"{('top', 'bottom')[min(number // columns, 1)]} {words}"
    return f"{side}, {words}" if side else words
