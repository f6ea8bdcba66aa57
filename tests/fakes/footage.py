"""Pictures of a webcam that look and err like real ones: rooms, people, sensors, lamps, lenses.

No photograph with a free licence comes with the packages installed here, so rooms are drawn (soft
light, textures at all scales, furniture, a person) and sent through a model of a sensor: shot and
read noise, demosaicing, exposure, mains flicker, a hand that is not still, a coder's losses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from worker.eyes.planes import Planes

WIDTH, HEIGHT = 1280, 720
Image = NDArray[np.float32]
"""(height, width, 3), levels 0..255, blue first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """The person before the camera; shares of the picture."""

    x: float = 0.5
    y: float = 0.45
    size: float = 0.2
    mouth: float = 0.2
    hand: tuple[float, float] | None = None
    held: tuple[float, float] | None = None
    """Sides of a thing that is held up."""
    there: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """How a camera errs."""

    noise: float = 2.0
    """Standard deviation at full light, levels; the dark parts have twice as much."""
    exposure: float = 1.0
    flicker: float = 0.0
    """Share by which rows are lighter or darker: a rolling shutter under mains light."""
    shake: tuple[float, float] = (0.0, 0.0)
    """Pixels."""
    quality: int = 60
    """Of the coder, as a JPEG's."""


@lru_cache(maxsize=8)
def room(seed: int, *, light: float = 1.0) -> Image:
    """Draw an empty room."""
    rng = np.random.default_rng(seed)
    wall = rng.uniform(90, 190, 3)
    across = np.linspace(rng.uniform(0.7, 1.1), rng.uniform(0.7, 1.1), WIDTH)
    down = np.linspace(1.05, rng.uniform(0.6, 0.9), HEIGHT)
    image = (down[:, None] * across[None, :])[..., None] * wall
    image += _texture(rng)[..., None]
    for _ in range(int(rng.integers(6, 16))):
        _furnish(image, rng)
    lit = cv2.GaussianBlur(image.astype(np.float32), (0, 0), 1.2)
    drawn = np.asarray(np.clip(np.asarray(lit, np.float32) * light, 0, 255), np.float32)
    drawn.flags.writeable = False
    return drawn


