"""A covered camera, a frozen one and a test card are known from a dim room and a still one."""

from __future__ import annotations

import numpy as np
import pytest

from tests.fakes.footage import (
    HEIGHT,
    WIDTH,
    Sensor,
    bars,
    covered,
    film,
    planes,
    room,
    slide,
)
from worker.eyes.change import Glance, Light, glance
from worker.eyes.condition import (
    COVERED_AFTER,
    FROZEN_AFTER,
    Condition,
    State,
    is_dark,
    is_even,
    is_test_card,
)

SEEN = glance(film(room(1), Sensor(), 1))


def is_covered(light: Light) -> bool:
    return is_even(light) and is_dark(light)


def plain(level: int) -> Glance:
    return glance(planes(np.full((HEIGHT, WIDTH, 3), level, np.uint8)))


def states(condition: Condition, looks: list[tuple[float, Glance]]) -> list[State]:
    return [condition.feed(seen, at) for at, seen in looks]


@pytest.mark.parametrize("noise", [0.5, 6])
@pytest.mark.parametrize("seed", range(8))
def test_knows_a_covered_lens(seed: int, noise: float) -> None:
    seen = glance(film(covered(seed), Sensor(noise=noise, flicker=0.02), seed))
    assert is_covered(seen.light)
    assert not is_test_card(seen.light)


@pytest.mark.parametrize("light", [1.0, 0.35, 0.2])
@pytest.mark.parametrize("seed", range(6))
def test_a_dim_room_is_not_covered(seed: int, light: float) -> None:
    seen = glance(film(room(seed, light=light), Sensor(noise=5), seed))
    assert not is_covered(seen.light)
    assert not is_test_card(seen.light)


@pytest.mark.parametrize("level", [140, 255])
def test_a_bare_wall_is_not_covered(level: int) -> None:
    assert not is_covered(plain(level).light)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turned", [False, True])
def test_knows_colour_bars(turned: bool, mirrored: bool) -> None:
    card = bars(turned=turned)
    shown = np.ascontiguousarray(card[:, ::-1]) if mirrored else card
    assert is_test_card(glance(planes(shown)).light)


@pytest.mark.parametrize("seed", range(6))
def test_a_page_is_no_test_card(seed: int) -> None:
    assert not is_test_card(glance(planes(slide(seed, 4))).light)


@pytest.mark.parametrize("level", [0, 120, 255])
def test_a_flash_of_any_one_colour_is_not_believed(level: int) -> None:
    looks = [(0.0, SEEN), (1.0, plain(level)), (1.4, SEEN)]
    assert states(Condition(), looks) == ["clear", "unsure", "clear"]


def test_a_wall_is_believed_in_the_end() -> None:
    looks = [(0.0, plain(200)), (0.4, plain(200)), (0.8, plain(201))]
    assert states(Condition(), looks) == ["unsure", "unsure", "clear"]


def test_darkness_that_stays_is_believed() -> None:
    condition = Condition()
    condition.feed(plain(0), 10)
    assert condition.feed(plain(1), 10 + COVERED_AFTER) == "covered"
    assert condition.feed(SEEN, 12) == "clear"
    assert condition.feed(plain(0), 13) == "unsure"


def test_a_picture_without_a_sensors_noise_for_ten_seconds_is_frozen() -> None:
    condition = Condition()
    found = states(condition, [(at, SEEN) for at in (0.0, 3, 6, 9, FROZEN_AFTER, 12)])
    assert found == ["clear"] * 4 + ["frozen"] * 2
    assert condition.feed(glance(film(room(1), Sensor(), 2)), 13) == "clear"


def test_two_looks_far_apart_are_not_enough_for_frozen() -> None:
    assert states(Condition(), [(0.0, SEEN), (60.0, SEEN)]) == ["clear", "clear"]


def test_noise_keeps_a_still_room_from_being_frozen() -> None:
    image = room(3)
    looks = [(at * 3.0, glance(film(image, Sensor(noise=0.4), at))) for at in range(6)]
    assert set(states(Condition(), looks)) == {"clear"}
