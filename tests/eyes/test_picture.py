"""Frames of every size, type and turn become upright pictures of the right colours, or an error."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import cv2
import numpy as np
import pytest
from livekit import rtc
from numpy.typing import NDArray

from worker.errors import PictureError
from worker.eyes.frames import read_planes
from worker.eyes.picture import Picture, Region, encode
from worker.eyes.planes import Plane, Planes

BLUE, GREEN, RED, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
TYPES = rtc.VideoBufferType


def card(width: int, height: int) -> Plane:
    """Four quarters: blue, green, red, white from top left, row by row (BGR)."""
    image = np.zeros((height, width, 3), np.uint8)
    down, across = height // 2, width // 2
    image[:down, :across], image[:down, across:] = BLUE, GREEN
    image[down:, :across], image[down:, across:] = RED, WHITE
    return image


def planes_of(image: Plane, across: int = 2, down: int = 2) -> Planes:
    """Make planes the slow and plain way: every pixel in 4:4:4, then averaged chroma."""
    blue, green, red = (image[..., channel].astype(float) for channel in range(3))
    y = 16 + 0.257 * red + 0.504 * green + 0.098 * blue
    u = 128 - 0.148 * red - 0.291 * green + 0.439 * blue
    v = 128 + 0.439 * red - 0.368 * green - 0.071 * blue
    u, v = (plane[::down, ::across] for plane in (u, v))
    return Planes(y=to_bytes(y), u=to_bytes(u), v=to_bytes(v))


def to_bytes(plane: NDArray[np.float64]) -> Plane:
    return np.ascontiguousarray(np.clip(np.rint(plane), 0, 255).astype(np.uint8))


def seen(picture: Picture) -> Plane:
    image = cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    assert image.shape == (picture.height, picture.width, 3)
    return np.asarray(image, np.uint8)


def corners(image: Plane) -> list[tuple[int, ...]]:
    """The colours in the middle of the four quarters, each channel rounded to 0 or 255."""
    height, width = image.shape[:2]
    points = [(1, 1), (1, 3), (3, 1), (3, 3)]
    return [
        tuple(255 * (int(value) > 127) for value in image[height * down // 4, width * across // 4])
        for down, across in points
    ]


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        (640, 360, (640, 360)),
        (641, 361, (641, 361)),
        (1279, 719, (638, 358)),
        (1280, 720, (640, 360)),
        (720, 1280, (360, 640)),
        (1920, 1080, (640, 360)),
        (1024, 1024, (768, 768)),
        (800, 600, (768, 576)),
        (767, 769, (766, 768)),
        (3840, 2160, (768, 432)),
        (16, 16, (16, 16)),
        (9, 700, (9, 700)),
    ],
)
def test_shrinks_but_never_grows_and_keeps_the_colours(
    width: int, height: int, size: tuple[int, int]
) -> None:
    image = seen(encode(planes_of(card(width, height))))
    assert (image.shape[1], image.shape[0]) == size
    assert corners(image) == [BLUE, GREEN, RED, WHITE]


@pytest.mark.parametrize(("width", "height"), [(641, 361), (1279, 719), (1921, 1083), (639, 480)])
def test_odd_sizes_are_not_sheared(width: int, height: int) -> None:
    """A straight upright edge stays straight: the same column in every row."""
    image = np.zeros((height, width, 3), np.uint8)
    image[:, width // 2 :] = WHITE
    bright = seen(encode(planes_of(image)))[..., 1] > 127
    assert np.ptp(bright.argmax(axis=1)) <= 1
    assert abs(int(bright[0].argmax()) - bright.shape[1] // 2) <= 2


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [
        (0, [BLUE, GREEN, RED, WHITE]),
        (90, [RED, BLUE, WHITE, GREEN]),
        (180, [WHITE, RED, GREEN, BLUE]),
        (270, [GREEN, WHITE, BLUE, RED]),
    ],
)
def test_turns_upright(rotation: int, expected: list[tuple[int, ...]]) -> None:
    picture = encode(planes_of(card(1279, 719)), rotation=rotation)
    assert corners(seen(picture)) == expected
    assert (picture.width > picture.height) == (rotation in (0, 180))


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize(("left", "top"), [(0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)])
def test_a_region_is_named_in_the_upright_picture(rotation: int, left: float, top: float) -> None:
    planes = planes_of(card(1282, 718))
    region = Region(left=left, top=top, right=left + 0.5, bottom=top + 0.5)
    whole = corners(seen(encode(planes, rotation=rotation)))
    part = corners(seen(encode(planes, rotation=rotation, region=region)))
    assert set(part) == {whole[int(top * 4) + int(left * 2)]}


def test_a_region_keeps_its_full_resolution() -> None:
    region = Region(left=0.25, top=0.25, right=0.5, bottom=0.5)
    picture = encode(planes_of(card(1920, 1080)), region=region)
    assert (picture.width, picture.height) == (480, 270)


@pytest.mark.parametrize(
    "corner",
    [(0.5, 0, 0.5, 1), (0, 0.6, 1, 0.4), (-0.1, 0, 1, 1), (0, 0, 1.1, 1), (0, 0, 1, np.nan)],
)
def test_refuses_a_region_that_is_none(corner: tuple[float, float, float, float]) -> None:
    left, top, right, bottom = corner
    with pytest.raises(PictureError, match="region"):
        Region(left=left, top=top, right=right, bottom=bottom)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (4000, 2), (2, 4000), (7, 700), (640, 4)])
def test_refuses_a_picture_too_thin_to_show_anything(size: tuple[int, int]) -> None:
    with pytest.raises(PictureError, match="thin"):
        encode(planes_of(card(*size)))


@pytest.mark.parametrize("longest", [768, 1536])
def test_8k_takes_no_longer_than_a_frame_may(longest: int) -> None:
    y = np.full((4320, 7680), 128, np.uint8)
    planes = Planes(y=y, u=y[:2160, :3840], v=y[:2160, :3840])
    spent = []
    for _ in range(3):
        start = time.thread_time()
        picture = encode(planes, longest=longest)
        spent.append(time.thread_time() - start)
    assert max(picture.width, picture.height) <= longest
    assert min(spent) < 0.040, "twice what it may take, for slow machines"


def test_rows_may_have_gaps() -> None:
    planes = planes_of(card(640, 360))
    wide = Planes(y=padded(planes.y), u=padded(planes.u), v=padded(planes.v))
    assert encode(wide).jpeg == encode(planes).jpeg


def padded(plane: Plane) -> Plane:
    return np.pad(plane, ((0, 3), (5, 27)))[: plane.shape[0], 5 : 5 + plane.shape[1]]


def blank(y: tuple[int, ...], u: tuple[int, ...], v: tuple[int, ...]) -> Planes:
    """Planes of these shapes that take no memory."""
    y_plane, u_plane, v_plane = (np.broadcast_to(np.uint8(0), shape) for shape in (y, u, v))
    return Planes(y=y_plane, u=u_plane, v=v_plane)


@pytest.mark.parametrize(
    "planes",
    [
        pytest.param(blank((0, 0), (0, 0), (0, 0)), id="empty"),
        pytest.param(blank((64, 64), (31, 32), (31, 32)), id="short chroma"),
        pytest.param(blank((64, 64), (32, 32), (32, 31)), id="unlike chroma"),
        pytest.param(blank((64,), (32,), (32,)), id="flat"),
        pytest.param(blank((9000, 9000), (4500, 4500), (4500, 4500)), id="too large"),
    ],
)
def test_refuses_planes_that_make_no_frame(planes: Planes) -> None:
    with pytest.raises(PictureError):
        encode(planes)


@pytest.mark.parametrize(
    ("rotation", "longest", "quality"),
    [(45, 768, 75), (0, 0, 75), (0, -1, 75), (0, 768, 0), (0, 768, 101)],
)
def test_refuses_settings_out_of_range(rotation: int, longest: int, quality: int) -> None:
    with pytest.raises(PictureError):
        encode(planes_of(card(64, 64)), rotation=rotation, longest=longest, quality=quality)


def test_quality_is_paid_in_bytes() -> None:
    planes = planes_of(np.random.default_rng(1).integers(0, 255, (360, 640, 3), np.uint8))
    assert len(encode(planes, quality=30).jpeg) < len(encode(planes, quality=90).jpeg) / 2


def frame_of(image: Plane, kind: int) -> rtc.VideoFrame:
    """Lay the picture out as one of livekit's buffer types."""
    height, width = image.shape[:2]
    return rtc.VideoFrame(width, height, TYPES.ValueType(kind), bytes(laid_out(image, kind)))


