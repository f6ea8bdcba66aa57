"""`sightline.frames`: an app asks to see what the model sees, and is shown it as byte streams."""

from __future__ import annotations

from collections.abc import Sequence

from livekit import rtc

from worker.errors import ControlError
from worker.room.album import LEASE, TOPIC, Album, Print
from worker.room.answers import FramesAnswer
from worker.room.requests import FramesRequest


class Showing:
    """Lets participants look on, and sends them the pictures."""

    def __init__(self, room: rtc.Room) -> None:
        self._room = room
        self.album = Album(self._post)

    async def answer(self, caller: str, request: FramesRequest) -> FramesAnswer:
        """Begin or end to show pictures to whoever asks.

        Raises:
            ControlError: too many look on already.
        """
        if not request.on:
            self.album.shut(caller)
        elif not self.album.open(caller):
            raise ControlError.busy("too many look on already")
        return FramesAnswer(on=request.on, seconds=LEASE if request.on else 0.0, topic=TOPIC)

    async def _post(self, picture: Print, to: Sequence[str]) -> None:
        # An agent that is cut off sees nobody, which says nothing of them.
        if not self._room.isconnected():
            return
        there = [identity for identity in to if identity in self._room.remote_participants]
        for gone in set(to).difference(there):
            self.album.shut(gone)
        if not there:
            return
        writer = await self._room.local_participant.stream_bytes(
            "frame.jpg",
            total_size=len(picture.jpeg),
            mime_type="image/jpeg",
            attributes=picture.attributes(),
            destination_identities=there,
            topic=TOPIC,
        )
        await writer.write(picture.jpeg)
        await writer.aclose()
