"""How a call ends from the agent's side: everybody left, it was asked to, or its model is gone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from livekit.agents import CloseEvent, CloseReason, JobContext
from livekit.agents.voice.agent_activity import ActivityClosedError

from worker.goodbye import take_leave
from worker.room.outbox import Outbox
from worker.room.posting import Posting
from worker.tasks import Tasks
from worker.voice import ON_ITS_WAY

logger = logging.getLogger(__name__)

FAREWELL = 15.0
"""Seconds that a farewell may take, its waiting for a pause included."""


class Departure:
    """Ends one call, once; what runs then is ended by the shutdown of its job."""

    def __init__(self, ctx: JobContext, tasks: Tasks, *, posting: Posting, outbox: Outbox) -> None:
        self._ctx, self._tasks = ctx, tasks
        self._posting, self._outbox = posting, outbox
        self._orderly = self._leaving = False
        self.session_closed = asyncio.Event()

    def begin(self) -> None:
        """The job shuts down: whatever closes from now on is meant to."""
        self._orderly = True

    def on_empty(self) -> None:
        """Everybody has left."""
        logger.info("everybody left")
        if not self._ctx.room.remote_participants:
            # Agents are sent to new rooms only: whoever comes back must find a new one.
            self._ctx.delete_room()
        self._ctx.shutdown(reason="everybody left")

    def on_close(self, event: CloseEvent) -> None:
        """The session is closed; nobody is left with an agent that has none."""
        self.session_closed.set()
        if not self._orderly and event.reason is CloseReason.ERROR:
            self.part()

    def end(self, farewell: Callable[[], Awaitable[None]] | None) -> None:
        """Somebody who is allowed to ends the call: say farewell, if any, and close the room."""
        if not self._leaving:
            self._leaving = True
            self._tasks.spawn(self._end(farewell), "end")

    def on_spent(self) -> None:
        """The budget is used up, and that was said."""
        self._ctx.shutdown(reason="the budget is spent")

    def part(self) -> None:
        """The model cannot be reached: take leave without it."""
        if not self._leaving:
            self._leaving = True
            self._tasks.spawn(self._part(), "leave")

    async def _end(self, farewell: Callable[[], Awaitable[None]] | None) -> None:
        try:
            if farewell is not None:
                async with asyncio.timeout(FAREWELL):
                    await farewell()
        except (TimeoutError, ActivityClosedError, RuntimeError) as error:
            # The model does not answer, or the session closes: the call ends without it.
            logger.info("no farewell was said", extra={"error": repr(error)})
        finally:
            logger.info("ended on request")
            await asyncio.sleep(ON_ITS_WAY)
            self._ctx.delete_room()
            self._ctx.shutdown(reason="somebody ended the call")

    async def _part(self) -> None:
        """Take leave when the session has died: a mute agent must not stay in the room."""
        try:
            await take_leave(
                self._ctx.room, self._posting, self._outbox, closed=self.session_closed
            )
        finally:
            self._ctx.shutdown(reason="the model cannot be reached")
