"""What one picture costs: ours against the framework's own encode, on the same frames.

A program: `python -m tests.bench.encode`, with an interpreter that has Pillow beside our packages
(`uv pip install -r requirements.lock pillow simplejpeg`). CPU time of the thread, turn about.
"""

from __future__ import annotations

import argparse
import importlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from livekit import rtc
from livekit.agents.utils import images
from numpy.typing import NDArray

from worker.eyes.frames import read_planes
from worker.eyes.picture import encode
from worker.eyes.planes import Planes, shrink

SIZES = ((640, 360), (1280, 720), (1920, 1080), (3840, 2160))
ROUNDS = 15
FRAMEWORK = images.EncodeOptions(
    format="JPEG",
    quality=75,
    resize_options=images.ResizeOptions(width=1024, height=1024, strategy="scale_aspect_fit"),
)
"""What livekit-plugins-google 1.8.9 asks for."""

Way = Callable[[rtc.VideoFrame], bytes]


def webcam(width: int, height: int) -> rtc.VideoFrame:
    """Return a frame like a webcam's: soft light, some edges, sensor noise."""
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    light = 120 + 60 * np.sin(across / width * 5) * np.cos(down / height * 4)
    image = np.dstack([light, light * 0.9, light * 1.1]).astype(np.uint8)
    cv2.circle(image, (width // 2, height // 2), height // 4, (140, 170, 220), cv2.FILLED)
    size = height / 400
    for line in range(8):
        place = (width // 20, (line + 1) * height // 9)
        cv2.putText(image, "small print 0123", place, cv2.FONT_HERSHEY_SIMPLEX, size, (30,) * 3, 2)
    noise = np.random.default_rng(7).normal(0, 3, image.shape)
    bgr = np.clip(image + noise, 0, 255).astype(np.uint8)
    data = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_I420), np.uint8)
    return rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, data.tobytes())


def framework(frame: rtc.VideoFrame) -> bytes:
    """Encode as the plugin does."""
    return images.encode(frame, FRAMEWORK)


def ours(frame: rtc.VideoFrame) -> bytes:
    """Encode as a camera's picture."""
    return encode(read_planes(frame)).jpeg


def ours_for_a_screen(frame: rtc.VideoFrame) -> bytes:
    """Encode as a screen's picture."""
    return encode(read_planes(frame), longest=1536, quality=85).jpeg


def from_planes(frame: rtc.VideoFrame) -> bytes:
    """Encode a camera's picture with simplejpeg, which needs no colours converted."""
    simplejpeg = importlib.import_module("simplejpeg")
    small: Planes = shrink(read_planes(frame), 768)
    planes: list[NDArray[np.uint8]] = [
        np.ascontiguousarray(plane) for plane in (small.y, small.u, small.v)
    ]
    jpeg: bytes = simplejpeg.encode_jpeg_yuv_planes(*planes, quality=75)
    return jpeg


WAYS: dict[str, Way] = {
    "framework": framework,
    "ours": ours,
    "ours, screen": ours_for_a_screen,
    "simplejpeg": from_planes,
}


def measure(frame: rtc.VideoFrame, rounds: int) -> dict[str, dict[str, float]]:
    """Return milliseconds of CPU (median and least) and kilobytes of every way."""
    spent: dict[str, list[float]] = {name: [] for name in WAYS}
    sizes = {name: len(way(frame)) for name, way in WAYS.items()}
    for _ in range(rounds):
        for name, way in WAYS.items():
            began = time.thread_time()
            way(frame)
            spent[name].append(1000 * (time.thread_time() - began))
    return {
        name: {"median": statistics.median(times), "least": min(times), "kB": sizes[name] / 1000}
        for name, times in spent.items()
    }


def main() -> int:
    """Measure, and write a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--out", type=Path, help="a JSON file for the figures")
    wanted = parser.parse_args()
    found = {f"{w}x{h}": measure(webcam(w, h), wanted.rounds) for w, h in SIZES}
    for size, ways in found.items():
        for name, row in ways.items():
            ratio = ways["framework"]["median"] / row["median"]
            sys.stdout.write(
                f"{size:>10} {name:<13} {row['median']:7.2f} ms (least {row['least']:.2f}) "
                f"{row['kB']:6.1f} kB  {ratio:5.1f}x\n"
            )
    if wanted.out is not None:
        wanted.out.write_text(json.dumps(found, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
