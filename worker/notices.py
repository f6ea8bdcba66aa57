"""Words for people about the call itself: as a message, in writing, and aloud for who waits."""

from __future__ import annotations

from collections.abc import Callable

from livekit import rtc

from worker.holding import hold
from worker.room.posting import Posting
from worker.room.relay import Relay
from worker.tasks import Tasks


class Notices:
    """Tells the room what it cannot know from the talk; never waits for anybody."""

    def __init__(
        self,
        room: rtc.Room,
        relay: Relay,
        posting: Posting,
        tasks: Tasks,
        *,
        awaited: Callable[[], bool],
    ) -> None:
        """Take the ways to the room; `awaited` tells whether somebody waits for the model now."""
        self._room, self._relay, self._posting, self._tasks = room, relay, posting, tasks
        self._awaited = awaited

    def tell(self, level: str, text: str) -> None:
        """Tell a sentence; after a warning, who waits for the model is asked for a moment."""
        self._relay.notice(level, text)
        self._tasks.spawn(self._posting.write(text), "write")
        if level == "warning" and self._awaited():
            self._tasks.spawn(self._hold(), "hold")

    async def _hold(self) -> None:
        await self._posting.joined()
        await hold(self._room, needless=lambda: not self._awaited())
