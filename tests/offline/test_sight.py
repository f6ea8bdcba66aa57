from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from offline.gemini.sight import Seen, look

Colour = tuple[int, int, int]

COLOURS: dict[str, Colour] = {
    "black": (5, 5, 5),
    "white": (250, 250, 250),
    "grey": (128, 128, 128),
    "red": (20, 20, 220),
    "orange": (0, 140, 255),
    "brown": (20, 60, 110),
    "yellow": (30, 230, 250),
    "green": (60, 180, 40),
    "turquoise": (200, 210, 40),
    "blue": (220, 70, 20),
    "purple": (200, 40, 150),
    "pink": (180, 60, 250),
}


def flat(colour: Colour, width: int = 320, height: int = 180) -> NDArray[np.uint8]:
    return np.full((height, width, 3), colour, np.uint8)


def jpeg(picture: NDArray[np.uint8]) -> bytes:
    return cv2.imencode(".jpg", picture)[1].tobytes()


def card(text: str) -> NDArray[np.uint8]:
    code = np.asarray(cv2.QRCodeEncoder.create().encode(text), np.uint8)
    grown = np.kron(code, np.ones((6, 6), np.uint8))
    bordered = cv2.copyMakeBorder(grown, 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=(255,))
    return np.asarray(cv2.cvtColor(bordered, cv2.COLOR_GRAY2BGR), np.uint8)


@pytest.mark.parametrize(("name", "colour"), COLOURS.items())
def test_names_a_colour_as_people_do(name: str, colour: Colour) -> None:
    assert look([jpeg(flat(colour))]).colours == (name,)


def test_names_the_largest_colour_first_and_leaves_specks_out() -> None:
    picture = flat(COLOURS["blue"])
    picture[:, 200:] = COLOURS["yellow"]
    picture[:20, :20] = COLOURS["red"]
    assert look([jpeg(picture)]).colours == ("blue", "yellow")


@pytest.mark.parametrize(
    ("level", "light"), [(0, "dark"), (30, "dark"), (80, "dim"), (140, "bright"), (255, "bright")]
)
def test_tells_how_light_it_is(level: int, light: str) -> None:
    seen = look([jpeg(flat((level, level, level)))])
    assert seen.light == light
    assert abs(seen.brightness - level) <= 1


@pytest.mark.parametrize(
    ("width", "height", "orientation"),
    [(320, 180, "wide"), (180, 320, "tall"), (64, 64, "square"), (1, 1, "square"), (3, 1, "wide")],
)
def test_tells_size_and_shape(width: int, height: int, orientation: str) -> None:
    seen = look([jpeg(flat((90, 90, 90), width, height))])
    assert (seen.width, seen.height, seen.orientation) == (width, height, orientation)


def test_sees_movement_between_the_last_pictures() -> None:
    before, after = flat(COLOURS["green"]), flat(COLOURS["green"])
    before[50:90, 50:90] = after[60:100, 120:160] = COLOURS["red"]
    assert look([jpeg(before), jpeg(after)]).moving
    assert not look([jpeg(after)]).moving


def test_takes_noise_and_a_change_of_size_for_no_movement() -> None:
    noise = np.random.default_rng(1).normal(0, 6, (180, 320, 3))
    noisy = np.clip(flat(COLOURS["green"]) + noise, 0, 255).astype(np.uint8)
    pictures = [flat(COLOURS["green"]), noisy, flat(COLOURS["green"], 640, 360)]
    assert not look([jpeg(picture) for picture in pictures]).moving


def test_forgets_movement_of_long_ago() -> None:
    blue, red = jpeg(flat(COLOURS["blue"])), jpeg(flat(COLOURS["red"]))
    assert not look([blue, red, red, red]).moving


@pytest.mark.parametrize(
    "text", ["7", "SIGHTLINE-4711", "https://x.org/a?b=C", "Grüße, 東京", "a b"]
)
def test_reads_a_code_letter_by_letter(text: str) -> None:
    seen = look([jpeg(card(text))])
    assert seen.qr == (text,)
    assert f'"{text}"' in seen.sentence()


def test_reads_every_code_in_the_newest_picture_once() -> None:
    left, right = card("left"), card("right")
    picture = np.hstack([left, cv2.resize(right, left.shape[1::-1])])
    old = jpeg(card("old"))
    assert sorted(look([old, jpeg(picture)]).qr) == ["left", "right"]


@pytest.mark.parametrize(
    "jpegs",
    [
        [],
        [b""],
        [b"no picture"],
        [b"\xff\xd8\xff\xe0"],
        [jpeg(flat((9, 9, 9)))[:100], b"\0" * 5_000],
    ],
)
def test_sees_nothing_in_what_is_no_picture(jpegs: list[bytes]) -> None:
    seen = look(jpegs)
    assert seen == Seen()
    assert seen.sentence().startswith("I see nothing")


def test_passes_over_a_picture_that_is_broken() -> None:
    good = jpeg(flat(COLOURS["pink"]))
    assert look([good, b"broken"]).colours == ("pink",)


def test_reads_like_speech() -> None:
    seen = Seen(
        width=768,
        height=432,
        brightness=130,
        light="bright",
        colours=("green", "blue", "red"),
        moving=True,
        qr=("A-1",),
    )
    assert seen.sentence() == (
        "I see a bright, wide picture of 768 by 432 pixels. The main colours are green, blue and "
        'red. Something is moving. There is a QR code that says "A-1".'
    )


def test_names_a_single_colour_in_the_singular() -> None:
    seen = Seen(width=4, height=4, colours=("grey",))
    assert "The main colour is grey. Nothing is moving." in seen.sentence()
