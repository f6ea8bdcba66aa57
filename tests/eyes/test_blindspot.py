"""What cannot be seen is told: to the room at once, to the model by one card, and once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import get_args

import cv2
import numpy as np
import pytest

from offline.gemini.lettering import read
from tests.fakes.eyes import FakeCamera, Rig, with_rig
from worker.eyes.adaptive import Adaptive
from worker.eyes.allowance import Allowance
from worker.eyes.blindspot import REMIND
from worker.eyes.card import words, write
from worker.eyes.eye import TOO_SLOW
from worker.eyes.picture import Picture
from worker.eyes.report import Blindness


def lettering(card: Picture) -> tuple[str, ...]:
    image = cv2.imdecode(np.frombuffer(card.jpeg, np.uint8), cv2.IMREAD_COLOR)
    return read(np.asarray(image, np.uint8))


def said(rig: Rig) -> list[str]:
    """The first line of each card."""
    return [lettering(card)[0] for _, card in rig.cards]


@pytest.mark.parametrize("reason", get_args(Blindness))
def test_a_card_can_be_read_by_who_knows_nothing_of_it(reason: Blindness) -> None:
    lines = words(reason, "screen", datetime(2026, 11, 21, 12, 3, tzinfo=UTC))
    seen = lettering(write(lines))
    assert " ".join(seen).replace(" ", "") == "".join(lines).replace(" ", "").replace(":", "")


@pytest.mark.parametrize("lines", [(), ("",), ("A" * 200,), tuple("ABCDEFGHIJ")])
def test_a_card_of_any_words_can_be_written(lines: tuple[str, ...]) -> None:
    assert write(lines).width == 512


def test_a_camera_turned_off_is_told_by_one_card_at_once() -> None:
    async def body(rig: Rig) -> None:
        publication = rig.publish()
        await asyncio.sleep(3.5)
        muted = rig.loop.time()
        rig.room.mute("ann", publication, True)
        await asyncio.sleep(60)
        assert said(rig) == ["CAMERA OFF"]
        assert rig.cards[0][0] - muted < 0.01
        rig.room.mute("ann", publication, False)
        await asyncio.sleep(5)
        rig.room.mute("ann", publication, True)
        await asyncio.sleep(5)
        assert said(rig) == ["CAMERA OFF", "CAMERA OFF"]

    with_rig(body, Adaptive)


def test_a_call_that_never_had_a_picture_is_not_given_one() -> None:
    async def body(rig: Rig) -> None:
        await asyncio.sleep(30)
        assert rig.blind == ["no_camera"]
        assert rig.cards == []

    with_rig(body, Adaptive)


def test_nor_is_one_whose_eyes_were_never_on() -> None:
    async def body(rig: Rig) -> None:
        rig.sight.pause(True)
        rig.publish()
        await asyncio.sleep(30)
        assert (rig.blind, rig.cards) == (["paused"], [])

    with_rig(body, Adaptive)


def test_a_camera_that_went_away_is_told() -> None:
    async def body(rig: Rig) -> None:
        rig.publish("a")
        await asyncio.sleep(2)
        rig.room.unpublish("ann", "a")
        await asyncio.sleep(2)
        assert said(rig) == ["NO CAMERA"]

    with_rig(body, Adaptive)


def test_a_covered_camera_is_told_and_its_black_is_not_sent() -> None:
    async def body(rig: Rig) -> None:
        rig.publish()
        await asyncio.sleep(5)
        before = len(rig.sent)
        rig.camera.light = 16
        await asyncio.sleep(60)
        assert (rig.blind, said(rig)) == (["covered"], ["CAMERA COVERED"])
        assert len(rig.sent) == before
        rig.camera.light = 128
        await asyncio.sleep(4)
        assert rig.reasons[before:] == ["clear"]

    with_rig(body, Adaptive)


def test_a_flash_of_one_colour_is_neither_sent_nor_told() -> None:
    async def body(rig: Rig) -> None:
        rig.publish()
        await asyncio.sleep(4)
        before = len(rig.sent)
        rig.camera.light = 0
        rig.sight.on_speech(True)
        await asyncio.sleep(0.2)
        rig.camera.light = 160
        await asyncio.sleep(0.5)
        assert (rig.blind, rig.reasons[before:]) == ([], ["speech"])

    with_rig(body, Adaptive)


def test_a_frozen_camera_is_told_and_costs_nothing_more() -> None:
    async def body(rig: Rig) -> None:
        rig.publish()
        await asyncio.sleep(5)
        before, rig.camera.noisy = len(rig.sent), False
        await asyncio.sleep(600)
        assert (rig.blind, said(rig)) == (["frozen"], ["CAMERA FROZEN"])
        assert len(rig.sent) - before <= 1

    with_rig(body, Adaptive)


def test_a_camera_that_gives_no_frames_is_told() -> None:
    async def body(rig: Rig) -> None:
        rig.publish()
        await asyncio.sleep(5)
        rig.camera.moving.clear()
        await asyncio.sleep(2 * TOO_SLOW + 1)
        assert (rig.blind, said(rig)) == (["too_slow"], ["NO PICTURE"])
        before = len(rig.sent)
        rig.camera.moving.set()
        await asyncio.sleep(0.2)
        assert rig.reasons[before:] == ["clear"]

    with_rig(body, Adaptive)


def test_eyes_that_are_switched_off_receive_nothing_and_say_so() -> None:
    async def body(rig: Rig) -> None:
        publication = rig.publish()
        await asyncio.sleep(2)
        before = len(rig.sent)
        rig.sight.pause(True)
        await asyncio.sleep(20)
        assert (rig.blind, said(rig), len(rig.sent)) == (["paused"], ["VISION PAUSED"], before)
        assert not publication.received
        rig.sight.pause(False)
        await asyncio.sleep(1)
        assert publication.received
        assert rig.reasons[before:] == ["source"]

    with_rig(body, Adaptive)


def test_a_new_connection_is_told_again_and_so_is_a_model_that_may_have_forgotten() -> None:
    async def body(rig: Rig) -> None:
        publication = rig.publish()
        await asyncio.sleep(2)
        rig.room.mute("ann", publication, True)
        await asyncio.sleep(1)
        rig.sight.refresh()
        await asyncio.sleep(1)
        assert len(rig.cards) == 2
        for spoken in range(3):
            rig.sight.on_speech(True)
            rig.sight.on_speech(False)
            await asyncio.sleep(REMIND / 2)
            assert len(rig.cards) == 2 + spoken // 2
        assert rig.blind == ["off"], "the room is told once"

    with_rig(body, Adaptive)


def test_a_card_waits_for_its_tokens_when_the_camera_goes_on_and_off_for_ever() -> None:
    async def body(rig: Rig) -> None:
        publication = rig.publish()
        for _ in range(100):
            await asyncio.sleep(0.5)
            rig.room.mute("ann", publication, not publication.muted)
        rig.room.mute("ann", publication, True)
        await asyncio.sleep(60)
        times = sorted([at for at, _ in rig.cards] + [at for at, _ in rig.sent])
        assert max(sum(at <= time <= at + 60 for time in times) for at in times) <= 10
        assert said(rig)[-1] == "CAMERA OFF"
        assert rig.cards[-1][0] > rig.sent[-1][0]

    with_rig(body, lambda: Adaptive(Allowance(tokens=700, each=70)))


def test_a_question_about_a_muted_camera_does_not_wait() -> None:
    async def body(rig: Rig) -> None:
        publication = rig.publish()
        await asyncio.sleep(2)
        rig.room.mute("ann", publication, True)
        await asyncio.sleep(1)
        asked = rig.loop.time()
        await rig.sight.show("question", 0.2)
        assert rig.loop.time() == asked

    with_rig(body, Adaptive)


def black(camera: FakeCamera) -> None:
    camera.light = 0


def frozen(camera: FakeCamera) -> None:
    camera.noisy = False


def noise(camera: FakeCamera) -> None:
    """What it has done from the start."""


def flash(camera: FakeCamera) -> None:
    loop = asyncio.get_running_loop()
    loop.call_later(21, setattr, camera, "light", 235)
    loop.call_later(21.1, setattr, camera, "light", 128)


@pytest.mark.parametrize("fault", [black, frozen, noise, flash])
def test_a_turn_before_a_camera_that_shows_nothing_costs_one_picture_at_most(
    fault: Callable[[FakeCamera], None],
) -> None:
    async def body(rig: Rig) -> None:
        rig.publish()
        await asyncio.sleep(5)
        fault(rig.camera)
        await asyncio.sleep(20)
        before = len(rig.sent) + len(rig.cards)
        rig.sight.on_speech(True)
        await asyncio.sleep(5)
        rig.sight.on_speech(False)
        await asyncio.sleep(1)
        assert len(rig.sent) + len(rig.cards) - before <= 1

    with_rig(body, Adaptive)
