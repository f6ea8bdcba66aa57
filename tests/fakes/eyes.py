"""The eyes between a fake room with fake cameras and a list of what was sent, in virtual time."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import Executor, Future
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
from livekit import rtc

from tests.fakes.publications import CAMERA, FakePublication, FakeRoom
from tests.fakes.wire import FakeWire
from worker.errors import PictureError
from worker.eyes.lens import Held, Lens, OnDemand
from worker.eyes.pacing import Pacing, Steady
from worker.eyes.picture import Picture
from worker.eyes.report import Vision
from worker.eyes.sight import Profile, Sight
from worker.eyes.sources import Source, Sources


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop whose clock jumps to the next thing to do."""

    def __init__(self) -> None:
        self.now = 1000.0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        return self.now


class _Jumping(selectors.DefaultSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self.loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "everything waits for something that will never happen"
        self.loop.now += max(0.0, timeout)
        return super().select(0)


def virtually(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(test())


class Inline(Executor):
    """Runs work at once; fails as often as it is told to."""

    def __init__(self) -> None:
        self.faults = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if self.faults:
            self.faults -= 1
            future.set_exception(MemoryError())
            return future
        try:
            future.set_result(fn(*args, **kwargs))
        except PictureError as error:
            future.set_exception(error)
        return future


class FakeCamera:
    """Streams frames on a grid of time, as many as are open; like livekit's, they never end."""

    def __init__(self, *, fps: float = 30.0) -> None:
        self.fps = fps
        self.size = (64, 48)
        self.light, self.noisy, self.lively = 128, True, False
        self.rng = np.random.default_rng(1)
        self.moving = asyncio.Event()
        self.moving.set()
        self.waiting = self.opened = self.closed = 0
        self.faults = 0
        self.delay = 0.0
        """Seconds by which frames are older than they should be."""

    def open(self) -> FakeStream:
        self.opened += 1
        return FakeStream(self)

    def shoot(self, now: float) -> rtc.VideoFrameEvent:
        width, height = self.size
        pixels = np.full(width * height + 2 * -(-width // 2) * -(-height // 2), 128, np.uint8)
        luma = pixels[: width * height].reshape(height, width)
        if self.lively:
            self.light = 60 if self.light == 128 else 128
        luma[:] = self.light
        if self.light < 200:
            # Something is to be seen, the less the darker it is; a flash leaves nothing.
            luma[:, : width // 2] = self.light * 1.2
        if self.noisy:
            pixels[: width * height] += self.rng.integers(0, 2, width * height, np.uint8)
        frame = rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, pixels.tobytes())
        rotation: Any = rtc.VideoRotation.VIDEO_ROTATION_0
        return rtc.VideoFrameEvent(frame, round((now - self.delay) * 1e6), rotation)


class FakeStream:
    def __init__(self, camera: FakeCamera) -> None:
        self.camera = camera
        self.waited_for = False

    async def __anext__(self) -> rtc.VideoFrameEvent:
        camera, loop = self.camera, asyncio.get_running_loop()
        if camera.faults:
            camera.faults -= 1
            raise RuntimeError("the stream is broken")
        camera.waiting += 1
        self.waited_for = True
        try:
            await camera.moving.wait()
            tick = int(loop.time() * camera.fps + 1e-3) + 1
            await asyncio.sleep(tick / camera.fps - loop.time())
            return camera.shoot(loop.time())
        finally:
            camera.waiting -= 1
            self.waited_for = False

    async def aclose(self) -> None:
        assert not self.waited_for, "a consumer would be left behind"
        self.camera.closed += 1


class Rig:
    """The eyes between a fake room with fake cameras and a list of what was sent."""

    def __init__(self, pacing: Pacing | None = None) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        self.loop = loop
        self.room = FakeRoom()
        self.room.join("ann")
        self.camera, self.executor = FakeCamera(), Inline()
        self.cameras: dict[str, FakeCamera] = {}
        """What single publications show, by their sid; all others show `camera`."""
        self.track = rtc.LocalVideoTrack.create_video_track("camera", rtc.VideoSource(64, 48))
        self.wire = FakeWire()
        self.sources = Sources(self.room, wire=lambda publication: self.wire)
        self.sources.serve("ann")
        self.sent: list[tuple[float, str]] = []
        self.told: list[Vision] = []
        self.cards: list[tuple[float, Picture]] = []
        self.sight = Sight(
            sources=self.sources,
            pacing=pacing or Steady(1.0),
            send=self.on_picture,
            send_card=lambda card: self.cards.append((self.loop.time(), card)),
            on_vision=self.told.append,
            profile=Profile(),
            clock=self.loop.time,
            open_lens=self.open_lens,
            executor=self.executor,
        )

    def on_picture(self, picture: Picture, reason: str) -> None:
        self.sent.append((self.loop.time(), reason))

    def open_lens(self, source: Source, clock: Callable[[], float]) -> Lens:
        make = Held if source.kind == "screen" else OnDemand
        camera = self.cameras.get(source.sid, self.camera)
        return make(camera.open, clock, source.receive())

    def publish(
        self, sid: str = "a", source: int = CAMERA, *, identity: str = "ann", fps: float = 0.0
    ) -> FakePublication:
        """Show something, with a rate of its own if one is given."""
        if fps:
            self.cameras[sid] = FakeCamera(fps=fps)
        publication = self.room.publish(identity, sid, source)
        self.subscribed(publication, identity)
        return publication

    def subscribed(self, publication: FakePublication, identity: str = "ann") -> None:
        publication.track = self.track
        self.room.emit("track_subscribed", self.track, publication, self.room.people[identity])

    def together(self, scope: str = "person") -> None:
        """Look at several sources at once."""
        self.sources._scope = scope

    @property
    def blind(self) -> list[str]:
        return [vision.reason for vision in self.told if vision.status == "blind"]

    @property
    def reasons(self) -> list[str]:
        return [reason for _, reason in self.sent]


@asynccontextmanager
async def rigged(pacing: Pacing | None = None) -> AsyncIterator[Rig]:
    rig = Rig(pacing)
    rig.sight.start()
    try:
        yield rig
    finally:
        await rig.sight.aclose()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        for camera in (rig.camera, *rig.cameras.values()):
            assert camera.waiting == 0
            assert camera.opened == camera.closed


def with_rig(
    body: Callable[[Rig], Awaitable[None]], pacing: Callable[[], Pacing] = lambda: Steady(1.0)
) -> None:
    """Run a test in virtual time and see that nothing is left behind."""

    async def test() -> None:
        async with rigged(pacing()) as rig:
            await body(rig)

    virtually(test)
