"""Tell a new picture from noise, and a camera from a covered or frozen one; pure.

A picture is compared as a thumbnail of 64x36: its light is sampled four by four and averaged, which
leaves a quarter of a sensor's noise. What a whole picture or a row of it gains or loses in light is
taken out first: exposure and flicker are not news. The thresholds were set on the pictures of
`tests/eyes`, with the rates in docs/eyes.md.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.errors import PictureError
from worker.eyes.pacing import Change
from worker.eyes.planes import MIN_EDGE, Planes

THUMBNAIL = (64, 36)
SAMPLES = 4
"""Pixels sampled for one of the thumbnail, across and down."""
BLOCK = 4
"""Pixels of the thumbnail to one side of a block, in which small things are looked for."""

NOISE = 3.0
"""Levels by which a block's mean may differ with nothing but noise in it."""
MOVED = 0.03
"""Share of the blocks that differ when somebody moves."""
STIRRED = 6.0
"""Levels by which a single block differs when something small moves: lips, a finger."""
STRONG = 10.0
"""Levels by which a block differs that shows something else than before."""
NEW = 0.06
"""Share of the blocks that differ strongly when a camera has something new to show."""
NEW_ON_SCREEN = 0.03
"""Share of the blocks that differ at all when a screen has: it has no noise, and lines are thin."""
LIT = 25.0
"""Levels of light at once that are no longer exposure: somebody turned a lamp on or off."""
COARSE = 480
"""Pixels on the longer side; of a picture below that a larger one of the same is news."""
GROWN = 1.5
"""Times as large is larger: simulcast's layers are twice as large as the next."""
ALIKE = 0.02
"""How much two layers of one picture differ in shape, by rounding."""
GAINS = (0.8, 1.25)
"""What exposure and flicker do to light at most."""

Light = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What is kept of a picture to compare the next with."""

    light: Light
    """(36, 64), levels 0..255."""
    shape: tuple[int, int, int]
    """Width and height as they came, and the degrees by which it is to be turned."""
    print: int
    """Checksum of every fourth pixel: equal only where nothing at all has changed."""


def glance(planes: Planes, rotation: int = 0) -> Glance:
    """Take a picture's thumbnail; 0.13 ms at 720p.

    Raises:
        PictureError: it is too thin to show anything.
    """
    height, width = planes.y.shape
    if min(height, width) < MIN_EDGE:
        raise PictureError(f"a picture of {width}x{height} is too thin to show anything")
    rows, columns = _places(height, THUMBNAIL[1]), _places(width, THUMBNAIL[0])
    sampled = np.ascontiguousarray(planes.y[rows][:, columns])
    light = cv2.resize(sampled, THUMBNAIL, interpolation=cv2.INTER_AREA)
    return Glance(
        light=light.astype(np.float32),
        shape=(width, height, rotation),
        print=zlib.crc32(planes.y[::4, ::4].tobytes()),
    )


def _places(edge: int, wanted: int) -> NDArray[np.intp]:
    count = wanted * SAMPLES
    return np.asarray((np.arange(count) + 0.5) * edge / count, np.intp)


def compare(before: Glance | None, after: Glance, *, screen: bool = False) -> Change:
    """Tell how a picture differs from the one before; 0.2 ms.

    A camera's picture in another size is the same picture: simulcast comes in one while somebody
    speaks, in another while nobody does.
    """
    if before is None or (screen and before.shape != after.shape) or _reshaped(before, after):
        return Change.MUCH
    if before.shape == after.shape and before.print == after.print:
        return Change.SAME
    if abs(float(np.median(after.light - before.light))) > LIT:
        return Change.MUCH
    blocks = _blocks(_unlit(before.light, after.light))
    touched, strong = float((blocks > NOISE).mean()), float((blocks > STRONG).mean())
    if (touched > NEW_ON_SCREEN) if screen else (strong > NEW):
        return Change.MUCH
    return Change.SLIGHT if touched > MOVED or blocks.max() > STIRRED else Change.SAME


def _reshaped(before: Glance, after: Glance) -> bool:
    """Tell whether a picture is cut or turned otherwise, or at last large enough."""
    (width, height, turn), (wide, high, turned) = before.shape, after.shape
    if turn != turned or abs(wide / high - width / height) > ALIKE * width / height:
        return True
    return max(width, height) < COARSE and wide >= GROWN * width


def _unlit(before: Light, after: Light) -> Light:
    """Return the difference without what is but more or less light, in all or in single rows."""
    gains = np.median((after + 8) / (before + 8), axis=1, keepdims=True)
    smooth = cv2.blur(np.clip(gains, *GAINS), (1, 5), borderType=cv2.BORDER_REPLICATE)
    difference = after - before * smooth.reshape(-1, 1)
    return np.asarray(difference - np.median(difference), np.float32)


def _blocks(difference: Light) -> Light:
    """Return the absolute mean of each block: noise goes out, what is there stays."""
    rows, columns = THUMBNAIL[1] // BLOCK, THUMBNAIL[0] // BLOCK
    means = difference.reshape(rows, BLOCK, columns, BLOCK).mean(axis=(1, 3))
    return np.asarray(np.abs(means), np.float32)
