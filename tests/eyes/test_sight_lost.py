"""What cannot be seen is told, and seen again as soon as it can be."""

from __future__ import annotations

import asyncio

from tests.fakes.eyes import Rig, with_rig
from tests.fakes.publications import CAMERA, SCREEN
from worker.eyes.eye import TOO_SLOW
from worker.eyes.sight import INSIST


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


def test_asks_again_for_a_track_that_does_not_come() -> None:
    """As after a request that met a reconnection of ours."""

    async def body(rig: Rig) -> None:
        publication = rig.room.publish("ann", "a", CAMERA)
        await asyncio.sleep(INSIST + 0.5)
        assert (publication.asked, rig.blind) == ([True, False, True], [])
        await asyncio.sleep(TOO_SLOW)
        assert (publication.asked, rig.blind) == ([True, *[False, True] * 2], ["too_slow"])
        rig.subscribed(publication)
        await asyncio.sleep(1.5)
        assert rig.sent
        assert len(publication.asked) == 5

    with_rig(body)


def test_asks_again_for_one_of_several_while_the_others_are_seen() -> None:
    async def body(rig: Rig) -> None:
        rig.together()
        rig.publish("s", SCREEN)
        camera = rig.room.publish("ann", "a", CAMERA)
        await asyncio.sleep(INSIST + 0.5)
        assert (camera.asked, rig.blind) == ([True, False, True], [])
        assert rig.sent

    with_rig(body)


def test_does_not_ask_again_for_what_is_muted() -> None:
    async def body(rig: Rig) -> None:
        camera = rig.room.publish("ann", "a", CAMERA)
        rig.room.mute("ann", camera, True)
        await asyncio.sleep(10 * INSIST)
        assert (camera.asked, rig.blind) == ([True], ["off"])

    with_rig(body)
