"""Bad frames, one test an item of the list (18 to 28); each at the level where it comes in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from livekit import rtc

from tests.eyes.test_picture import TYPES, card, corners, frame_of, planes_of, seen
from tests.fakes.eyes import Rig, with_rig
from worker.errors import PictureError
from worker.eyes.change import compare, glance
from worker.eyes.condition import Condition
from worker.eyes.frames import read_planes
from worker.eyes.pacing import Change
from worker.eyes.picture import encode
from worker.eyes.planes import Plane, Planes


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (2, 2), (0, 48), (7, 7)])
def test_18_to_20_frames_of_no_size_are_refused_one_by_one(size: tuple[int, int]) -> None:
    frame = rtc.VideoFrame(*size, TYPES.I420, bytes(4 * (size[0] + 1) * (size[1] + 1)))
    with pytest.raises(PictureError):
        encode(read_planes(frame))


@pytest.mark.parametrize("size", [(641, 361), (1279, 719), (639, 479), (15, 9)])
def test_21_odd_sizes_keep_colours_and_straight_edges(size: tuple[int, int]) -> None:
    picture = seen(encode(read_planes(frame_of(card(*size), TYPES.I420))))
    bright = picture[: picture.shape[0] // 2, :, 1] > 127
    assert corners(picture) == corners(card(*size))
    assert np.ptp(bright.argmax(axis=1)) <= 1


@pytest.mark.parametrize("size", [(4000, 2), (2, 4000), (4000, 6)])
def test_22_the_frame_after_one_that_is_too_thin_is_sent(size: tuple[int, int]) -> None:
    async def body(rig: Rig) -> None:
        rig.camera.size = size
        rig.publish()
        await asyncio.sleep(1.5)
        assert rig.sent == []
        rig.camera.size = (64, 48)
        await asyncio.sleep(1.5)
        assert rig.sent
        assert rig.sight.counts.skipped

    with_rig(body)


@pytest.mark.parametrize("size", [(3840, 2160), (7680, 4320)])
def test_23_huge_frames_are_shrunk_before_anything_else(size: tuple[int, int]) -> None:
    """Of the thread's time; that the loop does not feel it is in test_sight_real."""
    width, height = size
    y = np.full((height, width), 128, np.uint8)
    planes = Planes(y=y, u=y[: height // 2, : width // 2], v=y[: height // 2, : width // 2])
    spent = []
    for _ in range(3):
        began = time.thread_time()
        picture = encode(planes)
        spent.append(time.thread_time() - began)
    assert max(picture.width, picture.height) <= 768
    assert min(spent) < 0.040, "twice the bound, for slow machines"


def test_24_every_frame_is_turned_by_its_own_rotation() -> None:
    upright = card(640, 360)
    for turns in (0, 1, 2, 3, 1, 0):
        sent = np.ascontiguousarray(np.rot90(upright, turns))
        planes = read_planes(frame_of(sent, TYPES.I420))
        assert corners(seen(encode(planes, rotation=90 * turns))) == corners(upright)


def test_25_a_size_that_changes_every_second_is_followed_without_a_stale_frame() -> None:
    async def body(rig: Rig) -> None:
        rig.publish()
        for width in (64, 80, 96, 64, 128, 80):
            rig.camera.size = (width, 48)
            await asyncio.sleep(1.0)
            assert rig.told[-1].width == width
        assert rig.camera.opened == rig.camera.closed

    with_rig(body)


@pytest.mark.parametrize("kind", TYPES.keys())
def test_26_every_buffer_type_is_converted(kind: str) -> None:
    planes = read_planes(frame_of(card(641, 361), TYPES.Value(kind)))
    assert corners(seen(encode(planes))) == corners(card(641, 361))


def noisy(image: Plane, seed: int) -> Planes:
    noise = np.random.default_rng(seed).normal(0, 3, image.shape)
    return planes_of(np.clip(image + noise, 0, 255).astype(np.uint8))


def scenery() -> Plane:
    return np.asarray(cv2.GaussianBlur(card(1280, 720), (31, 31), 0) // 2 + 40, np.uint8)


@pytest.mark.parametrize(
    ("name", "state"),
    [("black", "covered"), ("frozen", "frozen"), ("noise", "clear"), ("flash", "clear")],
)
def test_27_black_and_frozen_pictures_are_known_and_noise_is_not_news(
    name: str, state: str
) -> None:
    condition, white = Condition(), np.full_like(scenery(), 255)
    pictures: dict[str, Callable[[int], Planes]] = {
        "black": lambda _: planes_of(np.zeros((720, 1280, 3), np.uint8)),
        "frozen": lambda _: planes_of(scenery()),
        "noise": lambda second: noisy(scenery(), second),
        "flash": lambda second: noisy(white if second == 5 else scenery(), second),
    }
    glances = [glance(pictures[name](second), 0) for second in range(15)]
    states = [condition.feed(each, float(second)) for second, each in enumerate(glances)]
    assert states[-1] == state
    if name == "noise":
        changes = [compare(glances[0], each, screen=False) for each in glances[1:]]
        assert set(changes) <= {Change.SAME}


@pytest.mark.parametrize("fps", [60.0, 7.0, 1.0])
@pytest.mark.parametrize("delay", [0.0, 900.0, -900.0])
def test_28_frames_are_timed_by_their_arrival(fps: float, delay: float) -> None:
    """Whatever the rate, and whatever their stamps say, backwards in time included."""

    async def body(rig: Rig) -> None:
        rig.camera.fps = fps
        rig.camera.delay = delay
        rig.publish()
        await asyncio.sleep(2)
        rig.camera.delay = delay + 30.0
        await asyncio.sleep(8.5)
        assert len(rig.sent) in range(4, 13), "neither blind nor in bursts"

    with_rig(body)


def test_28_bursts_are_not_passed_on() -> None:
    """A line that stutters: nothing for two seconds, then a tenth of a second of frames."""

    async def body(rig: Rig) -> None:
        rig.publish()
        for _ in range(5):
            rig.camera.moving.clear()
            await asyncio.sleep(1.9)
            rig.camera.moving.set()
            await asyncio.sleep(0.1)
        times = [at for at, _ in rig.sent]
        assert len(times) in range(4, 7)
        assert min(np.diff(times)) >= 0.9

    with_rig(body)
