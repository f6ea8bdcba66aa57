"""Sees to it that voices are received again after a reconnection of ours."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

from livekit import rtc

from worker.room.nodelay import send_at_once
from worker.tasks import Tasks

logger = logging.getLogger(__name__)

GAPS = (0.3, 0.7, 1.0, 2.0, 4.0, 8.0)
"""Seconds between two looks at what has come of it; a connection that is lost again begins anew."""


class Voices:
    """Asks for every voice anew when the room is joined anew, until all have come.

    The framework asks for each once, when the library tells that it is there. After a full
    reconnect that is before the new connection stands, the request goes to the old one, and the
    agent would sit there speaking and seeing, deaf for the rest of the call.
    """

    def __init__(self, room: rtc.Room) -> None:
        self._room, self._tasks = room, Tasks()
        self._asking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Follow the room's connection, from the join on."""
        self._room.on("reconnected", self._on_reconnected)

    async def aclose(self) -> None:
        """Follow it no more."""
        self._room.off("reconnected", self._on_reconnected)
        await self._tasks.aclose()

    def _on_reconnected(self) -> None:
        # The new connection has Nagle's algorithm again.
        send_at_once()
        for voice in self._published():
            voice.set_subscribed(True)
        if self._asking is not None:
            self._asking.cancel()
        self._asking = self._tasks.spawn(self._insist(), "voices")

    async def _insist(self) -> None:
        for gap in GAPS:
            await asyncio.sleep(gap)
            missing = [voice for voice in self._published() if voice.track is None]
            if missing:
                logger.warning("voices do not come, asked again", extra={"count": len(missing)})
            for voice in missing:
                # The library sends no request that it believes to have sent.
                voice.set_subscribed(False)
                voice.set_subscribed(True)

    def _published(self) -> Iterator[rtc.RemoteTrackPublication]:
        for person in self._room.remote_participants.values():
            for publication in person.track_publications.values():
                if publication.kind == rtc.TrackKind.KIND_AUDIO:
                    yield publication
