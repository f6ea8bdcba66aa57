"""Write words on a small picture: what the eyes have to say to a model that takes pictures; pure.

A text turn would interrupt a running reply; a picture never does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import cv2
import numpy as np

from worker.errors import PictureError
from worker.eyes.picture import Picture
from worker.eyes.report import Blindness

WIDTH, HEIGHT = 512, 288
MARGIN = 24
LARGEST = 1.9
"""Of OpenCV's font: capitals 40 pixels high."""
QUALITY = 90
_FONT = cv2.FONT_HERSHEY_SIMPLEX

_WORDS: dict[Blindness, tuple[str, ...]] = {
    "no_camera": ("NO CAMERA",),
    "off": ("{source} OFF",),
    "covered": ("{source} COVERED", "OR DARK"),
    "frozen": ("{source} FROZEN",),
    "test_card": ("{source} SHOWS", "A TEST CARD"),
    "too_slow": ("NO PICTURE", "FROM {source}"),
    "paused": ("VISION PAUSED",),
}


def words(reason: Blindness, source: str, since: datetime) -> tuple[str, ...]:
    """Say why there is nothing to see, of which source and since when (UTC)."""
    named = (source or "camera").upper()
    said = [line.format(source=named) for line in _WORDS[reason]]
    return (*said, f"SINCE {since:%H:%M} UTC", "YOU SEE NOTHING NOW")


def write(lines: Sequence[str]) -> Picture:
    """Write lines in white on black, each as large as fits; 0.8 ms.

    Raises:
        PictureError: the picture could not be encoded.
    """
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    room = (HEIGHT - 2 * MARGIN) // max(1, len(lines))
    for number, line in enumerate(lines):
        scale = _scale(line, room)
        baseline = MARGIN + room * number + round(room * 0.75)
        cv2.putText(picture, line, (MARGIN, baseline), _FONT, scale, (255, 255, 255), 2)
    done, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise PictureError("the card could not be encoded")
    return Picture(jpeg=jpeg.tobytes(), width=WIDTH, height=HEIGHT)


def _scale(line: str, room: int) -> float:
    (width, height), _ = cv2.getTextSize(line, _FONT, 1.0, 2)
    return min(LARGEST, (WIDTH - 2 * MARGIN) / max(1, width), 0.7 * room / max(1, height))
