"""A closer look shows what was meant of several, and says truly what it is."""

from __future__ import annotations

import asyncio

import pytest

from tests.fakes.eyes import Rig, with_rig
from tests.fakes.publications import CAMERA, SCREEN
from worker.errors import PictureError
from worker.eyes.adaptive import Adaptive
from worker.eyes.closer import Aim
from worker.eyes.panes import WHOLE, Pane
from worker.eyes.picture import Region
from worker.eyes.report import Look

LEFT = Region(left=0, top=0, right=0.5, bottom=1)
NOWHERE = Region(left=0.8, top=0.9, right=1, bottom=1)
"""Below the camera, which stands in the upper right corner."""


async def both(rig: Rig) -> dict[str, Pane]:
    """Show a screen and a camera; returns where the newest picture shows them."""
    rig.together()
    rig.publish("a", CAMERA, fps=30)
    rig.publish("s", SCREEN, fps=5)
    rig.cameras["a"].size, rig.cameras["s"].size = (640, 480), (1920, 1080)
    await asyncio.sleep(5)
    return {pane.source: pane for pane in rig.told[-1].view}


def sizes(look: Look) -> tuple[int, int]:
    return look.picture.width, look.picture.height


@pytest.mark.parametrize(
    ("kind", "sid", "size"), [("camera", "a", (640, 480)), ("screen", "s", (1536, 864))]
)
def test_a_region_of_the_picture_is_looked_at_in_the_source_it_lies_in(
    kind: str, sid: str, size: tuple[int, int]
) -> None:
    async def body(rig: Rig) -> None:
        panes = await both(rig)
        look = await rig.sight.look(Aim(region=panes[kind].within))
        assert (look.source, sizes(look)) == (kind, size)
        assert look.view == (Pane(identity="ann", sid=sid, source=kind, part=WHOLE),)

    with_rig(body, Adaptive)


def test_a_part_of_a_pane_is_led_back_to_a_part_of_its_source() -> None:
    async def body(rig: Rig) -> None:
        within = (await both(rig))["screen"].within
        middle = (within.left + within.right) / 2
        part = Region(left=within.left, top=within.top, right=middle, bottom=within.bottom)
        look = await rig.sight.look(Aim(region=part))
        assert look.view[0].part.right == pytest.approx(0.5)
        assert look.picture.width == pytest.approx(960, abs=4)

    with_rig(body, Adaptive)


def test_a_source_that_is_named_is_taken_alone_and_the_region_is_its_own() -> None:
    async def body(rig: Rig) -> None:
        await both(rig)
        look = await rig.sight.look(Aim(source="camera"))
        assert (look.source, sizes(look)) == ("camera", (640, 480))
        look = await rig.sight.look(Aim(source="camera", region=LEFT))
        assert (look.view[0].sid, look.view[0].part, sizes(look)) == ("a", LEFT, (320, 480))

    with_rig(body, Adaptive)


def test_without_a_word_of_which_all_are_taken_as_one() -> None:
    async def body(rig: Rig) -> None:
        await both(rig)
        look = await rig.sight.look(Aim())
        assert (look.source, look.picture.width) == ("screen+camera", 1536)
        assert [pane.sid for pane in look.view] == ["s", "a"]
        assert look.age < 0.1

    with_rig(body, Adaptive)


def test_cameras_together_are_sharper_than_usual() -> None:
    async def body(rig: Rig) -> None:
        rig.together("room")
        rig.room.join("bob")
        rig.camera.size = (1280, 720)
        rig.publish("a", CAMERA)
        rig.publish("b", CAMERA, identity="bob")
        await asyncio.sleep(5)
        assert rig.told[-1].width == 768
        assert (await rig.sight.look(Aim())).picture.width == 1536

    with_rig(body, Adaptive)


@pytest.mark.parametrize(
    ("aim", "words"),
    [
        (Aim(region=NOWHERE), "nothing in view there"),
        (Aim(source="screen"), "there is no screen to look at"),
    ],
)
def test_is_refused_where_there_is_nothing(aim: Aim, words: str) -> None:
    async def body(rig: Rig) -> None:
        await both(rig)
        if aim.source:
            rig.room.unpublish("ann", "s")
            await asyncio.sleep(1)
        with pytest.raises(PictureError, match=words):
            await rig.sight.look(aim)

    with_rig(body, Adaptive)


def test_a_screen_that_is_not_received_yet_lends_its_name_to_no_other_picture() -> None:
    async def body(rig: Rig) -> None:
        rig.together()
        rig.publish("a", CAMERA)
        await asyncio.sleep(2)
        rig.room.publish("ann", "s", SCREEN)
        await asyncio.sleep(1)
        look = await rig.sight.look(Aim())
        assert (look.source, look.view[0].sid) == ("camera", "a")
        with pytest.raises(PictureError, match="no picture has come from the screen yet"):
            await rig.sight.look(Aim(source="screen"))

    with_rig(body, Adaptive)


def test_a_region_of_a_picture_before_the_last_change_is_still_found() -> None:
    """The model has not seen the screen alone yet when it asks."""

    async def body(rig: Rig) -> None:
        panes = await both(rig)
        rig.executor.faults = 9
        rig.room.unpublish("ann", "a")
        await asyncio.sleep(0.1)
        rig.executor.faults = 0
        look = await rig.sight.look(Aim(region=panes["screen"].within))
        assert (look.source, look.view[0].part) == ("screen", WHOLE)

    with_rig(body, Adaptive)


@pytest.mark.parametrize("anew", ["speech", "question", "reconnect"])
def test_what_is_said_typed_or_connected_anew_begins_a_turn(anew: str) -> None:
    async def body(rig: Rig) -> None:
        rig.camera.lively = True
        rig.publish()
        await asyncio.sleep(2)
        look = await rig.sight.look(Aim())
        await asyncio.sleep(60)
        assert {vision.turn for vision in rig.told} == {look.turn}
        if anew == "speech":
            rig.sight.on_speech(True)
        else:
            rig.sight.ask(anew)
        await asyncio.sleep(1)
        assert rig.told[-1].turn == look.turn + 1

    with_rig(body, Adaptive)
