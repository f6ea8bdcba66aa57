"""The eyes send what is due, newest first, survive bad frames and say when they are blind."""

from __future__ import annotations

import asyncio
import selectors
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import Executor, Future
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import pytest
from livekit import rtc

from tests.test_sources import CAMERA, SCREEN, FakePublication, FakeRoom
from worker.errors import PictureError
from worker.eyes.lens import SILENCE, Held, Lens, OnDemand
from worker.eyes.pacing import Steady
from worker.eyes.picture import Picture, Region
from worker.eyes.report import Counts, Vision
from worker.eyes.sight import Profile, Sight
from worker.eyes.sources import Sources


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
        self.light, self.noisy = 128, True
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
        pixels[: width * height] = self.light
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

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        self.loop = loop
        self.room = FakeRoom()
        self.room.join("ann")
        self.camera, self.executor = FakeCamera(), Inline()
        self.track = rtc.LocalVideoTrack.create_video_track("camera", rtc.VideoSource(64, 48))
        self.sources = Sources(self.room)
        self.sources.serve("ann")
        self.sent: list[tuple[float, str]] = []
        self.told: list[Vision] = []
        self.sight = Sight(
            sources=self.sources,
            pacing=Steady(1.0),
            send=self.on_picture,
            on_vision=self.told.append,
            profile=Profile(),
            clock=self.loop.time,
            open_lens=self.open_lens,
            executor=self.executor,
        )

    def on_picture(self, picture: Picture, reason: str) -> None:
        self.sent.append((self.loop.time(), reason))

    def open_lens(self, track: rtc.Track, kind: str, clock: Callable[[], float]) -> Lens:
        make = Held if kind == "screen" else OnDemand
        return make(self.camera.open, clock)

    def publish(self, sid: str = "a", source: int = CAMERA) -> FakePublication:
        publication = self.room.publish("ann", sid, source)
        self.subscribed(publication)
        return publication

    def subscribed(self, publication: FakePublication) -> None:
        publication.track = self.track
        self.room.emit("track_subscribed", self.track, publication, self.room.people["ann"])

    @property
    def blind(self) -> list[str]:
        return [vision.reason for vision in self.told if vision.status == "blind"]

    @property
    def reasons(self) -> list[str]:
        return [reason for _, reason in self.sent]


@asynccontextmanager
async def rigged() -> AsyncIterator[Rig]:
    rig = Rig()
    rig.sight.start()
    try:
        yield rig
    finally:
        await rig.sight.aclose()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert rig.camera.waiting == 0
        assert rig.camera.opened == rig.camera.closed


def with_rig(body: Callable[[Rig], Awaitable[None]]) -> None:
    """Run a test in virtual time and see that nothing is left behind."""

    async def test() -> None:
        async with rigged() as rig:
            await body(rig)

    virtually(test)


@pytest.mark.parametrize("fps", [60.0, 30.0, 7.0, 3.0, 1.0])
@pytest.mark.parametrize("source", [CAMERA, SCREEN])
def test_sends_one_frame_a_second_from_any_camera(fps: float, source: int) -> None:
    async def body(rig: Rig) -> None:
        rig.camera.fps = fps
        rig.publish(source=source)
        await asyncio.sleep(61)
        times = [at for at, _ in rig.sent]
        assert len(times) >= 55
        for start in times[:-22]:
            assert 18 <= sum(start < at <= start + 20 for at in times) <= 22
        assert min(b - a for a, b in pairwise(times)) > 0.89

    with_rig(body)


def test_the_first_frame_leaves_at_once_and_says_what_it_is() -> None:
    async def body(rig: Rig) -> None:
        start = rig.loop.time()
        rig.publish()
        await asyncio.sleep(0.1)
        assert rig.reasons == ["source"]
        assert rig.sent[0][0] - start < 0.05
        (vision,) = rig.told
        assert (vision.status, vision.source, vision.width, vision.height) == (
            "sent",
            "camera",
            64,
            48,
        )
        assert vision.bytes > 100

    with_rig(body)


def test_a_muted_camera_is_told_once_and_seen_at_once_when_it_is_back() -> None:
    async def body(rig: Rig) -> None:
        publication = rig.publish()
        await asyncio.sleep(3.5)
        before = len(rig.sent)
        for muted in (True, False, True):
            rig.room.mute("ann", publication, muted)
            await asyncio.sleep(0)
        await asyncio.sleep(10)
        assert (rig.blind, len(rig.sent)) == (["off"], before)
        rig.room.mute("ann", publication, False)
        await asyncio.sleep(0.3)
        assert rig.reasons[before:] == ["unmuted"]

    with_rig(body)


def test_a_missing_camera_is_told_but_not_the_moment_between_two() -> None:
    async def body(rig: Rig) -> None:
        rig.publish("a")
        await asyncio.sleep(2)
        rig.room.unpublish("ann", "a")
        await asyncio.sleep(0.2)
        rig.publish("b")
        await asyncio.sleep(2)
        assert rig.blind == []
        rig.room.unpublish("ann", "b")
        await asyncio.sleep(5)
        assert rig.blind == ["no_camera"]

    with_rig(body)


