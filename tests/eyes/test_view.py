"""Screen and camera are looked at together: one picture, one budget, told once what is where."""

from __future__ import annotations

import asyncio

from tests.eyes.test_blindspot import lettering
from tests.fakes.eyes import Rig, with_rig
from tests.fakes.publications import CAMERA, SCREEN
from worker.eyes.adaptive import Adaptive
from worker.eyes.eye import TOO_SLOW
from worker.eyes.lens import SILENCE
from worker.eyes.pacing import ON_QUIET
from worker.eyes.view import Composed


async def both(rig: Rig) -> None:
    """Show a camera, and a screen a while later."""
    rig.room.people["ann"].name = "Ann"
    rig.publish("a", CAMERA)
    await asyncio.sleep(2)
    rig.publish("s", SCREEN)
    await asyncio.sleep(2)


def test_one_source_is_sent_plain_and_told_nothing_of() -> None:
    async def body(rig: Rig) -> None:
        rig.together()
        rig.publish("a", CAMERA)
        await asyncio.sleep(5)
        assert rig.cards == []
        assert (rig.told[-1].source, rig.told[-1].width) == ("camera", 64)

    with_rig(body, Adaptive)


def test_two_are_sent_as_one_and_told_once() -> None:
    async def body(rig: Rig) -> None:
        rig.together()
        await both(rig)
        await asyncio.sleep(30)
        assert rig.told[-1].source == "screen+camera"
        assert rig.told[-1].width > 500
        (card,) = rig.cards
        assert lettering(card[1])[0].startswith("FROM NOW ON 2 IN ONE")
        first = next(
            at for at, vision in zip(rig.sent, rig.told, strict=True) if "+" in vision.source
        )
        assert card[0] <= first[0]

    with_rig(body, Adaptive)


def test_going_back_to_one_is_told_too() -> None:
    async def body(rig: Rig) -> None:
        rig.together()
        await both(rig)
        rig.room.unpublish("ann", "s")
        await asyncio.sleep(5)
        assert rig.told[-1].source == "camera"
        assert [lettering(card)[0] for _, card in rig.cards][1] == "FROM NOW ON"

    with_rig(body, Adaptive)


def test_a_second_source_costs_no_second_picture() -> None:
    async def body(rig: Rig) -> None:
        rig.together()
        await both(rig)
        before = len(rig.sent)
        await asyncio.sleep(20)
        assert 18 <= len(rig.sent) - before <= 22

    with_rig(body)


def test_one_that_is_covered_is_said_to_be_and_the_other_goes_on() -> None:
    async def body(rig: Rig) -> None:
        rig.together()
        await both(rig)
        rig.camera.light = 16
        await asyncio.sleep(10)
        assert rig.blind == [], "the screen is black too here, and a screen may be"
        assert rig.told[-1].source == "screen+camera"

    with_rig(body, Adaptive)


def test_one_that_is_not_received_yet_does_not_keep_the_other_waiting() -> None:
    async def body(rig: Rig) -> None:
        rig.together()
        rig.publish("a", CAMERA)
        await asyncio.sleep(2)
        rig.room.publish("ann", "s", SCREEN)
        before = len(rig.sent)
        rig.sight.ask("question")
        await asyncio.sleep(1)
        assert len(rig.sent) > before
        assert {vision.source for vision in rig.told} == {"camera"}

    with_rig(body, Adaptive)


def test_who_is_heard_is_marked_as_speaking() -> None:
    async def body(rig: Rig) -> None:
        rig.together()
        await both(rig)
        assert rig.sight._speakers() == frozenset()
        rig.sight.on_speech(True)
        assert rig.sight._speakers() == {"ann"}
        rig.sight.on_speech(False)
        assert rig.sight._speakers() == frozenset()

    with_rig(body, Adaptive)


def test_a_slow_camera_beside_a_screen_is_waited_for() -> None:
    async def body(rig: Rig) -> None:
        rig.together()
        rig.publish("a", CAMERA, fps=1)
        rig.publish("s", SCREEN)
        await asyncio.sleep(20)
        assert rig.blind == []
        assert [lettering(card)[0] for _, card in rig.cards] == ["FROM NOW ON 2 IN ONE"]

    with_rig(body, Adaptive)


