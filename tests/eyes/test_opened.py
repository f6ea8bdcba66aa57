"""An eye stays open for as long as its source is the same, whatever becomes of the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.eyes.test_blindspot import said
from tests.fakes.eyes import Rig, with_rig
from tests.fakes.publications import CAMERA, SCREEN, FakePublication
from tests.fakes.wire import FakeWire
from worker.eyes.adaptive import Adaptive
from worker.eyes.closer import Aim
from worker.eyes.presented import Publication


async def a_slide_beside_a_camera(rig: Rig) -> FakePublication:
    """Show a camera, and a screen that stands still; returns the camera's publication."""
    rig.together("room")
    rig.room.join("bob")
    camera = rig.publish("a", CAMERA)
    rig.publish("s", SCREEN, fps=5)
    await asyncio.sleep(3)
    rig.cameras["s"].moving.clear()
    await asyncio.sleep(20)
    return camera


def muted(rig: Rig, camera: FakePublication) -> None:
    rig.room.mute("ann", camera, True)


def switched(rig: Rig, camera: FakePublication) -> None:
    rig.room.unpublish("ann", camera.sid)
    rig.publish("b", CAMERA)


def joined(rig: Rig, camera: FakePublication) -> None:
    rig.publish("c", CAMERA, identity="bob")


@pytest.mark.parametrize(
    ("change", "shown"),
    [(muted, "screen"), (switched, "screen+camera"), (joined, "screen+camera+camera")],
)
def test_a_slide_that_stands_still_is_seen_whatever_else_changes(
    change: Callable[[Rig, FakePublication], None], shown: str
) -> None:
    async def body(rig: Rig) -> None:
        camera = await a_slide_beside_a_camera(rig)
        change(rig, camera)
        await asyncio.sleep(3)
        assert rig.told[-1].source == shown
        assert (await rig.sight.look(Aim())).picture.jpeg
        await asyncio.sleep(60)
        assert rig.blind == []
        assert {words.split()[0] for words in said(rig)} == {"FROM"}

    with_rig(body, Adaptive)


def test_a_change_of_what_is_in_view_costs_one_picture() -> None:
    async def body(rig: Rig) -> None:
        await a_slide_beside_a_camera(rig)
        before = len(rig.sent)
        publication = rig.room.publish("bob", "c", CAMERA)
        await asyncio.sleep(2)
        assert rig.reasons[before:] == [], "it is not received yet"
        rig.subscribed(publication, "bob")
        await asyncio.sleep(2)
        assert rig.reasons[before:] == ["source"]

    with_rig(body, Adaptive)


def test_a_source_that_is_received_anew_is_seen_by_a_new_eye() -> None:
    async def body(rig: Rig) -> None:
        publication = rig.publish("s", SCREEN)
        await asyncio.sleep(1)
        rig.room.unsubscribed("ann", publication)
        await asyncio.sleep(1)
        rig.subscribed(publication)
        await asyncio.sleep(1)
        assert rig.camera.opened == 2

    with_rig(body)


def test_one_source_that_cannot_be_opened_does_not_spoil_the_others() -> None:
    async def body(rig: Rig) -> None:
        def wire(publication: Publication) -> FakeWire:
            if publication.source == SCREEN:
                raise RuntimeError("the publication is gone")
            return rig.wire

        rig.together()
        rig.sources._wire = wire
        rig.publish("s", SCREEN)
        rig.publish("a", CAMERA)
        await asyncio.sleep(1)
        assert rig.told[-1].source == "camera"

    with_rig(body, Adaptive)
