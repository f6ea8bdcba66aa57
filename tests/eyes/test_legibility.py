"""What can be read on a screen can be read in the picture of it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.eyes.test_picture import planes_of, seen
from worker.eyes.darkroom import Profile
from worker.eyes.picture import encode
from worker.eyes.planes import Plane

LETTERS = "ABCDEFGHKLMNPRSTUVXYZ2345679"
PITCH, LINE = 14, 20
"""Pixels between two letters and two lines of a 12-pixel font."""
CAPITALS = 9
"""Pixels of height of its capital letters."""


def glyph(letter: str) -> Plane:
    """Draw one letter dark on white, as a screen shows it: (LINE, PITCH)."""
    large = np.full((LINE * 4, PITCH * 4), 255, np.uint8)
    scale = cv2.getFontScaleFromHeight(cv2.FONT_HERSHEY_SIMPLEX, CAPITALS * 4, 5)
    cv2.putText(large, letter, (6, LINE * 3), cv2.FONT_HERSHEY_SIMPLEX, scale, (0,), 5, cv2.LINE_AA)
    return np.asarray(cv2.resize(large, (PITCH, LINE), interpolation=cv2.INTER_AREA), np.uint8)


def screen_of(lines: list[str], width: int, height: int) -> Plane:
    image = np.full((height, width, 3), 255, np.uint8)
    for row, line in enumerate(lines):
        for column, letter in enumerate(line):
            top, left = 40 + LINE * row, 40 + PITCH * column
            image[top : top + LINE, left : left + PITCH] = glyph(letter)[..., None]
    return image


def read_back(picture: Plane, rows: int, columns: int, scale: float) -> list[str]:
    """Recognise every letter as the one it looks most like."""
    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    whole = np.asarray(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC))
    known = {letter: glyph(letter)[2:-2, 2:-2] for letter in LETTERS}

    def best(row: int, column: int) -> str:
        top, left = 40 + LINE * row, 40 + PITCH * column
        cell = whole[top : top + LINE, left : left + PITCH]
        scores = {
            letter: float(cv2.matchTemplate(cell, shape, cv2.TM_CCOEFF_NORMED).max())
            for letter, shape in known.items()
        }
        return max(scores, key=lambda letter: scores[letter])

    return ["".join(best(row, column) for column in range(columns)) for row in range(rows)]


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_twelve_pixel_text_is_read_at_the_screen_profile(size: tuple[int, int]) -> None:
    rng, profile = np.random.default_rng(3), Profile()
    lines = ["".join(rng.choice(list(LETTERS), 60)) for _ in range(10)]
    image = screen_of(lines, *size)
    made = encode(
        planes_of(image), longest=profile.edge("screen"), quality=profile.jpeg_quality("screen")
    )
    read = read_back(seen(made), 10, 60, size[0] / made.width)
    assert read == lines


def test_text_is_lost_at_a_size_that_is_too_small() -> None:
    """The measure itself: at a fifth of the size nobody reads it, and neither does this."""
    lines = ["".join(np.random.default_rng(3).choice(list(LETTERS), 60))]
    made = encode(planes_of(screen_of(lines, 1920, 1080)), longest=384)
    assert read_back(seen(made), 1, 60, 1920 / made.width) != lines


@pytest.mark.parametrize(
    ("size", "module"),
    [((1280, 720), 2), ((1280, 720), 3), ((1920, 1080), 3), ((2560, 1440), 4), ((3840, 2160), 6)],
)
def test_a_small_qr_code_is_read_at_the_screen_profile(size: tuple[int, int], module: int) -> None:
    code = np.asarray(cv2.QRCodeEncoder.create().encode("https://example.com/a/17?b=sightline"))
    width, height = size
    image = np.full((height, width, 3), 200, np.uint8)
    code = np.pad(code, 4, constant_values=255)
    card = np.kron(code, np.ones((module, module), np.uint8))[..., None]
    image[300 : 300 + card.shape[0], 500 : 500 + card.shape[1]] = card
    profile = Profile()
    made = encode(
        planes_of(image), longest=profile.edge("screen"), quality=profile.jpeg_quality("screen")
    )
    larger = cv2.resize(seen(made), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(larger)
    assert text == "https://example.com/a/17?b=sightline"