def test_nobody_to_look_at_is_told_from_the_start() -> None:
    async def body(rig: Rig) -> None:
        await asyncio.sleep(30)
        assert rig.blind == ["no_camera"]

    with_rig(body)


def test_a_new_source_is_looked_at_at_once() -> None:
    async def body(rig: Rig) -> None:
        rig.publish("a")
        await asyncio.sleep(2.4)
        before = len(rig.sent)
        rig.publish("s", SCREEN)
        await asyncio.sleep(0.1)
        assert rig.reasons[before:] == ["source"]
        assert rig.told[-1].source == "screen"

    with_rig(body)


def test_requests_that_come_together_get_one_frame_at_once() -> None:
    async def body(rig: Rig) -> None:
        rig.publish()
        await asyncio.sleep(2.5)
        before = len(rig.sent)
        rig.sight.ask("reconnect")
        rig.sight.ask("question")
        await asyncio.sleep(0.1)
        assert rig.reasons[before:] == ["question"]
        await asyncio.sleep(1)
        assert rig.reasons[before:] == ["question", "steady"]

    with_rig(body)


def test_a_request_while_blind_is_no_trouble() -> None:
    async def body(rig: Rig) -> None:
        rig.sight.ask("question")
        await asyncio.sleep(1)
        assert rig.sent == []

    with_rig(body)


@pytest.mark.parametrize("size", [(4000, 2), (2, 4000), (1, 1), (2, 2)])
def test_a_bad_frame_is_counted_and_the_next_gets_its_turn(size: tuple[int, int]) -> None:
    async def body(rig: Rig) -> None:
        rig.camera.size = size
        rig.publish()
        await asyncio.sleep(1.5)
        rig.camera.size = (64, 48)
        await asyncio.sleep(1)
        assert rig.sight.counts == Counts(seen=3, sent=1, skipped=2, failed=0)
        assert rig.reasons == ["source"], "what was asked for is still owed"

    with_rig(body)


def test_an_encoder_that_fails_costs_that_frame_only() -> None:
    async def body(rig: Rig) -> None:
        rig.executor.faults = 1
        rig.publish()
        await asyncio.sleep(3.5)
        assert rig.sight.counts == Counts(seen=4, sent=3, skipped=0, failed=1)

    with_rig(body)


@pytest.mark.parametrize("source", [CAMERA, SCREEN])
def test_a_stream_that_breaks_is_opened_again_without_haste(source: int) -> None:
    async def body(rig: Rig) -> None:
        rig.camera.faults = 2
        rig.publish(source=source)
        await asyncio.sleep(4.5)
        assert len(rig.sent) >= 2
        assert rig.camera.opened < 8

    with_rig(body)


@pytest.mark.parametrize("source", [CAMERA, SCREEN])
def test_a_stream_that_ended_unseen_is_opened_again(source: int) -> None:
    async def body(rig: Rig) -> None:
        rig.camera.moving.clear()
        rig.publish(source=source)
        await asyncio.sleep(SILENCE * 2 + 1)
        assert rig.camera.opened == 3

    with_rig(body)


def test_a_send_that_fails_does_not_end_the_looking() -> None:
    async def body(rig: Rig) -> None:
        rig.sight._send = lambda *_: (_ for _ in ()).throw(OSError())
        rig.publish()
        await asyncio.sleep(2.5)
        assert rig.sight.counts == Counts(seen=3, sent=0, skipped=0, failed=3)

    with_rig(body)


def test_no_stream_is_open_between_two_frames_of_a_camera() -> None:
    async def body(rig: Rig) -> None:
        rig.publish()
        await asyncio.sleep(5.5)
        assert rig.camera.opened == rig.camera.closed == 6

    with_rig(body)


def test_a_frame_that_waited_while_the_process_stood_still_is_passed_over() -> None:
    async def body() -> None:
        loop = asyncio.get_running_loop()
        camera = FakeCamera()
        lens = OnDemand(camera.open, loop.time)
        camera.delay = 20.0
        loop.call_later(0.04, setattr, camera, "delay", 0.0)
        shot = await lens.next()
        assert loop.time() - shot.at < 0.001
        assert 0.03 < loop.time() - 1000 < 0.1, "two frames, not one"

    virtually(body)


def test_after_a_standstill_nothing_old_is_sent() -> None:
    async def body(rig: Rig) -> None:
        publication = rig.publish()
        await asyncio.sleep(2.5)
        before = len(rig.sent)
        rig.loop.now += 20
        await asyncio.sleep(0.3)
        assert publication.asked == [True, False]
        assert len(rig.sent) == before
        rig.room.unsubscribed("ann", publication)
        await asyncio.sleep(0.1)
        rig.subscribed(publication)
        await asyncio.sleep(0.1)
        assert rig.reasons[before:] == ["source"]

    with_rig(body)


