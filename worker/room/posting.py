"""The ways out to the room: data packets, the agent's attributes, written lines."""

from __future__ import annotations

import asyncio
import contextlib

from livekit import rtc
from livekit.agents.utils import shortuuid

from worker.room.messages import TOPIC

TRANSCRIPTION = "lk.transcription"


class Posting:
    """Posts to one room; before the join only what can wait for it is taken."""

    def __init__(self, room: rtc.Room) -> None:
        self._room = room
        self._joined = asyncio.Event()

    def open(self) -> None:
        """The room is joined."""
        self._joined.set()

    async def joined(self) -> None:
        """Wait for the join."""
        await self._joined.wait()

    async def publish(self, packet: bytes) -> None:
        """Send one reliable data packet to everybody who is there.

        Raises:
            ConnectionError: we are not in the room any more.
        """
        if not self._room.isconnected():
            raise ConnectionError("not in the room")
        await self._room.local_participant.publish_data(packet, reliable=True, topic=TOPIC)

    async def set_attributes(self, attributes: dict[str, str]) -> None:
        """Set attributes of the agent; a room that is away is left alone."""
        if self._room.isconnected():
            with contextlib.suppress(rtc.ConnectError):
                await self._room.local_participant.set_attributes(attributes)

    async def write(self, text: str) -> None:
        """Show a sentence where every LiveKit client shows what the agent says.

        Waits for the join: an outage may begin before it.
        """
        await self.joined()
        if self._room.isconnected():
            line = {"lk.transcription_final": "true", "lk.segment_id": shortuuid("SG_")}
            participant = self._room.local_participant
            await participant.send_text(text, topic=TRANSCRIPTION, attributes=line)
