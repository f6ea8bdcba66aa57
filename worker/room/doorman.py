"""Stands before what LiveKit's reception takes of sound that was recorded before the join.

A page records from the click on, and sends what was said until it has joined as a byte stream that
names a track. LiveKit plays it as that track's, whoever sent it, however much it is.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable

from livekit import rtc

logger = logging.getLogger(__name__)

TOPIC = "lk.agent.pre-connect-audio-buffer"
MAX_BYTES = 4 * 1024 * 1024
"""Twenty seconds of 48 kHz stereo in 16 bits; what is read takes three at most."""

Handler = Callable[[rtc.ByteStreamReader, str], None]


class Bounded:
    """A byte stream of which no more than so much is read."""

    def __init__(self, reader: rtc.ByteStreamReader, most: int) -> None:
        self._reader, self._most = reader, most
        self.info = reader.info

    async def __aiter__(self) -> AsyncIterator[bytes]:
        taken = 0
        async for part in self._reader:
            taken += len(part)
            if taken > self._most:
                self._reader.close()
                logger.warning("recorded sound was cut", extra={"bytes": taken})
                return
            yield part


def guard(room: rtc.Room, *, served: Callable[[], str]) -> None:
    """Let through only sound of who is served or may be, for a track of their own.

    Called before LiveKit's reception begins: it takes what comes from its first moment on.

    Args:
        served: Gives the identity of the participant who is served; empty: nobody yet.
    """
    register = room.register_byte_stream_handler

    def register_guarded(topic: str, handler: Handler) -> None:
        def on_stream(reader: rtc.ByteStreamReader, sender: str) -> None:
            track = (reader.info.attributes or {}).get("trackId", "")
            if served() not in ("", sender) or owner(room, track) not in ("", sender):
                reader.close()
                logger.warning("recorded sound of another's track is not heard")
                return
            handler(Bounded(reader, MAX_BYTES), sender)  # type: ignore[arg-type]

        register(topic, on_stream if topic == TOPIC else handler)

    # LiveKit knows one handler a topic, and has no place for another one before its own.
    room.register_byte_stream_handler = register_guarded  # type: ignore[method-assign]


def owner(room: rtc.Room, track: str) -> str:
    """Return who has published a track; empty where nobody has, or not yet."""
    people = room.remote_participants.values()
    return next((who.identity for who in people if track in who.track_publications), "")
