"""The planes of a video frame: whether they fit each other, and how they are shrunk; pure.

Shrinking by a whole number takes OpenCV's fast area path (halving: SIMD), any other costs 4 to 10
times as much.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.errors import PictureError

Plane = NDArray[np.uint8]

MIN_EDGE = 8
"""Pixels; a picture with a shorter side shows nothing, and a service may well refuse it."""

MAX_PIXELS = 64_000_000
"""Twice 8K: what claims to be larger is not a camera."""

GOOD_ENOUGH = 0.8
"""A whole divisor is taken when the result keeps this share of the longest side asked for."""

HUGE = 5000
"""Pixels; longer frames are only shrunk by even divisors, whose first step is nearly free."""

# One picture a second needs no pool of threads in every job process, and a pool does not survive
# the fork by which job processes are made.
cv2.setNumThreads(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planes:
    """One frame as video holds it: 8-bit, limited range, BT.601; rows may have gaps."""

    y: Plane
    """(height, width)."""

    u: Plane
    """Half of `y` in each direction, rounded up; 4:2:2 and 4:4:4 chroma are taken as well."""

    v: Plane
    """The same shape as `u`."""


def check(planes: Planes) -> None:
    """Take planes of which a picture can be made.

    Raises:
        PictureError: they do not fit each other, or there is too little or too much of them.
    """
    if any(plane.ndim != 2 or plane.dtype != np.uint8 for plane in (planes.y, planes.u, planes.v)):
        raise PictureError("planes must be two-dimensional and of 8 bits")
    height, width = planes.y.shape
    fits = {(_half(height), _half(width)), (height, _half(width)), (height, width)}
    if planes.u.shape != planes.v.shape or planes.u.shape not in fits:
        raise PictureError(f"chroma {planes.u.shape} does not fit a frame of {width}x{height}")
    if not 0 < planes.y.size <= MAX_PIXELS:
        raise PictureError(f"a frame of {width}x{height} cannot be looked at")


def shrink(planes: Planes, longest: int) -> Planes:
    """Return 4:2:0 planes no longer than asked."""
    height, width = planes.y.shape
    edge = max(width, height)
    divisor = max(1, -(-edge // longest))
    if divisor > 1 and edge / divisor < GOOD_ENOUGH * longest:
        divisor -= 1
    elif divisor % 2 and edge > HUGE:
        divisor += 1
    # Even sides divide luma and chroma alike; at most 2 * divisor - 1 pixels of the rim go.
    size = (width, height) if divisor == 1 else (width // divisor & ~1, height // divisor & ~1)
    final = _fitted(size, longest)
    if min(final) < MIN_EDGE:
        raise PictureError(f"a picture of {width}x{height} is too thin to show anything")
    chroma, final_chroma = (_half(size[0]), _half(size[1])), (_half(final[0]), _half(final[1]))
    across, down = density(planes)
    steps = (divisor * 2 // across, divisor * 2 // down)
    return Planes(
        y=_resize(_divide(planes.y, size, (divisor, divisor)), final),
        u=_resize(_divide(planes.u, chroma, steps), final_chroma),
        v=_resize(_divide(planes.v, chroma, steps), final_chroma),
    )


def density(planes: Planes) -> tuple[int, int]:
    """Return how many luma samples share one of chroma, across and down."""
    (height, width), (chroma_height, chroma_width) = planes.y.shape, planes.u.shape
    return (1 if chroma_width == width else 2), (1 if chroma_height == height else 2)


def _half(edge: int) -> int:
    return (edge + 1) // 2


def _fitted(size: tuple[int, int], longest: int) -> tuple[int, int]:
    scale = longest / max(size)
    if scale >= 1:
        return size
    return round(size[0] * scale), round(size[1] * scale)


def _divide(plane: Plane, size: tuple[int, int], steps: tuple[int, int]) -> Plane:
    """Shrink to `size` by whole steps across and down, halving first: OpenCV's cheapest by far."""
    across, down = steps
    if across * size[0] <= plane.shape[1] and down * size[1] <= plane.shape[0]:
        plane = plane[: down * size[1], : across * size[0]]
        while across % 2 == 0 and down % 2 == 0:
            across, down = across // 2, down // 2
            plane = _area(plane, (size[0] * across, size[1] * down))
    return _area(plane, size)


def _area(plane: Plane, size: tuple[int, int]) -> Plane:
    if plane.shape == (size[1], size[0]):
        return plane
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.uint8)


def _resize(plane: Plane, size: tuple[int, int]) -> Plane:
    """Shrink by less than two: linear is three to six times cheaper than area and as sharp."""
    if plane.shape == (size[1], size[0]):
        return plane
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR), np.uint8)
