"""What the caller's camera shows: a talking head, a frozen picture, a slide show."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import sin

import cv2
import numpy as np

from offline.scene import Picture, draw_stamp

WALL, SKIN, HAIR, SHIRT, DARK, WHITE = (
    (150, 160, 170),
    (140, 170, 220),
    (40, 50, 70),
    (110, 60, 40),
    (40, 30, 60),
    (240, 240, 240),
)
"""Colours as blue, green, red."""
NOISES = 8
NOISE = 4
"""Sensor noise, peak to peak, in steps of 8 bits: a webcam in a room with light."""
SLIDE_SECONDS = 5.0


class TalkingHead:
    """Somebody before a wall who sways a little, blinks, and moves their lips while they talk."""

    def __init__(self, width: int, height: int, *, seed: int = 1, stamped: bool = True) -> None:
        """Prepare what stays; unstamped, nothing but the head moves, and no age can be read."""
        rng = np.random.default_rng(seed)
        self.width, self.height = width, height
        self.talking, self._stamped = False, stamped
        self._wall = _furnished(width, height)
        shape = (height, width, 3)
        self._noise = [rng.integers(0, NOISE, shape, np.uint8) for _ in range(NOISES)]
        self._drawn = 0

    def frame(self, t: float) -> Picture:
        """Return the picture at `t` seconds: uint8, (height, width, 3), BGR."""
        picture = self._wall.copy()
        unit = self.height // 12
        x = round(self.width * 0.5 + unit * 0.4 * sin(0.9 * t))
        y = round(self.height * 0.42 + unit * 0.15 * sin(1.3 * t))
        cv2.ellipse(picture, (x, y + 6 * unit), (4 * unit, 3 * unit), 0, 0, 360, SHIRT, cv2.FILLED)
        cv2.ellipse(picture, (x, y - unit // 2), (2 * unit, 3 * unit), 0, 0, 360, HAIR, cv2.FILLED)
        cv2.ellipse(picture, (x, y), (7 * unit // 4, 9 * unit // 4), 0, 0, 360, SKIN, cv2.FILLED)
        for side in (-1, 1):
            open_wide = 0 if t % 4 < 0.15 else unit // 4
            eye = (x + side * 3 * unit // 4, y - unit // 2)
            cv2.ellipse(picture, eye, (unit // 3, open_wide), 0, 0, 360, DARK, cv2.FILLED)
        lips = round(unit * 0.1 + unit * 0.4 * abs(sin(11 * t)) * self.talking)
        cv2.ellipse(picture, (x, y + unit), (3 * unit // 4, lips), 0, 0, 360, DARK, cv2.FILLED)
        self._drawn += 1
        cv2.add(picture, self._noise[self._drawn % NOISES], dst=picture)
        if self._stamped:
            draw_stamp(picture, int(t * 1000))
        return picture


class Frozen:
    """One picture for ever: a camera that has stopped, its stamp with it."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture

    def frame(self, t: float) -> Picture:
        """Return the picture; it is the same at any time."""
        return self._picture


class SlideShow:
    """A page of text that is turned at a steady pace; its stamp is the moment it was turned."""

    def __init__(
        self, width: int, height: int, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.width, self.height = width, height
        self._began = clock()
        self._shown = (-1, np.zeros((height, width, 3), np.uint8))

    def frame(self, t: float) -> Picture:
        """Return the page at `t` seconds: uint8, (height, width, 3), BGR."""
        number = int((t - self._began) // SLIDE_SECONDS)
        if number != self._shown[0]:
            self._shown = (number, self._page(number, t))
        return self._shown[1]

    def _page(self, number: int, t: float) -> Picture:
        page = np.full((self.height, self.width, 3), WHITE, np.uint8)
        scale = self.height / 360
        for line in range(6):
            words = f"Slide {number}: point {line * 7 + number * 3} of many"
            place = (round(20 * scale), round((50 + 42 * line) * scale))
            cv2.putText(page, words, place, cv2.FONT_HERSHEY_SIMPLEX, scale, DARK, 2)
        left = round(self.width * (0.6 + 0.05 * (number % 4)))
        top, bottom = round(self.height * 0.2), round(self.height * (0.5 + 0.1 * (number % 3)))
        cv2.rectangle(page, (left, top), (self.width - 30, bottom), SHIRT, cv2.FILLED)
        draw_stamp(page, int(t * 1000))
        return page


def _furnished(width: int, height: int) -> Picture:
    wall = np.full((height, width, 3), WALL, np.uint8)
    for column in range(5):
        left = round(width * (0.03 + 0.2 * column))
        right, bottom = left + round(width * 0.1), round(height * (0.3 + 0.08 * (column % 3)))
        cv2.rectangle(wall, (left, round(height * 0.08)), (right, bottom), HAIR, 3)
    return wall
