"""Real frames of a real track come out upright, and not on the event loop."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import cv2
import numpy as np
import pytest
from livekit import rtc

from tests.fakes.publications import CAMERA, SCREEN, FakeRoom
from tests.fakes.wire import FakeWire
from worker.eyes.closer import Aim
from worker.eyes.pacing import Steady
from worker.eyes.picture import Picture
from worker.eyes.sight import Profile, Sight
from worker.eyes.sources import Sources


@asynccontextmanager
async def filming(size: tuple[int, int], rotation: Any) -> AsyncIterator[rtc.LocalVideoTrack]:
    """A real track fed with 30 frames a second, left half black and right half white."""
    width, height = size
    video = rtc.VideoSource(width, height)
    luma = np.full((height, width), 16, np.uint8)
    luma[:, width // 2 :] = 235
    data = luma.tobytes() + b"\x80" * (2 * -(-width // 2) * -(-height // 2))
    frame = rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, data)

    async def film() -> None:
        while True:
            video.capture_frame(frame, rotation=rotation)
            await asyncio.sleep(1 / 30)

    task = asyncio.create_task(film())
    try:
        yield rtc.LocalVideoTrack.create_video_track("camera", video)
    finally:
        task.cancel()
        await asyncio.wait([task])
        await video.aclose()


class Stopwatch:
    """The longest time for which the loop did nothing else."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def run(self) -> None:
        before = time.monotonic()
        while True:
            await asyncio.sleep(0.002)
            now = time.monotonic()
            self.longest, before = max(self.longest, now - before), now


@pytest.mark.parametrize("source", [CAMERA, SCREEN])
async def test_real_frames_arrive_upright_and_off_the_loop(source: int) -> None:
    room, pictures, threads = FakeRoom(), list[Picture](), list[str]()
    room.join("ann")
    sources = Sources(room, wire=lambda publication: FakeWire())
    sources.serve("ann")

    def send(picture: Picture, reason: str) -> None:
        pictures.append(picture)
        threads.extend(thread.name for thread in threading.enumerate())

    sight = Sight(
        sources=sources,
        pacing=Steady(4.0),
        send=send,
        send_card=lambda card: None,
        on_vision=lambda vision: None,
        profile=Profile(),
    )
    watch = Stopwatch()
    async with filming((1280, 720), rtc.VideoRotation.VIDEO_ROTATION_90) as track:
        sight.start()
        publication = room.publish("ann", "a", source)
        publication.track = track
        room.emit("track_subscribed", track, publication, room.people["ann"])
        running = asyncio.create_task(watch.run())
        await asyncio.sleep(2.1)
        look = await sight.look(Aim(longest=4000))
        running.cancel()
        await sight.aclose()
    assert 7 <= len(pictures) <= 10
    assert (look.picture.width, look.picture.height) == (720, 1280)
    image = cv2.imdecode(np.frombuffer(pictures[-1].jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert image is not None
    assert image.shape[0] > image.shape[1]
    assert int(image[10].mean()) < 20, "what was left is up after a quarter turn clockwise"
    assert int(image[-10].mean()) > 235
    assert any(name.startswith("eyes") for name in threads)
    assert watch.longest < 0.1, "generous: this machine may be busy"
    await asyncio.sleep(0.05)
    assert not any(thread.name.startswith("eyes") for thread in threading.enumerate())