async def two_cameras(rig: Rig) -> None:
    """Show two people's cameras for a while."""
    rig.together("room")
    rig.room.join("bob")
    rig.publish("a", CAMERA)
    rig.publish("b", CAMERA, identity="bob")
    await asyncio.sleep(12)


def test_a_short_pause_of_all_is_neither_told_nor_costs_new_streams() -> None:
    async def body(rig: Rig) -> None:
        await two_cameras(rig)
        rig.camera.moving.clear()
        opened = rig.camera.opened
        rig.loop.call_later(TOO_SLOW - 1, rig.camera.moving.set)
        await asyncio.sleep(TOO_SLOW - 1)
        assert rig.camera.opened - opened <= 2
        await asyncio.sleep(10)
        assert rig.blind == []

    with_rig(body, Adaptive)


def test_a_lasting_pause_of_all_is_told_after_four_seconds_and_waited_for() -> None:
    async def body(rig: Rig) -> None:
        await two_cameras(rig)
        rig.camera.moving.clear()
        opened, stopped = rig.camera.opened, rig.loop.time()
        await asyncio.sleep(60)
        (blind,) = (vision for vision in rig.told if vision.status == "blind")
        assert TOO_SLOW <= blind.at - stopped <= TOO_SLOW + ON_QUIET + 0.1
        assert blind.reason == "too_slow"
        assert rig.camera.opened - opened <= 2 * 60 / SILENCE + 2
        before = len(rig.sent)
        rig.camera.moving.set()
        await asyncio.sleep(0.2)
        assert rig.reasons[before:] == ["clear"]

    with_rig(body, Adaptive)


def words(rig: Rig) -> list[str]:
    """What stands in place of each picture."""
    assert isinstance(rig.sight._view, Composed)
    return [caption.blind for caption in rig.sight._view.captions()]


def test_one_that_stops_is_shown_as_it_was_until_that_is_too_old() -> None:
    async def body(rig: Rig) -> None:
        rig.together()
        rig.publish("s", SCREEN)
        rig.publish("a", CAMERA, fps=30)
        await asyncio.sleep(5)
        rig.cameras["a"].moving.clear()
        for seconds, instead in ((2, ""), (2 * TOO_SLOW, "NO PICTURE")):
            await asyncio.sleep(seconds)
            assert words(rig) == ["", instead]
        assert rig.blind == []
        rig.cameras["a"].moving.set()
        await asyncio.sleep(2)
        assert words(rig) == ["", ""]

    with_rig(body)


def test_one_that_has_not_begun_is_waited_for_and_said_to_be() -> None:
    async def body(rig: Rig) -> None:
        rig.together()
        rig.publish("s", SCREEN)
        rig.publish("a", CAMERA, fps=30)
        rig.cameras["a"].moving.clear()
        for seconds, instead in ((2, "WAITING FOR A PICTURE"), (TOO_SLOW, "NO PICTURE")):
            await asyncio.sleep(seconds)
            assert words(rig) == ["", instead]

    with_rig(body)


def test_one_that_fails_does_not_spoil_the_other() -> None:
    async def body(rig: Rig) -> None:
        rig.together()
        rig.publish("s", SCREEN)
        rig.publish("a", CAMERA, fps=30)
        rig.cameras["a"].faults = 1000
        await asyncio.sleep(10)
        assert (rig.sight.counts.failed, len(rig.sent)) == (0, 10)
        assert words(rig) == ["", "WAITING FOR A PICTURE"]

    with_rig(body)


def test_all_that_fail_are_tried_again_once_a_second() -> None:
    async def body(rig: Rig) -> None:
        await two_cameras(rig)
        rig.camera.faults = 1000
        await asyncio.sleep(30)
        assert 20 <= rig.sight.counts.failed <= 31
        rig.camera.faults = 0
        before = len(rig.sent)
        await asyncio.sleep(2)
        assert len(rig.sent) > before

    with_rig(body)
