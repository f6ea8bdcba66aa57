"""The eyes send what is due, newest first, survive bad frames and say when they are blind."""

from __future__ import annotations

import asyncio
from functools import partial
from itertools import pairwise

import pytest

from tests.fakes.eyes import Rig, virtually, with_rig
from tests.fakes.publications import CAMERA, SCREEN
from worker.errors import PictureError
from worker.eyes.adaptive import Adaptive
from worker.eyes.closer import Aim
from worker.eyes.picture import Region
from worker.eyes.report import Counts


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
        rig.sight.refresh()
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


def test_a_send_that_fails_does_not_end_the_looking() -> None:
    async def body(rig: Rig) -> None:
        rig.sight._shutter._send = lambda *_: (_ for _ in ()).throw(OSError())
        rig.publish()
        await asyncio.sleep(2.5)
        assert rig.sight.counts == Counts(seen=3, sent=0, skipped=0, failed=3)

    with_rig(body)


def test_a_look_is_the_newest_frame_at_full_resolution() -> None:
    async def body(rig: Rig) -> None:
        rig.camera.size = (1920, 1080)
        rig.publish()
        await asyncio.sleep(1.5)
        before = len(rig.sent)
        region = Region(left=0, top=0, right=0.5, bottom=0.5)
        look = await rig.sight.look(Aim(region=region))
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
        look = await rig.sight.look(Aim())
        assert rig.loop.time() - start <= 0.4 + 1e-6
        assert 0.9 < look.age < 2.5

    with_rig(body)


def test_a_look_is_refused_in_words() -> None:
    async def body(rig: Rig) -> None:
        with pytest.raises(PictureError, match="no camera or screen"):
            await rig.sight.look(Aim())
        rig.camera.moving.clear()
        publication = rig.publish()
        with pytest.raises(PictureError, match="no picture has come from the camera yet"):
            await rig.sight.look(Aim())
        rig.room.mute("ann", publication, True)
        with pytest.raises(PictureError, match="the camera is turned off"):
            await rig.sight.look(Aim())

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


EAR, SERVICE = False, True


@pytest.mark.parametrize(
    ("told", "turns"),
    [
        ([(0, True, EAR), (0.2, True, SERVICE), (2, False, EAR), (3, False, SERVICE)], [2]),
        ([(0, True, SERVICE), (3, False, SERVICE)], [3]),
        ([(0, True, EAR), (0.4, False, EAR), (0.5, True, SERVICE), (1.5, False, SERVICE)], [0.4]),
        (
            [
                *((0, True, EAR), (0.2, True, SERVICE), (2, False, EAR)),
                *((2.6, True, EAR), (3, False, SERVICE), (5, False, EAR)),
            ],
            [2, 5],
        ),
    ],
    ids=["both", "service alone", "a short word", "an end within the next sentence"],
)
def test_a_turn_ends_when_our_ear_says_so_or_else_the_service(
    told: list[tuple[float, bool, bool]], turns: list[float]
) -> None:
    async def body(rig: Rig) -> None:
        rig.camera.lively = True
        rig.publish()
        await asyncio.sleep(10)
        began = rig.loop.time()
        for after, edge, by_service in told:
            say = partial(rig.sight.on_speech, edge, by_service=by_service)
            rig.loop.call_later(after, say)
        await asyncio.sleep(8)
        ends = [at - began for at, reason in rig.sent if reason == "turn"]
        assert ends == pytest.approx(turns, abs=0.15)

    with_rig(body, Adaptive)