def laid_out(image: Plane, kind: int) -> bytes:
    alpha = np.full(image.shape[:2], 255, np.uint8)
    blue, green, red = (image[..., channel] for channel in range(3))
    packed = {
        TYPES.RGBA: (red, green, blue, alpha),
        TYPES.ABGR: (alpha, blue, green, red),
        TYPES.ARGB: (alpha, red, green, blue),
        TYPES.BGRA: (blue, green, red, alpha),
        TYPES.RGB24: (red, green, blue),
    }
    if kind in packed:
        return np.dstack(packed[TYPES.ValueType(kind)]).tobytes()
    across, down = {TYPES.I422: (2, 1), TYPES.I444: (1, 1)}.get(TYPES.ValueType(kind), (2, 2))
    planes = planes_of(image, across, down)
    parts = [planes.y, planes.u, planes.v]
    if kind == TYPES.NV12:
        parts = [planes.y, np.dstack([planes.u, planes.v])]
    if kind == TYPES.I420A:
        parts.append(alpha)
    if kind == TYPES.I010:
        return b"".join((part.astype("<u2") << 2).tobytes() for part in parts)
    return b"".join(part.tobytes() for part in parts)


@pytest.mark.parametrize("size", [(640, 360), (641, 361), (1279, 719)])
@pytest.mark.parametrize("kind", TYPES.keys())
def test_reads_every_buffer_type(kind: str, size: tuple[int, int]) -> None:
    planes = read_planes(frame_of(card(*size), TYPES.Value(kind)))
    image = seen(encode(planes))
    assert corners(image) == [BLUE, GREEN, RED, WHITE]
    assert max(image.shape) == (size[0] if size[0] <= 768 else 638)


