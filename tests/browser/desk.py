"""What the browser's fake camera films: a desk with a cup that steams and a card to be read."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]
"""Blue, green and red."""

WIDTH, HEIGHT = 960, 540
FINER = 2
"""Drawn so many times larger, then shrunk: edges become smooth."""
WALL: tuple[Colour, Colour] = ((196, 214, 222), (164, 186, 198))
DESK: tuple[Colour, Colour] = ((92, 126, 164), (58, 84, 118))
EDGE = 0.62
"""Where the desk begins, in shares of the height."""
PAPER, INK, SHADE = (248, 250, 252), (38, 32, 30), (52, 74, 104)
CUP, COFFEE, STEAM = (128, 92, 38), (26, 38, 62), (232, 240, 244)
POT, LEAF, LEAF_DARK = (72, 104, 186), (86, 142, 84), (66, 112, 62)


class Desk:
    """Draws the desk at any time; only the steam and a leaf move."""

    def __init__(self, qr_text: str) -> None:
        self._still = np.empty((HEIGHT * FINER, WIDTH * FINER, 3), np.uint8)
        edge = round(HEIGHT * FINER * EDGE)
        _fade(self._still[:edge], *WALL)
        _fade(self._still[edge:], *DESK)
        self._pot()
        self._cup()
        self._card(qr_text)

    def frame(self, t: float, length: float) -> Picture:
        """Return the picture at `t` of a film of `length` seconds that can be looped."""
        picture = self._still.copy()
        turn = 2 * pi * t / length
        self._steam(picture, turn)
        self._leaves(picture, 6 * sin(turn))
        small = cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.uint8)

    def _steam(self, picture: Picture, turn: float) -> None:
        rows, columns = slice(90 * FINER, 256 * FINER), slice(530 * FINER, 690 * FINER)
        air = picture[rows, columns]
        veil = air.copy()
        for index in range(3):
            x, y = 58 + 22 * index, 158
            points = [(x + 9 * sin(k / 3 - turn + index), y - 9 * k) for k in range(14)]
            cv2.polylines(veil, [_scaled(points)], False, STEAM, 7 * FINER, cv2.LINE_AA)
        cv2.addWeighted(air, 0.55, cv2.GaussianBlur(veil, (0, 0), 7 * FINER), 0.45, 0, air)

    def _cup(self) -> None:
        self._ellipse((610, 388), (92, 20), SHADE)
        cv2.ellipse(
            self._still, _point(680, 310), _point(34, 38), 0, 0, 360, CUP, 14 * FINER, cv2.LINE_AA
        )
        self._fill([(540, 262), (680, 262), (664, 372), (640, 386), (580, 386), (556, 372)], CUP)
        self._ellipse((610, 262), (70, 17), CUP)
        self._ellipse((610, 264), (60, 12), COFFEE)

    def _pot(self) -> None:
        self._ellipse((798, 412), (92, 18), SHADE)
        self._fill([(728, 300), (868, 300), (848, 414), (748, 414)], POT)
        self._fill([(718, 282), (878, 282), (876, 312), (720, 312)], POT)

    def _leaves(self, picture: Picture, sway: float) -> None:
        for index in range(9):
            angle = -90 + (index - 4) * 21 + sway * (1 if index % 2 else -0.6)
            x = 798 + 70 * cos(angle * pi / 180)
            y = 284 + 104 * sin(angle * pi / 180)
            colour = LEAF if index % 2 else LEAF_DARK
            centre, axes = _point(x, y), _point(66, 20)
            cv2.ellipse(picture, centre, axes, angle, 0, 360, colour, cv2.FILLED, cv2.LINE_AA)

    def _card(self, qr_text: str) -> None:
        params = cv2.QRCodeEncoder.Params()
        params.correction_level = cv2.QRCODE_ENCODER_CORRECT_LEVEL_M
        code = np.asarray(cv2.QRCodeEncoder.create(params).encode(qr_text), np.uint8)
        module = 270 * FINER // code.shape[0]
        code = np.kron(code, np.ones((module, module), np.uint8))
        self._fill([(140, 76), (472, 76), (472, 466), (140, 466)], SHADE)
        self._fill([(132, 68), (464, 68), (464, 458), (132, 458)], PAPER)
        top, left = 100 * FINER, 298 * FINER - code.shape[1] // 2
        area = self._still[top : top + code.shape[0], left : left + code.shape[1]]
        area[:] = np.where(code[:, :, None] > 0, PAPER, INK)
        face, size = cv2.FONT_HERSHEY_DUPLEX, 1.1 * FINER
        (width, _), _ = cv2.getTextSize(qr_text, face, size, 2 * FINER)
        place = (298 * FINER - width // 2, 428 * FINER)
        cv2.putText(self._still, qr_text, place, face, size, INK, 2 * FINER, cv2.LINE_AA)

    def _ellipse(self, centre: tuple[float, float], axes: tuple[float, float], c: Colour) -> None:
        middle, half = _point(*centre), _point(*axes)
        cv2.ellipse(self._still, middle, half, 0, 0, 360, c, cv2.FILLED, cv2.LINE_AA)

    def _fill(self, points: Sequence[tuple[float, float]], colour: Colour) -> None:
        cv2.fillPoly(self._still, [_scaled(points)], colour, cv2.LINE_AA)


def _point(x: float, y: float) -> tuple[int, int]:
    return round(x * FINER), round(y * FINER)


def _scaled(points: Sequence[tuple[float, float]]) -> NDArray[np.int32]:
    return np.array([_point(*point) for point in points], np.int32)


def _fade(area: Picture, first: Colour, last: Colour) -> None:
    share = np.linspace(0, 1, area.shape[0])[:, None, None]
    area[:] = ((1 - share) * np.array(first) + share * np.array(last)).astype(np.uint8)
