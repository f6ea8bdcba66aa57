"""The stand-in reads a card of large capitals, and takes nothing else for one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from offline.gemini.lettering import read
from offline.gemini.sight import look
from offline.scene import Scene


def card(*lines: str, scale: float = 1.5, quality: int = 90) -> NDArray[np.uint8]:
    picture = np.zeros((60 + 70 * len(lines), 640, 3), np.uint8)
    for number, line in enumerate(lines):
        at = 20, 70 + 70 * number
        cv2.putText(picture, line, at, cv2.FONT_HERSHEY_SIMPLEX, scale, (255,) * 3, 2)
    _, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)


@pytest.mark.parametrize("quality", [95, 60])
@pytest.mark.parametrize("line", ["THE QUICK BROWN FOX", "JUMPS OVER 13 LAZY", "DOGS 24567890"])
def test_reads_capitals_and_digits(line: str, quality: int) -> None:
    assert read(card(line, quality=quality)) == (line,)


def test_reads_line_after_line() -> None:
    assert read(card("CAMERA OFF", "SINCE NOON")) == ("CAMERA OFF", "SINCE NOON")


@pytest.mark.parametrize("level", [0, 90, 255])
def test_a_plain_picture_says_nothing(level: int) -> None:
    assert read(np.full((288, 512, 3), level, np.uint8)) == ()


def test_a_scene_says_nothing() -> None:
    assert read(Scene(640, 360, "a code").frame(1.0)) == ()


def test_what_a_card_says_is_what_is_seen() -> None:
    jpeg = cv2.imencode(".jpg", card("CAMERA OFF"))[1].tobytes()
    assert look([jpeg]).sentence() == 'I see a card that says "CAMERA OFF".'
