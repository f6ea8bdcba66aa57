"""Simulcast sends one picture in several sizes: that is no news, but for the small first frames."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from tests.eyes.test_picture import card, planes_of
from tests.fakes.eyes import Rig, virtually, with_rig
from tests.fakes.publications import CAMERA
from tests.fakes.wire import FakeWire
from worker.eyes.adaptive import Adaptive
from worker.eyes.change import Glance, compare, glance
from worker.eyes.pacing import Change
from worker.eyes.planes import Plane
from worker.eyes.reception import WARMUP, Reception

SCENE: Plane = card(1280, 720)


def layer(width: int, height: int, rotation: int = 0) -> Glance:
    """The same scene as one of simulcast's layers shows it."""
    rows = np.arange(height) * SCENE.shape[0] // height
    columns = np.arange(width) * SCENE.shape[1] // width
    return glance(planes_of(SCENE[rows][:, columns]), rotation)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ((1280, 720), (640, 360), Change.SAME),
        ((640, 360), (1280, 720), Change.SAME),
        ((640, 360), (320, 180), Change.SAME),
        ((640, 360), (638, 358), Change.SAME),
        ((320, 180), (640, 360), Change.MUCH),
        ((160, 90), (320, 180), Change.MUCH),
        ((1280, 720), (720, 1280), Change.MUCH),
        ((1280, 720), (960, 720), Change.MUCH),
    ],
)
def test_another_layer_is_the_same_picture_unless_the_last_was_too_small(
    before: tuple[int, int], after: tuple[int, int], change: Change
) -> None:
    assert compare(layer(*before), layer(*after)) is change


def test_a_turned_picture_and_a_screen_of_another_size_are_news() -> None:
    large = layer(1280, 720)
    assert compare(large, layer(1280, 720, 180)) is Change.MUCH
    assert compare(large, layer(640, 360), screen=True) is Change.MUCH


def test_small_frames_are_about_to_grow_at_first_alone() -> None:
    async def body() -> None:
        reception = Reception(FakeWire(), (1280, 720), edge=768, steady=False)
        assert reception.will_grow(320, 180)
        assert not reception.will_grow(640, 360)
        await asyncio.sleep(WARMUP + 0.1)
        assert not reception.will_grow(320, 180)

    virtually(body)


def test_what_is_published_small_does_not_grow() -> None:
    async def body() -> None:
        reception = Reception(FakeWire(), (320, 180), edge=768, steady=False)
        assert not reception.will_grow(320, 180)
        reception.close()

    virtually(body)


def test_a_source_whose_first_frames_are_small_is_looked_at_until_it_has_grown() -> None:
    """In a quiet room, where the next look would be three seconds later."""

    async def body(rig: Rig) -> None:
        publication = rig.room.publish("ann", "a", CAMERA)
        publication.width, publication.height = 1280, 720
        rig.camera.size = (320, 180)
        rig.subscribed(publication)
        await asyncio.sleep(1.5)
        rig.camera.size = (640, 360)
        await asyncio.sleep(1.0)
        assert [vision.width for vision in rig.told] == [320, 640]
        rig.camera.size = (1280, 720)
        await asyncio.sleep(5.0)
        assert len(rig.told) == 2, "the same picture, large enough before"

    with_rig(body, Adaptive)
