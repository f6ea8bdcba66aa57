"""What is in the pictures: size, light, colours, movement and QR codes, with OpenCV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from offline.gemini.lettering import read

Picture = NDArray[np.uint8]

DARK, DIM = 50, 100
"""Mean brightness, 0..255, below which a picture is called dark or dim."""

MAIN = 0.04
"""Share of the picture that a colour must fill to be named."""

MOST_COLOURS = 5

MOVED = 0.006
"""Share of the thumbnail's pixels that must change for movement."""

MOVED_LEVEL = 24
"""Levels by which a pixel must change to count: above the noise of a camera and of JPEG."""

THUMBNAIL = (96, 54)

NAMES = (
    *("black", "white", "grey", "brown"),
    *("red", "orange", "yellow", "green", "turquoise", "blue", "purple", "pink", "red"),
)
"""Names that people use for colours; those of `HUES` begin with red."""

HUES = (7, 20, 34, 82, 98, 132, 150, 170)
"""Upper ends of OpenCV's hues (0..179) of the names from red to pink; red again above."""

BLACK, FAINT, WHITE, BROWN = 45, 45, 190, 150
"""Values below which a colour is black, saturations below which it has no hue, values above which
that is white, and values below which orange is brown; each 0..255."""


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

    lettering: tuple[str, ...] = ()
    """Lines of large capitals, where the newest picture is a card of words."""

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
        if self.lettering:
            return f'I see a card that says "{", ".join(self.lettering)}".'
        size = f"{self.width} by {self.height} pixels"
        parts = [f"I see a {self.light}, {self.orientation} picture of {size}."]
        if self.colours:
            named = "colour is" if len(self.colours) == 1 else "colours are"
            parts.append(f"The main {named} {_listed(self.colours)}.")
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
        lettering=read(newest),
    )


def _decode(jpeg: bytes) -> Picture | None:
    try:
        picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    return None if picture is None else np.asarray(picture, np.uint8)


def _colours(picture: Picture) -> tuple[str, ...]:
    # Single pixels: a mean of neighbours would call a chessboard grey.
    small = cv2.resize(picture, THUMBNAIL, interpolation=cv2.INTER_NEAREST)
    hue, saturation, value = cv2.split(cv2.cvtColor(small, cv2.COLOR_BGR2HSV))
    index = np.searchsorted(HUES, hue, side="right") + NAMES.index("red")
    index[(index == NAMES.index("orange")) & (value < BROWN)] = NAMES.index("brown")
    faint = saturation < FAINT
    index[faint] = np.where(value > WHITE, NAMES.index("white"), NAMES.index("grey"))[faint]
    index[value < BLACK] = NAMES.index("black")
    shares = dict.fromkeys(NAMES, 0.0)
    for place, name in enumerate(NAMES):
        shares[name] += float((index == place).mean())
    ranked = sorted(shares, key=lambda name: -shares[name])
    return tuple(name for name in ranked if shares[name] >= MAIN)[:MOST_COLOURS]


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
    """Read the QR codes; the newer detector is the faster, the older one finds smaller codes."""
    try:
        _, texts, _, _ = cv2.QRCodeDetectorAruco().detectAndDecodeMulti(picture)
        if not any(texts):
            texts = (cv2.QRCodeDetector().detectAndDecode(picture)[0],)
    except (cv2.error, UnicodeError):
        return ()
    return tuple(dict.fromkeys(text for text in texts if text))


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
