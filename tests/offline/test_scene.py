from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from offline.gemini import sight
from offline.scene import STAMP_BITS, Scene, read_stamp

QR_TEXT = "SIGHTLINE-4711"
TIMES = [0.0, 0.001, 1.0, 12.345, 599.999, 7_000.123]


def jpeg(picture: NDArray[np.uint8], size: tuple[int, int], quality: int = 75) -> bytes:
    shrunk = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", shrunk, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def decoded(data: bytes) -> NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture, np.uint8)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(1280, 720, QR_TEXT)


def test_draws_pictures_as_a_camera_gives_them(scene: Scene) -> None:
    picture = scene.frame(0.5)
    assert picture.shape == (720, 1280, 3)
    assert picture.dtype == np.uint8


def test_draws_the_same_picture_for_the_same_time_and_keeps_none(scene: Scene) -> None:
    first = scene.frame(3.0)
    kept = first.copy()
    first[:] = 0
    assert np.array_equal(scene.frame(3.0), kept)


def test_moves(scene: Scene) -> None:
    pictures = [jpeg(scene.frame(t), (768, 432)) for t in (1.0, 1.5)]
    assert sight.look(pictures).moving


@pytest.mark.parametrize("size", [(1280, 720), (768, 432), (640, 360), (320, 180)])
def test_shows_a_code_that_can_be_read_in_every_simulcast_layer(
    scene: Scene, size: tuple[int, int]
) -> None:
    assert all(sight.look([jpeg(scene.frame(t), size)]).qr == (QR_TEXT,) for t in (0.0, 0.7, 2.1))


def test_shows_a_code_that_can_be_read_from_a_layer_shrunk_by_the_worker(scene: Scene) -> None:
    layer = decoded(jpeg(scene.frame(4.2), (640, 360), quality=50))
    assert sight.look([jpeg(layer, (640, 360))]).qr == (QR_TEXT,)


@pytest.mark.parametrize("size", [(1280, 720), (768, 432), (640, 360), (320, 180), (431, 243)])
@pytest.mark.parametrize("t", TIMES)
def test_tells_its_time_to_the_millisecond_in_any_size(
    scene: Scene, size: tuple[int, int], t: float
) -> None:
    picture = decoded(jpeg(scene.frame(t), size))
    assert read_stamp(picture) == round(t * 1000)


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (641, 361), (320, 180), (201, 501)])
def test_tells_its_time_in_any_shape(size: tuple[int, int]) -> None:
    picture = Scene(*size, "").frame(98.765)
    assert read_stamp(picture) == 98_765


def test_starts_its_clock_again_when_the_stamp_is_full(scene: Scene) -> None:
    assert read_stamp(scene.frame((1 << STAMP_BITS) / 1000 + 2)) == 2_000


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((720, 1280, 3), np.uint8),
        np.full((720, 1280, 3), 255, np.uint8),
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((720, 1280), np.uint8),
        np.random.default_rng(1).integers(0, 256, (720, 1280, 3), dtype=np.uint8),
    ],
)
def test_reads_no_time_where_there_is_no_stamp(picture: NDArray[np.uint8]) -> None:
    assert read_stamp(picture) is None


def test_reads_no_time_from_a_mixture_of_two_frames(scene: Scene) -> None:
    torn = scene.frame(1.234)
    torn[:, 640:] = scene.frame(100.0)[:, 640:]
    assert read_stamp(torn) is None


def test_leaves_the_code_out_when_there_is_nothing_to_say() -> None:
    picture = Scene(1280, 720, "").frame(0.0)
    assert sight.look([jpeg(picture, (1280, 720))]).qr == ()


def test_refuses_a_code_that_does_not_fit() -> None:
    with pytest.raises(ValueError, match="too small"):
        Scene(32, 18, QR_TEXT)


def test_costs_a_camera_less_than_four_milliseconds_a_frame(scene: Scene) -> None:
    began = time.thread_time()
    for number in range(30):
        scene.frame(number / 30)
    assert (time.thread_time() - began) / 30 < 0.004
