"""The caller's test camera: a moving picture with a steady QR code and a readable clock."""

from __future__ import annotations

from math import cos, sin

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

STAMP_BITS = 24
"""Bits of the stamp's milliseconds: they start again at 0 after 4.6 hours."""

CHECK_BITS = 8
"""Bits behind the milliseconds by which a damaged stamp is refused."""

STAMP_BAR = 0.89
"""Where the dark bar behind the stamp begins, in shares of the picture's height."""

STAMP_TOP, STAMP_BOTTOM = 0.91, 0.99
"""Where the stamp's row lies, in shares of the picture's height."""

STAMP_LEFT, STAMP_RIGHT = 0.01, 0.99
"""Where the stamp's row lies, in shares of the picture's width."""

SKY, GRASS, BALL, FRAME = (
    (190, 80, 20),
    (60, 150, 40),
    (30, 40, 220),
    (20, 20, 20),
)
"""Colours as blue, green, red."""

_BLOCKS = 2 + STAMP_BITS + CHECK_BITS
_CONTRAST = 60


class Scene:
    """Draws pictures of `width` x `height`: sky, grass, a moving ball, a QR code and a stamp."""

    def __init__(self, width: int, height: int, qr_text: str) -> None:
        """Prepare what stays the same; an empty `qr_text` leaves the code out.

        Raises:
            ValueError: the picture is too small for a code with that text.
        """
        self.width, self.height = width, height
        self._still = np.empty((height, width, 3), np.uint8)
        self._still[:] = SKY
        self._still[:, width // 2 :] = GRASS
        if qr_text:
            self._paste(qr_text)

    def frame(self, t: float) -> Picture:
        """Return the picture at `t` seconds (not negative): uint8, (height, width, 3), BGR."""
        picture = self._still.copy()
        x = round(self.width * (0.75 + 0.12 * cos(1.7 * t)))
        y = round(self.height * (0.44 + 0.24 * sin(2.3 * t)))
        cv2.circle(picture, (x, y), max(1, self.height // 6), BALL, cv2.FILLED)
        draw_stamp(picture, int(t * 1000))
        return picture

    def _paste(self, qr_text: str) -> None:
        code = cv2.copyMakeBorder(_qr(qr_text), 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=(255,))
        room = min(self.width * 0.44, self.height * 0.76)
        module = int(room) // code.shape[0]
        if module < 1:
            raise ValueError(f"{self.width}x{self.height} is too small for this QR code")
        card = np.kron(code, np.ones((module, module), np.uint8))
        top = (round(self.height * 0.88) - card.shape[0]) // 2
        left = (self.width // 2 - card.shape[1]) // 2
        self._still[top : top + card.shape[0], left : left + card.shape[1]] = card[:, :, None]


def draw_stamp(picture: Picture, milliseconds: int) -> None:
    """Draw a time into the foot of a picture, on a dark bar, for `read_stamp`."""
    height, width = picture.shape[:2]
    picture[round(height * STAMP_BAR) :] = FRAME
    edges = [round(edge) for edge in _edges(width)]
    rows = slice(round(height * STAMP_TOP), max(1, round(height * STAMP_BOTTOM)))
    for index, lit in enumerate(_stamp(milliseconds)):
        if lit:
            picture[rows, edges[index] : edges[index + 1]] = 255


def read_stamp(picture: Picture) -> int | None:
    """Return the milliseconds drawn in a picture of any size, None where none can be read."""
    if picture.ndim != 3 or picture.shape[0] < 16 or picture.shape[1] < 2 * _BLOCKS:
        return None
    height, width = picture.shape[:2]
    top, bottom = STAMP_TOP + 0.025, STAMP_BOTTOM - 0.025
    rows = slice(round(height * top), max(round(height * bottom), round(height * top) + 1))
    light = picture[rows].mean(axis=(0, 2))
    edges = _edges(width)
    blocks = [
        float(light[round(a + (b - a) * 0.3) : max(round(b - (b - a) * 0.3), round(a) + 1)].mean())
        for a, b in zip(edges, edges[1:], strict=False)
    ]
    if max(blocks) - min(blocks) < _CONTRAST:
        return None
    middle = (max(blocks) + min(blocks)) / 2
    return _read([block > middle for block in blocks])


def _edges(width: int) -> list[float]:
    step = (STAMP_RIGHT - STAMP_LEFT) * width / _BLOCKS
    return [STAMP_LEFT * width + step * index for index in range(_BLOCKS + 1)]


def _stamp(milliseconds: int) -> list[bool]:
    """Return the blocks: lit, Gray code of the time, its check, dark."""
    value = milliseconds % (1 << STAMP_BITS)
    word = ((value ^ (value >> 1)) << CHECK_BITS) | _check(value)
    bits = [bool(word >> place & 1) for place in reversed(range(STAMP_BITS + CHECK_BITS))]
    return [True, *bits, False]


def _read(blocks: list[bool]) -> int | None:
    word = 0
    for bit in blocks[1:-1]:
        word = word << 1 | bit
    value = gray = word >> CHECK_BITS
    while gray := gray >> 1:
        value ^= gray
    return value if _stamp(value) == blocks else None


def _check(value: int) -> int:
    return (value * 2654435761 >> 16) % (1 << CHECK_BITS)


def _qr(text: str) -> Picture:
    params = cv2.QRCodeEncoder.Params()
    params.correction_level = cv2.QRCODE_ENCODER_CORRECT_LEVEL_M
    return np.asarray(cv2.QRCodeEncoder.create(params).encode(text), np.uint8)
