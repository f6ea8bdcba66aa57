"""What the eyes see goes to the model and is told to the room."""

from __future__ import annotations

from tools.context import LookResult, Shown
from tools.context import Region as AskedRegion
from worker.errors import PictureError
from worker.eyes.choice import Kind
from worker.eyes.closer import Aim
from worker.eyes.panes import Pane, locate
from worker.eyes.picture import Picture, Region
from worker.eyes.report import Look, Vision
from worker.eyes.sight import Sight
from worker.gemini.lifeline import Lifeline
from worker.room.album import Album
from worker.room.relay import Relay


class Gaze:
    """Stands between the eyes and those who are shown what they see."""

    def __init__(self, lifeline: Lifeline, relay: Relay, album: Album, look_edge: int) -> None:
        self._lifeline = lifeline
        self._relay = relay
        self._album = album
        self._look_edge = look_edge
        """Longest edge, in pixels, of a picture that was asked for."""
        self._view: tuple[Pane, ...] = ()
        """What the picture shows that the model points in."""
        self._looked: int | None = None
        """The turn in which it looked closer, if that is the picture."""
        self._jpeg = b""
        self.blind = ""
        """Why there is nothing to see; empty: there is something, or nobody has looked yet."""

    def on_picture(self, picture: Picture, _: str) -> None:
        """A running picture: the newest replaces one that has not left yet."""
        self._lifeline.see(picture.jpeg)
        self._jpeg = picture.jpeg

    def on_card(self, card: Picture) -> None:
        """Words as a picture: what it says must not be lost to a newer picture."""
        self._lifeline.see(card.jpeg, keep=True)
        self._album.put(card.jpeg, source="card", reason="blind")

    def on_vision(self, vision: Vision) -> None:
        """A picture was sent, or there is none to send."""
        if self._supersedes(vision):
            self._view, self._looked = vision.view, None
        self.blind = vision.reason if vision.status == "blind" else ""
        if vision.status == "sent":
            self._album.put(self._jpeg, source=vision.source, reason=vision.reason)
        self._relay.on_vision(
            vision.status,
            vision.reason,
            source=vision.source,
            width=vision.width,
            height=vision.height,
            size=vision.bytes,
        )

    async def look(
        self, sight: Sight, region: AskedRegion | None, source: Shown = "", call_id: str = ""
    ) -> LookResult:
        """Send one sharp picture for this call of the `look` tool, before its answer leaves."""
        try:
            look = await self.take(sight, _part(region), source or None, call_id)
        except PictureError as error:
            return LookResult(blind=f"I can't look: {error}.")
        picture = look.picture
        return LookResult(
            width=picture.width, height=picture.height, age=look.age, source=look.source
        )

    async def take(
        self, sight: Sight, part: Region | None, source: Kind | None = None, call_id: str = ""
    ) -> Look:
        """Take one sharp picture, send it to the model and tell the room.

        Raises:
            PictureError: as `Sight.look`.
        """
        look = await sight.look(Aim(region=part, source=source, longest=self._look_edge))
        self._lifeline.see(look.picture.jpeg, keep=True, call_id=call_id)
        self._view, self._looked = look.view, look.turn
        self._album.put(look.picture.jpeg, source=look.source, reason="look")
        self._tell(look)
        return look

    def point(self, asked: AskedRegion, label: str) -> str:
        """Mark a place of the newest picture in the room; returns why not, or nothing.

        After a closer look that is the sharp picture, until somebody speaks again: the running ones
        that follow are not what the model answers from.
        """
        box = Region(left=asked.left, top=asked.top, right=asked.right, bottom=asked.bottom)
        pane = locate(self._view, box)
        if pane is None:
            return "I can't mark that: there is nothing in view there."
        part = pane.part
        corners = {"left": part.left, "top": part.top, "right": part.right, "bottom": part.bottom}
        whose = {"identity": pane.identity, "sid": pane.sid, "source": pane.source}
        self._relay.on_mark(label, {**whose, **corners})
        return ""

    def _supersedes(self, vision: Vision) -> bool:
        """Tell whether the model points in this picture rather than in the one it looked at."""
        still_there = {pane.sid for pane in vision.view}
        gone = any(pane.sid not in still_there for pane in self._view)
        return self._looked != vision.turn or gone

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
