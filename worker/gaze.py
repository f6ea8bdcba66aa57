"""What the eyes see goes to the model and is told to the room."""

from __future__ import annotations

from tools.context import LookResult
from tools.context import Region as AskedRegion
from worker.errors import PictureError
from worker.eyes.picture import Picture, Region
from worker.eyes.report import Look, Vision
from worker.eyes.sight import Sight
from worker.gemini.lifeline import Lifeline
from worker.room.relay import Relay


class Gaze:
    """Stands between the eyes and those who are shown what they see."""

    def __init__(self, lifeline: Lifeline, relay: Relay, *, look_edge: int) -> None:
        self._lifeline = lifeline
        self._relay = relay
        self._look_edge = look_edge
        """Longest edge, in pixels, of a picture that was asked for."""

    def on_picture(self, picture: Picture, _: str) -> None:
        """A running picture: the newest replaces one that has not left yet."""
        self._lifeline.see(picture.jpeg)

    def on_card(self, card: Picture) -> None:
        """Words as a picture: what it says must not be lost to a newer picture."""
        self._lifeline.see(card.jpeg, keep=True)

    def on_vision(self, vision: Vision) -> None:
        """A picture was sent, or there is none to send."""
        self._relay.on_vision(
            vision.status,
            vision.reason,
            source=vision.source,
            width=vision.width,
            height=vision.height,
            size=vision.bytes,
        )

    async def look(self, sight: Sight, region: AskedRegion | None) -> LookResult:
        """Send one sharp picture for the `look` tool, before its answer leaves."""
        try:
            look = await sight.look(_part(region), self._look_edge)
        except PictureError as error:
            return LookResult(blind=f"I can't look: {error}.")
        self._lifeline.see(look.picture.jpeg, keep=True)
        self._tell(look)
        return LookResult(width=look.picture.width, height=look.picture.height, age=look.age)

    def _tell(self, look: Look) -> None:
        picture = look.picture
        self._relay.on_vision(
            "sent",
            "look",
            source=look.source,
            width=picture.width,
            height=picture.height,
            size=len(picture.jpeg),
        )


def _part(asked: AskedRegion | None) -> Region | None:
    if asked is None:
        return None
    return Region(left=asked.left, top=asked.top, right=asked.right, bottom=asked.bottom)
