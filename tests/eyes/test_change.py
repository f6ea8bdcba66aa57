"""What is new is told from what a camera, a lamp and a hand do to a picture that is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from tests.fakes.footage import (
    WIDTH,
    Image,
    Pose,
    Sensor,
    film,
    moved,
    panned,
    planes,
    room,
    slide,
    with_person,
)
from worker.errors import PictureError
from worker.eyes.change import Glance, compare, glance
from worker.eyes.pacing import Change
from worker.eyes.planes import Planes

SAME, SLIGHT, MUCH = Change.SAME, Change.SLIGHT, Change.MUCH
ROOMS = 4
"""Rooms of each kind here; tests/bench/changes.py takes 100, for docs/eyes.md."""

Pair = Callable[[int, np.random.Generator], tuple[Planes, Planes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Pairs of pictures, and what they are to be taken for."""

    pair: Pair
    least: Change = SAME
    most: Change = MUCH
    screen: bool = False


def person(rng: np.random.Generator) -> Pose:
    return Pose(x=rng.uniform(0.35, 0.65), y=rng.uniform(0.35, 0.5), size=rng.uniform(0.14, 0.26))


def occupied(seed: int, rng: np.random.Generator) -> Image:
    """A room, in two of three cases with somebody in it."""
    return with_person(room(seed), Pose(there=seed % 3 > 0) if seed % 3 == 0 else person(rng), seed)


def still(before: Sensor, after: Callable[[np.random.Generator], Sensor]) -> Kind:
    """The same thing filmed twice."""

    def pair(seed: int, rng: np.random.Generator) -> tuple[Planes, Planes]:
        image = occupied(seed, rng)
        return film(image, before, seed), film(image, after(rng), seed + 999)

    return Kind(pair=pair, most=SAME)


def shown(
    scenes: Callable[[int, np.random.Generator], tuple[Image, Image]],
    least: Change,
    most: Change = MUCH,
) -> Kind:
    """Two things filmed by an ordinary camera."""
    sensor = Sensor(noise=3, quality=50)

    def pair(seed: int, rng: np.random.Generator) -> tuple[Planes, Planes]:
        first, second = scenes(seed, rng)
        return film(first, sensor, seed), film(second, sensor, seed + 999)

    return Kind(pair=pair, least=least, most=most)


def acting(act: Callable[[Pose, np.random.Generator], Pose]) -> Callable[..., tuple[Image, Image]]:
    def scenes(seed: int, rng: np.random.Generator) -> tuple[Image, Image]:
        before, background = person(rng), room(seed)
        after = act(before, rng)
        return with_person(background, before, seed), with_person(background, after, seed)

    return scenes


def sway(low: float, high: float) -> Callable[[Pose, np.random.Generator], Pose]:
    def act(pose: Pose, rng: np.random.Generator) -> Pose:
        by = rng.uniform(low, high) * rng.choice([-1, 1])
        return moved(pose, x=by, y=by * rng.uniform(-0.5, 0.5), mouth=rng.uniform(0, 0.3))

    return act


def raise_hand(pose: Pose, rng: np.random.Generator) -> Pose:
    hand = (float(rng.choice([0.2, 0.8])), rng.uniform(0.4, 0.7))
    return Pose(x=pose.x, y=pose.y, size=pose.size, hand=hand)


def hold_up(pose: Pose, rng: np.random.Generator) -> Pose:
    held = (rng.uniform(0.2, 0.4), rng.uniform(0.35, 0.6))
    return Pose(x=pose.x, y=pose.y, size=pose.size, held=held)


def pan(share: float) -> Callable[[int, np.random.Generator], tuple[Image, Image]]:
    def scenes(seed: int, rng: np.random.Generator) -> tuple[Image, Image]:
        image = occupied(seed, rng)
        return image, panned(image, share * WIDTH, 0)

    return scenes