def with_person(image: Image, pose: Pose, seed: int) -> Image:
    """Draw somebody into a room."""
    if not pose.there:
        return image
    rng = np.random.default_rng(seed + 10_000)
    canvas, light = image.copy(), float(image.mean()) / 130
    skin = rng.uniform((70, 90, 130), (150, 180, 230)) * light
    shirt, hair = rng.uniform(20, 200, 3) * light, rng.uniform(15, 110, 3) * light
    head = int(pose.size * HEIGHT)
    centre = int(pose.x * WIDTH), int(pose.y * HEIGHT)
    body = centre[0], centre[1] + int(2.6 * head)
    cv2.ellipse(canvas, body, (int(1.7 * head), int(1.6 * head)), 0, 0, 360, shirt.tolist(), -1)
    cv2.ellipse(canvas, centre, (int(0.78 * head), int(1.05 * head)), 0, 0, 360, hair.tolist(), -1)
    face = centre[0], centre[1] + head // 8
    cv2.ellipse(canvas, face, (int(0.68 * head), int(0.88 * head)), 0, 0, 360, skin.tolist(), -1)
    for side in (-1, 1):
        eye = centre[0] + side * head // 4, centre[1]
        cv2.ellipse(canvas, eye, (head // 9, head // 18), 0, 0, 360, (30, 30, 30), -1)
    lips = centre[0], centre[1] + int(0.55 * head)
    open_by = max(2, int(pose.mouth * head / 2))
    cv2.ellipse(canvas, lips, (head // 4, open_by), 0, 0, 360, (40, 40, 90), -1)
    _hold(canvas, pose, skin, head)
    return np.asarray(cv2.GaussianBlur(canvas, (0, 0), 1.2), np.float32)


def film(image: Image, sensor: Sensor, seed: int) -> Planes:
    """Let a camera see it."""
    rng = np.random.default_rng(seed)
    seen = image
    if any(sensor.shake):
        seen = panned(seen, *sensor.shake)
    phase = rng.uniform(0, 2 * np.pi)
    rows = 1 + sensor.flicker * np.sin(np.linspace(phase, phase + 5, HEIGHT))
    seen = np.asarray(seen * (sensor.exposure * rows)[:, None, None], np.float32)
    spread = sensor.noise * (2 - np.clip(seen, 0, 255) / 255)
    grain = cv2.GaussianBlur(rng.normal(0, 1.6, seen.shape).astype(np.float32), (0, 0), 0.6)
    exact = np.clip(seen + grain * spread, 0, 255).astype(np.uint8)
    _, jpeg = cv2.imencode(".jpg", exact, [cv2.IMWRITE_JPEG_QUALITY, sensor.quality])
    return planes(np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8))


def panned(image: Image, right: float, down: float) -> Image:
    """Turn the camera so that what it sees moves by so many pixels."""
    shift = np.array([[1, 0, right], [0, 1, down]], np.float32)
    turned = cv2.warpAffine(image, shift, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
    return np.asarray(turned, np.float32)


def planes(image: NDArray[np.uint8]) -> Planes:
    """Return the planes of a picture of even sides."""
    height, width = image.shape[:2]
    flat = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420), np.uint8).reshape(-1)
    luma, chroma = width * height, (height // 2, width // 2)
    return Planes(
        y=flat[:luma].reshape(height, width),
        u=flat[luma : luma + luma // 4].reshape(chroma),
        v=flat[luma + luma // 4 :].reshape(chroma),
    )


def slide(seed: int, bullets: int) -> NDArray[np.uint8]:
    """Draw a page of a slide show with so many lines on it."""
    rng = np.random.default_rng(seed)
    page = np.full((HEIGHT, WIDTH, 3), rng.integers(200, 256, 3), np.uint8)
    page[:90] = rng.integers(20, 160, 3)
    cv2.putText(page, f"Chapter {seed}", (40, 65), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (255,) * 3, 3)
    for line in range(bullets):
        length = int(rng.integers(20, 46))
        words = "".join(rng.choice(list("abcdefghij klmnop rstu"), length))
        at = 80, 180 + 75 * line
        cv2.putText(page, f"- {words}", at, cv2.FONT_HERSHEY_SIMPLEX, 1.1, (30, 30, 30), 2)
    return page


def bars(*, turned: bool = False) -> NDArray[np.uint8]:
    """Draw the colour bars of a camera without a picture."""
    colours = [(1, 1, 1), (0, 1, 1), (1, 1, 0), (0, 1, 0), (1, 0, 1), (0, 0, 1), (1, 0, 0)]
    row = np.repeat(np.array(colours, np.uint8) * 191, WIDTH // 7 + 1, axis=0)[:WIDTH]
    card = np.repeat(row[None], HEIGHT, axis=0)
    if not turned:
        card[int(HEIGHT * 0.67) :] = card[int(HEIGHT * 0.67) :, ::-1] // 3
    return np.ascontiguousarray(card)


def covered(seed: int) -> Image:
    """Draw what a camera sees behind a shutter, a hand or a strip of tape."""
    rng = np.random.default_rng(seed)
    base = np.array(rng.choice([[4, 4, 4], [12, 14, 30], [20, 24, 70], [40, 42, 45]]), float)
    glow = np.linspace(rng.uniform(0.7, 1), rng.uniform(1, 1.5), WIDTH)
    down = np.linspace(rng.uniform(0.8, 1), rng.uniform(1, 1.3), HEIGHT)
    return np.asarray((down[:, None] * glow)[..., None] * base, np.float32)


def _texture(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return noise at all scales, as plaster, cloth and shadows have."""
    total = np.zeros((HEIGHT, WIDTH))
    for step, strength in ((4, 2.0), (16, 4.0), (64, 8.0), (200, 12.0)):
        coarse = rng.normal(0, strength, (HEIGHT // step + 2, WIDTH // step + 2))
        total += cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return total


def _furnish(image: NDArray[np.float64], rng: np.random.Generator) -> None:
    left, top = int(rng.integers(0, WIDTH - 60)), int(rng.integers(0, HEIGHT - 60))
    right, bottom = left + int(rng.integers(40, 420)), top + int(rng.integers(30, 300))
    colour = rng.uniform(10, 240, 3).tolist()
    cv2.rectangle(image, (left, top), (right, bottom), colour, -1)
    for place in range(left, right, int(rng.integers(18, 60))):
        if rng.random() < 0.5:
            shade = (np.array(colour) * rng.uniform(0.5, 1.3)).tolist()
            cv2.rectangle(image, (place, top + 4), (place + 14, bottom - 4), shade, -1)


def _hold(canvas: Image, pose: Pose, skin: NDArray[np.float64], head: int) -> None:
    if pose.hand is not None:
        hand = int(pose.hand[0] * WIDTH), int(pose.hand[1] * HEIGHT)
        cv2.ellipse(canvas, hand, (head // 2, int(0.6 * head)), 20, 0, 360, skin.tolist(), -1)
    if pose.held is not None:
        wide, tall = int(pose.held[0] * WIDTH), int(pose.held[1] * HEIGHT)
        left, top = int(pose.x * WIDTH) - wide // 2, int(0.55 * HEIGHT) - tall // 2
        cv2.rectangle(canvas, (left, top), (left + wide, top + tall), (235, 235, 235), -1)
        for line in range(top + 14, top + tall - 8, 22):
            cv2.line(canvas, (left + 10, line), (left + wide - 14, line), (60, 60, 60), 4)


def moved(pose: Pose, **changes: float) -> Pose:
    """Return the same person a little elsewhere."""
    return replace(pose, **{name: getattr(pose, name) + by for name, by in changes.items()})
