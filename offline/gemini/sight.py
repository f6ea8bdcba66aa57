"""What is in the pictures: size, light, colours, movement and QR codes, with OpenCV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

DARK, DIM = 50, 100
"""Mean brightness, 0..255, below which a picture is called dark or dim."""

MAIN = 0.06
"""Share of the picture that a colour must fill to be named."""

MOST_COLOURS = 4

MOVED = 0.006
"""Share of the thumbnail's pixels that must change for movement."""

MOVED_LEVEL = 24
"""Levels by which a pixel must change to count: above the noise of a camera and of JPEG."""

THUMBNAIL = (96, 54)

HUES = (
    (7, "red"),
    (20, "orange"),
    (34, "yellow"),
    (82, "green"),
    (98, "turquoise"),
    (132, "blue"),
    (150, "purple"),
    (170, "pink"),
    (181, "red"),
)
"""Upper ends of OpenCV's hues (0..179) under the names people use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the newest picture shows, and what changed on the way to it."""

    width: int = 0
    """Pixels; 0 when there was no picture that could be read."""

    height: int = 0
    brightness: int = 0
    """Mean of the picture's light, 0..255."""

    light: str = "dark"
    """dark, dim or bright."""

    colours: tuple[str, ...] = ()
    """Names of the main colours, largest share first."""

    moving: bool = False
    """The newest pictures differ by more than noise."""

    qr: tuple[str, ...] = ()
    """Texts of the QR codes in the newest picture."""

    @property
    def orientation(self) -> str:
        """wide, tall or square."""
        if self.width == self.height:
            return "square"
        return "wide" if self.width > self.height else "tall"

    def sentence(self) -> str:
        """Return it as speech; the text of each QR code stands in it letter for letter."""
        if not self.width:
            return "I see nothing: no picture that I can read has reached me."
        size = f"{self.width} by {self.height} pixels"
        parts = [f"I see a {self.light}, {self.orientation} picture of {size}."]
        if self.colours:
            parts.append(f"The main colours are {_listed(self.colours)}.")
        parts.append("Something is moving." if self.moving else "Nothing is moving.")
        parts += [f'There is a QR code that says "{text}".' for text in self.qr]
        return " ".join(parts)


def look(jpegs: Sequence[bytes]) -> Seen:
    """Return what `jpegs` (newest last) show; unreadable ones are passed over. Blocking."""
    pictures = [picture for picture in map(_decode, jpegs[-3:]) if picture is not None]
    if not pictures:
        return Seen()
    newest = pictures[-1]
    brightness = round(float(cv2.cvtColor(newest, cv2.COLOR_BGR2GRAY).mean()))
    return Seen(
        width=newest.shape[1],
        height=newest.shape[0],
        brightness=brightness,
        light="dark" if brightness < DARK else "dim" if brightness < DIM else "bright",
        colours=_colours(newest),
        moving=_moving(pictures),
        qr=_codes(newest),
    )


def _decode(jpeg: bytes) -> Picture | None:
    try:
        picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    return None if picture is None else np.asarray(picture, np.uint8)


def _colours(picture: Picture) -> tuple[str, ...]:
    small = cv2.resize(picture, THUMBNAIL, interpolation=cv2.INTER_AREA)
    pixels = cv2.cvtColor(small, cv2.COLOR_BGR2HSV).reshape(-1, 3).astype(int)
    counts: dict[str, int] = {}
    for hue, saturation, value in pixels.tolist():
        name = _name(hue, saturation, value)
        counts[name] = counts.get(name, 0) + 1
    ranked = sorted(counts, key=lambda name: -counts[name])
    return tuple(name for name in ranked if counts[name] >= MAIN * len(pixels))[:MOST_COLOURS]


def _name(hue: int, saturation: int, value: int) -> str:
    if value < 45:
        return "black"
    if saturation < 45:
        return "white" if value > 190 else "grey"
    name = next(name for end, name in HUES if hue < end)
    return "brown" if name == "orange" and value < 150 else name


def _moving(pictures: Sequence[Picture]) -> bool:
    small = [
        cv2.cvtColor(
            cv2.resize(picture, THUMBNAIL, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY
        )
        for picture in pictures
    ]
    return any(
        float((cv2.absdiff(before, after) > MOVED_LEVEL).mean()) > MOVED
        for before, after in zip(small, small[1:], strict=False)
    )


def _codes(picture: Picture) -> tuple[str, ...]:
    try:
        _, texts, _, _ = cv2.QRCodeDetector().detectAndDecodeMulti(picture)
    except (cv2.error, UnicodeError):
        return ()
    return tuple(text for text in texts if text)


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
