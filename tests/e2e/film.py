"""A camera that shows one picture of any size and rotation, ten times a second."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import cv2
import numpy as np
from livekit import rtc

from offline.caller import QR_TEXT
from offline.scene import Picture, Scene
from tests.e2e.rig import Guest

FPS = 10.0
OPTIONS = rtc.TrackPublishOptions(
    source=rtc.TrackSource.SOURCE_CAMERA,
    video_codec=rtc.VideoCodec.VP8,
    simulcast=False,  # livekit 1.1.21 aborts the whole process when it scales a few lines down
    video_encoding=rtc.VideoEncoding(max_bitrate=1_500_000, max_framerate=FPS),
)


def picture(width: int, height: int) -> Picture:
    """Return the usual scene, or noise where there is no room for it."""
    try:
        return Scene(width, height, QR_TEXT).frame(1.0)
    except ValueError:
        return np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)


class Film:
    """What the camera shows; give it another picture or rotation at any time."""

    def __init__(self, shown: Picture) -> None:
        self.picture = shown
        self.turns = 0
        """Quarter turns clockwise by which the receiver must turn what is sent."""
        height, width = shown.shape[:2]
        self._source = rtc.VideoSource(width, height)
        self.track = rtc.LocalVideoTrack.create_video_track("film", self._source)

    async def run(self) -> None:
        """Show it until cancelled."""
        while True:
            # np.rot90 turns the other way round: what the receiver does makes it upright again.
            turned = np.ascontiguousarray(np.rot90(self.picture, self.turns))
            data = cv2.cvtColor(turned, cv2.COLOR_BGR2RGB).tobytes()
            height, width = turned.shape[:2]
            frame = rtc.VideoFrame(width, height, rtc.VideoBufferType.RGB24, data)
            self._source.capture_frame(frame, rotation=self.turns)  # type: ignore[arg-type]
            await asyncio.sleep(1 / FPS)

    async def aclose(self) -> None:
        await self._source.aclose()


@contextlib.asynccontextmanager
async def filming(guest: Guest) -> AsyncIterator[Film]:
    """Publish a film for the length of the block."""
    film = Film(picture(640, 360))
    running = asyncio.create_task(film.run(), name="film")
    try:
        await guest.room.local_participant.publish_track(film.track, OPTIONS)
        yield film
    finally:
        running.cancel()
        await asyncio.wait([running])
        await film.aclose()
