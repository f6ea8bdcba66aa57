"""The caller's camera: a scene drawn, converted and handed over in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from livekit import rtc
from numpy.typing import NDArray

FALLEN_BEHIND = 0.5
"""Seconds of delay after which the pace starts anew instead of sending a burst."""
SMALLEST = 4
"""Fewest lines of a simulcast picture: livekit 1.1.21 aborts the whole process at two."""
END_PATIENCE = 2.0

CODECS = {
    "vp8": rtc.VideoCodec.VP8,
    "h264": rtc.VideoCodec.H264,
    "vp9": rtc.VideoCodec.VP9,
    "av1": rtc.VideoCodec.AV1,
}


class Drawing(Protocol):
    """What can be filmed; offline.scene.Scene is one."""

    def frame(self, t: float) -> NDArray[np.uint8]:
        """Return the picture at t seconds: uint8, (height, width, 3), BGR."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraOptions:
    """How the camera is published."""

    width: int = 1280
    height: int = 720
    fps: float = 30.0
    codec: str = "vp8"
    simulcast: bool = True
    """Three sizes, as browsers publish; the server forwards the one a subscriber asks for."""
    max_bitrate: int = 1_700_000
    """Bits a second of the largest size; what LiveKit's clients take for 720p."""
    screen: bool = False
    """Publish as a screen share instead of a camera."""

    def __post_init__(self) -> None:
        if min(self.width, self.height) < SMALLEST:
            raise ValueError(f"a picture has at least {SMALLEST} lines and columns")
        if self.codec not in CODECS:
            raise ValueError(f"codec is one of {', '.join(CODECS)}")


class Camera:
    """Films a drawing at a steady rate; the picture at clock() is what is drawn."""

    def __init__(
        self,
        drawing: Drawing,
        options: CameraOptions,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.options = options
        self.drawing = drawing
        """What is filmed; may be exchanged while the camera runs (same size or another)."""
        self.frames = 0
        """Pictures handed to the encoder so far."""
        self.restarts = 0
        """How often the pace had fallen behind and started anew."""
        self._clock = clock
        self._source = rtc.VideoSource(options.width, options.height, is_screencast=options.screen)
        name = "screen" if options.screen else "camera"
        self.track = rtc.LocalVideoTrack.create_video_track(name, self._source)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"caller-{name}", daemon=True)

    def publish_options(self) -> rtc.TrackPublishOptions:
        """Return how the track is to be published."""
        wanted = self.options
        source = rtc.TrackSource.SOURCE_SCREENSHARE if wanted.screen else None
        return rtc.TrackPublishOptions(
            source=source or rtc.TrackSource.SOURCE_CAMERA,
            video_codec=CODECS[wanted.codec],
            simulcast=wanted.simulcast,
            video_encoding=rtc.VideoEncoding(
                max_bitrate=wanted.max_bitrate, max_framerate=wanted.fps
            ),
        )

    def start(self) -> None:
        """Begin to film."""
        self._thread.start()

    async def aclose(self) -> None:
        """Stop filming."""
        self._stop.set()
        if self._thread.is_alive():
            # At most one picture's time; awaiting it in another thread would take longer.
            self._thread.join(END_PATIENCE)
        await self._source.aclose()

    def _run(self) -> None:
        due = self._clock()
        while not self._stop.is_set():
            self._film(self.drawing.frame(self._clock()))
            due += 1.0 / self.options.fps
            late = self._clock() - due
            if late > FALLEN_BEHIND:
                due, self.restarts = due + late, self.restarts + 1
            self._stop.wait(max(0.0, -late))

    def _film(self, picture: NDArray[np.uint8]) -> None:
        """Convert to I420, the encoder's own format, here: OpenCV does it in 0.3 ms at 720p."""
        height, width = picture.shape[0] & ~1, picture.shape[1] & ~1
        planes = cv2.cvtColor(picture[:height, :width], cv2.COLOR_BGR2YUV_I420)
        frame = rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, planes.data.cast("B"))
        self._source.capture_frame(frame)
        self.frames += 1
