"""How a call ends from the agent's side: everybody left, it was asked to, or its model is gone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from livekit import rtc
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
CLOSING = 3.0
"""Seconds for which a job that ends waits for the answer to closing its room: the framework would
cancel the request, which takes three or four ways there and back on a connection of its own."""


class Departure:
    """Ends one call, once; what runs then is ended by the shutdown of its job."""

    def __init__(self, ctx: JobContext, tasks: Tasks, *, posting: Posting, outbox: Outbox) -> None:
        self._ctx, self._tasks = ctx, tasks
        self._posting, self._outbox = posting, outbox
        self._orderly = self._leaving = False
        self._closing: asyncio.Future[object] | None = None
        self.session_closed = asyncio.Event()

    def begin(self) -> None:
        """The job shuts down: whatever closes from now on is meant to."""
        self._orderly = True

    def on_empty(self) -> None:
        """Everybody has left."""
        logger.info("everybody left")
        self._leave("everybody left", close=not self._ctx.room.remote_participants)

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
        self._leave("the budget is spent", close=self._is_the_only_one())

    def part(self) -> None:
        """The model cannot be reached: take leave without it."""
        if not self._leaving:
            self._leaving = True
            self._tasks.spawn(self._part(), "leave")

    async def aclose(self) -> None:
        """Wait, but not for long, until the room is closed that was to be."""
        if self._closing is not None:
            _, late = await asyncio.wait([self._closing], timeout=CLOSING)
            if late:
                logger.warning("the room may be left open: no answer to closing it")

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
            self._leave("somebody ended the call", close=True)

    async def _part(self) -> None:
        """Take leave when the session has died: a mute agent must not stay in the room."""
        try:
            await take_leave(
                self._ctx.room, self._posting, self._outbox, closed=self.session_closed
            )
        finally:
            self._leave("the model cannot be reached", close=self._is_the_only_one())

    def _leave(self, reason: str, *, close: bool) -> None:
        """End the job, and the room with it where whoever stays or returns would wait in vain.

        Agents are sent to new rooms only.
        """
        if close and self._closing is None:
            self._closing = self._ctx.delete_room()
        self._ctx.shutdown(reason=reason)

    def _is_the_only_one(self) -> bool:
        people = self._ctx.room.remote_participants.values()
        return all(one.kind != rtc.ParticipantKind.PARTICIPANT_KIND_AGENT for one in people)
