"""How a call ends from the agent's side: everybody left, it was asked to, or its model is gone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import aiohttp
from livekit import api, rtc
from livekit.agents import CloseEvent, CloseReason, JobContext
from livekit.agents.voice.agent_activity import ActivityClosedError

from worker.goodbye import take_leave
from worker.room.attendance import PEOPLE
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
ASKING = 2.0
"""Seconds for which the server is asked who is in a room that seems empty."""


class Departure:
    """Ends one call, once; what runs then is ended by the shutdown of its job."""

    def __init__(self, ctx: JobContext, tasks: Tasks, *, posting: Posting, outbox: Outbox) -> None:
        self._ctx, self._tasks = ctx, tasks
        self._posting, self._outbox = posting, outbox
        self._orderly = self._leaving = self._asking = False
        self._closing: asyncio.Future[object] | None = None
        self.session_closed = asyncio.Event()

    def begin(self) -> None:
        """The job shuts down: whatever closes from now on is meant to."""
        self._orderly = True

    def on_empty(self) -> None:
        """Nobody is to be seen any more; told again for as long as that is so."""
        if not self._asking:
            self._asking = True
            self._tasks.spawn(self._leave_if_empty(), "leave if empty")

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

    def on_elder(self) -> None:
        """Another agent has served this room for longer: leave it to that one."""
        logger.warning("another agent serves this room")
        self._leave("another agent serves this room", close=False)

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

    async def _leave_if_empty(self) -> None:
        try:
            if await self._somebody_comes() or self._somebody_came():
                logger.info("somebody is on the way into the room")
                return
        finally:
            self._asking = False
        logger.info("everybody left")
        self._leave("everybody left", close=not self._ctx.room.remote_participants)

    async def _somebody_comes(self) -> bool:
        """Ask the server: it knows of people for some 300 ms before it tells the others of them.

        Closing the room then would throw them out.
        """
        asked = api.ListParticipantsRequest(room=self._ctx.room.name)
        try:
            async with asyncio.timeout(ASKING):
                listed = await self._ctx.api.room.list_participants(asked)
        except (api.TwirpError, aiohttp.ClientError, OSError, TimeoutError):
            return False
        seen = (one for one in listed.participants if not one.permission.hidden)
        return any(int(one.kind) in PEOPLE for one in seen)

    def _somebody_came(self) -> bool:
        """Look again after the question: meanwhile somebody may be here, or we may be cut off."""
        people = self._ctx.room.remote_participants.values()
        return not self._ctx.room.isconnected() or any(one.kind in PEOPLE for one in people)

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
