"""Screen and camera are looked at together: one picture, one budget, told once what is where."""

from __future__ import annotations

import asyncio

from tests.eyes.test_blindspot import lettering
from tests.eyes.test_sources import CAMERA, SCREEN
from tests.fakes.eyes import Rig, with_rig
from worker.eyes.adaptive import Adaptive


async def both(rig: Rig) -> None:
    """Show a camera, and a screen a while later."""
    rig.room.people["ann"].name = "Ann"
    rig.publish("a", CAMERA)
    await asyncio.sleep(2)
    rig.publish("s", SCREEN)
    await asyncio.sleep(2)


def together(rig: Rig) -> None:
    rig.sources._scope = "person"


def test_one_source_is_sent_plain_and_told_nothing_of() -> None:
    async def body(rig: Rig) -> None:
        together(rig)
        rig.publish("a", CAMERA)
        await asyncio.sleep(5)
        assert rig.cards == []
        assert (rig.told[-1].source, rig.told[-1].width) == ("camera", 64)

    with_rig(body, Adaptive)


def test_two_are_sent_as_one_and_told_once() -> None:
    async def body(rig: Rig) -> None:
        together(rig)
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
        together(rig)
        await both(rig)
        rig.room.unpublish("ann", "s")
        await asyncio.sleep(5)
        assert rig.told[-1].source == "camera"
        assert [lettering(card)[0] for _, card in rig.cards][1] == "FROM NOW ON"

    with_rig(body, Adaptive)


def test_a_second_source_costs_no_second_picture() -> None:
    async def body(rig: Rig) -> None:
        together(rig)
        await both(rig)
        before = len(rig.sent)
        await asyncio.sleep(20)
        assert 18 <= len(rig.sent) - before <= 22

    with_rig(body)


def test_one_that_is_covered_is_said_to_be_and_the_other_goes_on() -> None:
    async def body(rig: Rig) -> None:
        together(rig)
        await both(rig)
        rig.camera.light = 16
        await asyncio.sleep(10)
        assert rig.blind == [], "the screen is black too here, and a screen may be"
        assert rig.told[-1].source == "screen+camera"

    with_rig(body, Adaptive)


def test_one_that_is_not_received_yet_does_not_keep_the_other_waiting() -> None:
    async def body(rig: Rig) -> None:
        together(rig)
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
        together(rig)
        await both(rig)
        assert rig.sight._speakers() == frozenset()
        rig.sight.on_speech(True)
        assert rig.sight._speakers() == {"ann"}
        rig.sight.on_speech(False)
        assert rig.sight._speakers() == frozenset()

    with_rig(body, Adaptive)