@pytest.mark.parametrize("kind", TYPES.keys())
def test_refuses_a_frame_shorter_than_it_says(kind: str) -> None:
    data = laid_out(card(64, 48), TYPES.Value(kind))[: -64 * 48 - 1]
    with pytest.raises(PictureError):
        read_planes(rtc.VideoFrame(64, 48, TYPES.Value(kind), data))


@pytest.mark.parametrize("size", [(0, 0), (0, 48), (-1, 5), (100_000, 100_000)])
def test_refuses_a_frame_of_no_possible_size(size: tuple[int, int]) -> None:
    with pytest.raises(PictureError):
        read_planes(rtc.VideoFrame(*size, TYPES.I420, b""))


def test_planes_outlive_their_frame_in_a_thread() -> None:
    frame = frame_of(card(640, 360), TYPES.I420)
    planes = read_planes(frame)
    del frame
    results: list[Picture] = []
    thread = threading.Thread(target=lambda: results.append(encode(planes)))
    thread.start()
    thread.join()
    assert corners(seen(results[0])) == [BLUE, GREEN, RED, WHITE]


def test_planar_frames_are_not_copied() -> None:
    frame = frame_of(card(640, 360), TYPES.I420)
    assert np.shares_memory(read_planes(frame).u, np.frombuffer(frame.data, np.uint8))


def test_needs_nothing_of_livekit() -> None:
    code = "import sys, worker.eyes.picture; assert not any('livekit' in m for m in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=20)
