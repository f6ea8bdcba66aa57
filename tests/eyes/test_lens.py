"""A lens gives the newest frame there is, whatever its stream does."""

from __future__ import annotations

import asyncio

import pytest

from tests.fakes.eyes import FakeCamera, Rig, virtually, with_rig
from tests.fakes.publications import CAMERA, SCREEN
from tests.fakes.wire import reception
from worker.eyes.lens import SILENCE, Held, OnDemand
from worker.eyes.reception import WARMUP


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
        lens = OnDemand(camera.open, loop.time, reception())
        camera.delay = 20.0
        loop.call_later(0.04, setattr, camera, "delay", 0.0)
        shot = await lens.next()
        assert loop.time() - shot.at < 0.001
        assert 0.03 < loop.time() - 1000 < 0.1, "two frames, not one"

    virtually(body)


def test_an_old_frame_of_a_screen_gives_way_to_those_behind_it() -> None:
    async def body() -> None:
        loop = asyncio.get_running_loop()
        camera = FakeCamera()
        camera.delay = 20.0
        loop.call_later(0.04, setattr, camera, "delay", 0.0)
        lens = Held(camera.open, loop.time, reception(steady=True))
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
        lens = Held(camera.open, loop.time, reception(steady=True))
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


def test_a_look_waits_a_little_for_a_frame_of_full_size() -> None:
    async def body() -> None:
        loop = asyncio.get_running_loop()
        camera = FakeCamera()
        camera.size = (32, 24)
        loop.call_later(0.2, setattr, camera, "size", (64, 48))
        shot = await OnDemand(camera.open, loop.time, reception()).newest(0.4)
        assert shot is not None
        assert (shot.frame.width, shot.at < 1000.25) == (64, True)

    virtually(body)


def test_a_look_makes_do_with_the_newest_when_none_of_full_size_comes() -> None:
    async def body() -> None:
        loop = asyncio.get_running_loop()
        camera = FakeCamera()
        camera.size = (32, 24)
        shot = await OnDemand(camera.open, loop.time, reception()).newest(0.4)
        assert shot is not None
        assert shot.frame.width == 32
        assert 1000.35 < shot.at <= loop.time() <= 1000.41

    virtually(body)


def test_a_look_is_not_content_with_a_frame_of_long_ago() -> None:
    async def body() -> None:
        loop = asyncio.get_running_loop()
        camera = FakeCamera()
        lens = OnDemand(camera.open, loop.time, reception())
        await lens.next()
        camera.moving.clear()
        assert await lens.newest(0.4) is lens.latest
        await asyncio.sleep(SILENCE)
        assert await lens.newest(0.4) is None

    virtually(body)


def test_a_camera_rests_between_two_frames_and_flows_while_somebody_speaks() -> None:
    async def body(rig: Rig) -> None:
        rig.publish()
        await asyncio.sleep(WARMUP + 0.5)
        assert not rig.wire.enabled
        before = rig.wire.asked.count("on"), len(rig.sent)
        await asyncio.sleep(3)
        assert not rig.wire.enabled
        assert (rig.wire.asked.count("on"), len(rig.sent)) == (before[0] + 3, before[1] + 3)
        rig.sight.on_speech(True)
        assert (rig.wire.enabled, rig.wire.size) == (True, (614, 345))
        await asyncio.sleep(2)
        rig.sight.on_speech(False)
        await asyncio.sleep(0.5)
        assert rig.wire.enabled, "the turn's last frame may still be due"
        await asyncio.sleep(0.7)
        assert not rig.wire.enabled

    with_rig(body)