def pages(
    before: Callable[[int], tuple[int, int]], after: Callable[[int], tuple[int, int]]
) -> Kind:
    def pair(seed: int, _: np.random.Generator) -> tuple[Planes, Planes]:
        return planes(slide(*before(seed))), planes(slide(*after(seed)))

    return Kind(pair=pair, least=MUCH, screen=True)


def all_errors(rng: np.random.Generator) -> Sensor:
    return Sensor(
        noise=4, quality=30, exposure=rng.uniform(0.93, 1.08), flicker=0.02, shake=(1.0, -1.0)
    )


KINDS: dict[str, Kind] = {
    "sensor noise": still(Sensor(noise=2), lambda _: Sensor(noise=2)),
    "a dim room's noise": still(Sensor(noise=7), lambda _: Sensor(noise=7)),
    "a coder's losses": still(Sensor(quality=25), lambda _: Sensor(quality=20)),
    "auto-exposure": still(Sensor(), lambda rng: Sensor(exposure=rng.uniform(0.88, 1.14))),
    "mains flicker": still(Sensor(flicker=0.04), lambda _: Sensor(flicker=0.04)),
    "a shaking hand": still(
        Sensor(), lambda rng: Sensor(shake=(rng.uniform(-2, 2), rng.uniform(-2, 2)))
    ),
    "all of it": still(Sensor(noise=4, quality=40), all_errors),
    "somebody listens": shown(acting(sway(0.002, 0.02)), SAME, SLIGHT),
    "somebody talks": shown(acting(sway(0.012, 0.03)), SLIGHT),
    "a hand is raised": shown(acting(raise_hand), SLIGHT),
    "a slow pan, 0.5 %": shown(pan(0.005), SLIGHT, SLIGHT),
    "a slow pan, 5 %": shown(pan(0.05), MUCH),
    "something is held up": shown(acting(hold_up), MUCH),
    "somebody comes": shown(lambda s, rng: (room(s), with_person(room(s), person(rng), s)), MUCH),
    "another room": shown(lambda s, _: (room(s), room(s + 500)), MUCH),
    "a lamp goes out": shown(
        lambda s, rng: (occupied(s, rng), np.asarray(room(s) * 0.45, np.float32)), MUCH
    ),
    "the next slide": pages(lambda s: (s, 5), lambda s: (s + 100, 5)),
    "a line more on a slide": pages(lambda s: (s, 3), lambda s: (s, 4)),
}


def verdicts(name: str, rooms: int) -> list[Change]:
    """Return what each pair of a kind is taken for."""
    rng, kind = np.random.default_rng(sum(map(ord, name))), KINDS[name]
    pairs = (kind.pair(seed, rng) for seed in range(rooms))
    return [compare(glance(a), glance(b), screen=kind.screen) for a, b in pairs]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", KINDS)
def test_takes_pictures_for_what_they_are(name: str) -> None:
    kind, found = KINDS[name], verdicts(name, ROOMS)
    wrong = [change for change in found if not kind.least <= change <= kind.most]
    assert len(wrong) <= (0 if kind.most is SAME else 1)


def test_the_first_picture_is_news() -> None:
    assert compare(None, glance(planes(slide(1, 1)))) is MUCH


def test_a_picture_is_the_same_as_itself() -> None:
    page = glance(planes(slide(1, 1)))
    assert compare(page, page) is SAME


@pytest.mark.parametrize("size", [(8, 8), (17, 641), (3840, 2160)])
def test_takes_pictures_of_any_size(size: tuple[int, int]) -> None:
    width, height = size
    chroma = np.full((-(-height // 2), -(-width // 2)), 128, np.uint8)
    seen = glance(Planes(y=np.full((height, width), 50, np.uint8), u=chroma, v=chroma))
    assert seen.light.shape == (36, 64)
    assert np.all(seen.light == 50)
    assert isinstance(seen, Glance)


def test_what_is_too_thin_is_refused() -> None:
    thin = np.full((7, 640), 50, np.uint8)
    with pytest.raises(PictureError, match="640x7"):
        glance(Planes(y=thin, u=thin, v=thin))