def test_an_old_frame_of_a_screen_gives_way_to_those_behind_it() -> None:
    async def body() -> None:
        loop = asyncio.get_running_loop()
        camera = FakeCamera()
        camera.delay = 20.0
        loop.call_later(0.04, setattr, camera, "delay", 0.0)
        lens = Held(camera.open, loop.time)
        first = await lens.next()
        assert 0.06 < first.at - 1000 < 0.1, "the second frame, not the first"
        await lens.aclose()

    virtually(body)


def test_an_old_frame_of_a_screen_that_stands_still_is_still_the_newest() -> None:
    async def body() -> None:
        loop = asyncio.get_running_loop()
        camera = FakeCamera()
        camera.delay = 20.0
        loop.call_later(0.04, camera.moving.clear)
        lens = Held(camera.open, loop.time)
        first = await lens.next()
        assert first.at < 1000.07 < 1000.1 < loop.time()
        await lens.aclose()

    virtually(body)


@pytest.mark.parametrize("source", [CAMERA, SCREEN])
def test_stamps_of_another_clock_do_not_blind(source: int) -> None:
    async def body(rig: Rig) -> None:
        rig.camera.delay = 900.0
        rig.publish(source=source)
        await asyncio.sleep(5.5)
        assert len(rig.sent) in (5, 6)

    with_rig(body)


def test_a_screen_that_stands_still_is_sent_once_and_again_on_request() -> None:
    async def body(rig: Rig) -> None:
        rig.publish("s", SCREEN)
        await asyncio.sleep(0.1)
        rig.camera.moving.clear()
        await asyncio.sleep(30)
        before = len(rig.sent)
        assert before <= 2
        rig.sight.ask("question")
        await asyncio.sleep(0.1)
        assert rig.reasons[before:] == ["question"]

    with_rig(body)


def test_what_a_screen_showed_last_is_not_missed() -> None:
    async def body(rig: Rig) -> None:
        rig.publish("s", SCREEN)
        await asyncio.sleep(0.5)
        rig.camera.size = (80, 60)
        await asyncio.sleep(0.1)
        rig.camera.moving.clear()
        await asyncio.sleep(1)
        assert rig.told[-1].width == 80

    with_rig(body)


def test_a_look_is_the_newest_frame_at_full_resolution() -> None:
    async def body(rig: Rig) -> None:
        rig.camera.size = (1920, 1080)
        rig.publish()
        await asyncio.sleep(1.5)
        before = len(rig.sent)
        region = Region(left=0, top=0, right=0.5, bottom=0.5)
        look = await rig.sight.look(region, 1536)
        assert (look.picture.width, look.picture.height) == (960, 540)
        assert (look.source, look.age) == ("camera", 0)
        assert len(rig.sent) == before, "whoever asked sends it"

    with_rig(body)


@pytest.mark.parametrize("source", [CAMERA, SCREEN])
def test_a_look_waits_a_little_and_then_takes_what_there_was(source: int) -> None:
    async def body(rig: Rig) -> None:
        rig.publish(source=source)
        await asyncio.sleep(1.5)
        rig.camera.moving.clear()
        await asyncio.sleep(1)
        start = rig.loop.time()
        look = await rig.sight.look(None, 1536)
        assert rig.loop.time() - start <= 0.4 + 1e-6
        assert 0.9 < look.age < 2.5

    with_rig(body)


def test_a_look_is_refused_in_words() -> None:
    async def body(rig: Rig) -> None:
        with pytest.raises(PictureError, match="no camera or screen"):
            await rig.sight.look(None, 1536)
        rig.camera.moving.clear()
        publication = rig.publish()
        with pytest.raises(PictureError, match="no picture has come from the camera yet"):
            await rig.sight.look(None, 1536)
        rig.room.mute("ann", publication, True)
        with pytest.raises(PictureError, match="the camera is turned off"):
            await rig.sight.look(None, 1536)

    with_rig(body)


def test_sizes_that_change_every_second_are_followed() -> None:
    async def body(rig: Rig) -> None:
        rig.publish()
        for width in (64, 640, 1280, 17, 3840, 320):
            rig.camera.size = (width, width * 3 // 4)
            await asyncio.sleep(1)
        assert [vision.width for vision in rig.told] == [64, 640, 640, 17, 768, 320]

    with_rig(body)


def test_can_be_closed_before_it_began() -> None:
    async def body() -> None:
        await Rig().sight.aclose()

    virtually(body)


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
    sources = Sources(room)
    sources.serve("ann")

    def send(picture: Picture, reason: str) -> None:
        pictures.append(picture)
        threads.extend(thread.name for thread in threading.enumerate())

    sight = Sight(
        sources=sources,
        pacing=Steady(4.0),
        send=send,
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
        look = await sight.look(None, 4000)
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
