"""What the eyes send goes to the model, is told to the room, and can be pointed at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tools.context import Region as Asked
from worker.eyes.closer import Aim
from worker.eyes.panes import WHOLE, Pane
from worker.eyes.picture import Picture, Region
from worker.eyes.report import Look, Vision
from worker.eyes.sight import Sight
from worker.gaze import Gaze
from worker.gemini.bounds import Bounds
from worker.gemini.lifeline import Lifeline
from worker.gemini.taps import Taps
from worker.room.album import Album, Print
from worker.room.messages import Mark, Message
from worker.room.relay import Relay

CAMERA = Pane(identity="ann", sid="TR_1", source="camera")
BOX = Asked(left=0.5, top=0.5, right=1, bottom=1)


async def post(picture: Print, to: Sequence[str]) -> None:
    """Show it to nobody."""


def gazing() -> tuple[Gaze, list[Message]]:
    told: list[Message] = []
    relay = Relay(put=told.append, agent=lambda: "agent", user=lambda: "ann")
    lifeline = Lifeline(taps=Taps(), bounds=Bounds(), clock=lambda: 0.0, jitter=lambda: 0.5)
    return Gaze(lifeline, relay, Album(post), 1536), told


def sent(*view: Pane, turn: int = 1) -> Vision:
    picture = Picture(jpeg=b"jpeg", width=640, height=360)
    return Vision.of(picture, "turn", source="camera", at=0.0, view=view, turn=turn)


class Eyes(Sight):
    """Eyes that look at the top left of a camera, in the first turn."""

    def __init__(self) -> None:
        """Need nothing."""

    async def look(self, aim: Aim) -> Look:
        view = (replace(CAMERA, part=aim.region or WHOLE),)
        picture = Picture(jpeg=b"sharp", width=320, height=180)
        return Look(picture=picture, age=0.1, source="camera", view=view, turn=1)


async def marked_after(*seen: Vision) -> tuple[float, float]:
    """Look at the top left, see these pictures, and mark the middle; returns where that lies."""
    gaze, told = gazing()
    gaze.on_vision(sent(CAMERA))
    await gaze.look(Eyes(), Asked(left=0, top=0, right=0.5, bottom=0.5))
    for vision in seen:
        gaze.on_vision(vision)
    gaze.point(BOX, "screw")
    assert isinstance(mark := told[-1], Mark)
    return mark.left, mark.top


@pytest.mark.parametrize("running", [(), (sent(CAMERA),), (sent(CAMERA),) * 3])
async def test_a_mark_lies_in_what_was_looked_at_whatever_came_meanwhile(
    running: Sequence[Vision],
) -> None:
    assert await marked_after(*running) == (0.25, 0.25)


async def test_a_mark_lies_in_the_newest_picture_once_somebody_has_spoken_again() -> None:
    assert await marked_after(sent(CAMERA), sent(CAMERA, turn=2)) == (0.5, 0.5)


@pytest.mark.parametrize(
    "lost",
    [
        Vision(status="blind", reason="off", at=1.0),
        sent(Pane(identity="ann", sid="TR_2", source="screen")),
    ],
    ids=["blind", "another source"],
)
async def test_a_mark_lies_in_nothing_that_is_gone(lost: Vision) -> None:
    assert await marked_after(lost, sent(CAMERA)) == (0.5, 0.5)


def test_a_mark_lies_in_the_video_that_was_shown() -> None:
    gaze, told = gazing()
    gaze.on_vision(sent(CAMERA))
    assert gaze.point(BOX, "screw") == ""
    mark = told[-1]
    assert isinstance(mark, Mark)
    assert (mark.identity, mark.sid, mark.source, mark.label) == ("ann", "TR_1", "camera", "screw")
    assert (mark.left, mark.top, mark.right, mark.bottom) == (0.5, 0.5, 1, 1)


def test_a_mark_in_a_crop_is_led_back_to_the_whole() -> None:
    gaze, told = gazing()
    part = Region(left=0.5, top=0, right=1, bottom=0.5)
    gaze.on_vision(sent(Pane(identity="ann", sid="TR_1", source="camera", part=part)))
    gaze.point(BOX, "screw")
    assert isinstance(mark := told[-1], Mark)
    assert (mark.left, mark.top, mark.right, mark.bottom) == (0.75, 0.25, 1, 0.5)


@pytest.mark.parametrize("blind", [False, True])
def test_points_at_nothing_that_is_not_in_view(blind: bool) -> None:
    gaze, told = gazing()
    if blind:
        gaze.on_vision(sent(CAMERA))
        gaze.on_vision(Vision(status="blind", reason="off", at=1.0))
    assert "nothing in view" in gaze.point(BOX, "screw")
    assert not any(isinstance(message, Mark) for message in told)
