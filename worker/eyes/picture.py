"""Turn the planes of a video frame into an upright JPEG, shrunk where needed and never grown.

The order of work is what makes it cheap: cut the region out of the planes (a view, no copy), shrink
the planes by a whole number, and only then convert colours, on the few pixels that are left.
Measured on a 2.5 GHz core, longest side 768: 360p 0.7 ms, 720p 0.8, 1080p 2.4, 4K 6.6, 8K 10.7.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from worker.errors import PictureError
from worker.eyes.planes import MIN_EDGE, Plane, Planes, check, density, shrink

_TURNS = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of the upright picture, in fractions 0..1 of its width and height.

    Raises:
        PictureError: when it is empty or not within 0..1.
    """

    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self) -> None:
        if not (0 <= self.left < self.right <= 1 and 0 <= self.top < self.bottom <= 1):
            raise PictureError("a region needs 0 <= left < right <= 1 and 0 <= top < bottom <= 1")

    def unturned(self, rotation: int) -> Region:
        """Return the same part of the picture as it was before it was turned upright."""
        left, top, right, bottom = self.left, self.top, self.right, self.bottom
        if rotation == 90:
            return Region(left=top, top=1 - right, right=bottom, bottom=1 - left)
        if rotation == 180:
            return Region(left=1 - right, top=1 - bottom, right=1 - left, bottom=1 - top)
        if rotation == 270:
            return Region(left=1 - bottom, top=left, right=1 - top, bottom=right)
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A JPEG and its size in pixels."""

    jpeg: bytes
    width: int
    height: int
    places: tuple[Region | None, ...] = ()
    """Where each of several pictures lies in a composed one; None for what is not shown."""


def encode(
    planes: Planes,
    *,
    rotation: int = 0,
    longest: int = 768,
    quality: int = 75,
    region: Region | None = None,
) -> Picture:
    """Encode a frame.

    Args:
        rotation: Degrees clockwise by which the frame must be turned to stand upright.
        longest: Pixels the longer side may have; a smaller frame keeps its size.
        quality: JPEG quality, 1..100.
        region: The part wanted; None is all of it.

    Raises:
        PictureError: the planes do not fit each other, the picture is too thin to show anything,
            or a setting is out of range.
    """
    _check(planes, rotation, longest, quality)
    if region is not None:
        planes = _cut(planes, region.unturned(rotation))
    try:
        upright = _turn(_to_bgr(shrink(planes, longest)), rotation)
        height, width = upright.shape[:2]
        done, jpeg = cv2.imencode(".jpg", upright, [cv2.IMWRITE_JPEG_QUALITY, quality])
    except cv2.error as error:
        raise PictureError("the picture could not be encoded") from error
    if not done:
        raise PictureError("the picture could not be encoded")
    return Picture(jpeg=jpeg.tobytes(), width=width, height=height)


def draw(planes: Planes, *, rotation: int, width: int, height: int) -> Plane:
    """Return a frame upright, (height, width, 3), blue first, shrunk to fit into a place.

    Raises:
        PictureError: as `encode`.
    """
    rows, columns = planes.y.shape if rotation in (0, 180) else planes.y.shape[::-1]
    scale = min(width / columns, height / rows, 1.0)
    longest = max(MIN_EDGE, int(max(rows, columns) * scale))
    _check(planes, rotation, longest, 1)
    try:
        return _turn(_to_bgr(shrink(planes, longest)), rotation)
    except cv2.error as error:
        raise PictureError("the picture could not be drawn") from error


def _check(planes: Planes, rotation: int, longest: int, quality: int) -> None:
    if rotation not in (0, 90, 180, 270):
        raise PictureError(f"rotation must be 0, 90, 180 or 270 degrees, not {rotation}")
    if longest < MIN_EDGE or not 1 <= quality <= 100:
        raise PictureError(f"longest must be {MIN_EDGE} or more and quality 1 to 100")
    check(planes)


def _cut(planes: Planes, region: Region) -> Planes:
    height, width = planes.y.shape
    # Even corners, so that the chroma samples stay under their own luma.
    left, top = int(region.left * width) & ~1, int(region.top * height) & ~1
    right, bottom = math.ceil(region.right * width), math.ceil(region.bottom * height)
    across, down = density(planes)
    rows = slice(top // down, -(-bottom // down))
    columns = slice(left // across, -(-right // across))
    return Planes(
        y=planes.y[top:bottom, left:right], u=planes.u[rows, columns], v=planes.v[rows, columns]
    )


def _to_bgr(planes: Planes) -> Plane:
    """Convert 4:2:0 planes; OpenCV wants them in one buffer, with even sides."""
    height, width = planes.y.shape
    even_height, even_width = height + height % 2, width + width % 2
    buffer = np.empty(even_height * even_width * 3 // 2, np.uint8)
    luma = buffer[: even_height * even_width].reshape(even_height, even_width)
    luma[:height, :width] = planes.y
    luma[height:, :width] = planes.y[-1:]
    luma[:, width:] = luma[:, width - 1 : width]
    chroma = buffer[even_height * even_width :].reshape(2, even_height // 2, even_width // 2)
    chroma[0], chroma[1] = planes.u, planes.v
    whole = buffer.reshape(even_height * 3 // 2, even_width)
    return np.asarray(cv2.cvtColor(whole, cv2.COLOR_YUV2BGR_I420)[:height, :width], np.uint8)


def _turn(image: Plane, rotation: int) -> Plane:
    return np.asarray(cv2.rotate(image, _TURNS[rotation]), np.uint8) if rotation else image
