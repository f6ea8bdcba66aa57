"""Sends another agent to a room whose job process has died: livekit-server itself does not."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
from livekit import api
from livekit.agents import AgentServer
from livekit.agents.ipc.job_executor import JobExecutor, JobStatus
from livekit.protocol import agent, models

from worker.config.settings import Settings
from worker.operation.succession import CALLED_OFF, Losses, Present, is_left_alone, is_looked_after
from worker.tasks import Tasks

logger = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds that the server may take over all of one room."""
AGAIN = (1.0, 2.0, 4.0, 8.0, *(10.0,) * 30)
"""Seconds after each try that failed: five minutes, for a server that is made anew, or a network
that is gone. Then the room is left to whoever calls again."""
LOOKS = (0.0, 20.0, 20.0)
"""Seconds before each look into a room, until an agent is there: people come back as late as that,
and no worker may have been there to take the job."""
NOT_FOUND = "not_found"
KIND = models.ParticipantInfo.Kind
PEOPLE = (KIND.STANDARD, KIND.SIP, KIND.CONNECTOR)
"""As in `worker.room.attendance`: whom an agent that comes would serve."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Loss:
    """A job that nobody does any more."""

    job: agent.Job
    identity: str
    """The agent's in the room."""
    called_off: bool = False
    """Whether LiveKit, or the worker, has ended it: perhaps because somebody wanted it so."""


class Watch:
    """Lives in the worker's main process, beside the framework's supervision of the processes.

    A job that ended well leaves nothing to do. After one that did not, the dead agent is taken out
    of the room (the server would show it for some 15 s more) and, if people are left there without
    an agent, one is asked for, whichever worker may have room for it. Whether it came, and whether
    people are back who had been lost too, is looked at again. An agent whose dispatch was deleted
    is not replaced. A room that keeps losing its agents is closed: nobody is left waiting in it,
    and whoever comes back gets a new one.
    """

    def __init__(
        self,
        server: AgentServer,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._sleep = sleep
        self._server = server
        self._settings = settings
        self._clock = clock
        self._losses = Losses()
        self._newest: dict[str, Loss] = {}
        self._tasks = Tasks()

    def start(self) -> None:
        """Follow the job processes from the moment the worker has any."""
        self._server.on("worker_started", self._follow)

    def _follow(self) -> None:
        # `AgentServer` has no event of its own for the end of a job process.
        self._server._proc_pool.on("process_closed", self.on_process_closed)

    def on_process_closed(self, process: JobExecutor) -> None:
        """A job process is gone; idle ones had no job."""
        job = process.running_job
        if job is None or job.fake_job or process.status is not JobStatus.FAILED:
            return
        # Threads, which the framework has too, have no exit status.
        called_off = getattr(process, "exitcode", None) == CALLED_OFF
        identity = job.accept_arguments.identity
        self._replace(Loss(job=job.job, identity=identity, called_off=called_off))

    def on_unlaunched(self, job: agent.Job, identity: str) -> None:
        """A job that we have taken gets no process; the server does not know."""
        self._replace(Loss(job=job, identity=identity))

    def _replace(self, loss: Loss) -> None:
        if is_looked_after(self._settings.livekit_url):
            return
        room = loss.job.room.name
        pause = self._losses.pause(room, self._clock())
        logger.error("a call lost its process", extra={"room": room, "job": loss.job.id})
        self._newest[room] = loss
        self._tasks.spawn(self._succeed(loss, pause), "succession")

    async def _succeed(self, loss: Loss, pause: float | None) -> None:
        """See to the room until it has an agent, or has lost another one."""
        room, successor = loss.job.room.name, Successor(loss)
        await self._sleep(pause or 0.0)
        for wait in LOOKS:
            await self._sleep(wait)
            if self._newest.get(room) is not loss:
                return
            if await self._persist(loss, None if pause is None else successor):
                break
        if self._newest.get(room) is loss:
            del self._newest[room]

    async def _persist(self, loss: Loss, successor: Successor | None) -> bool:
        """Look until the server answers: what killed the process may trouble it too."""
        for wait in AGAIN:
            try:
                return await self._see_to(loss, successor)
            except api.TwirpError as error:
                # A room that is gone needs nobody; it may come again.
                if error.code == NOT_FOUND:
                    return successor is None
            except (aiohttp.ClientError, OSError, TimeoutError):
                pass
            await self._sleep(wait)
        logger.error("no other agent could be sent", extra={"room": loss.job.room.name})
        return True

    async def _see_to(self, loss: Loss, successor: Successor | None) -> bool:
        """Look into the room once, and do what is to be done; tell whether that is all."""
        room, dead = loss.job.room.name, loss.identity
        async with asyncio.timeout(PATIENCE), api.LiveKitAPI(*self._settings.livekit) as it:
            await _remove(it, room, dead)
            if successor is None:
                await it.room.delete_room(api.DeleteRoomRequest(room=room))
                logger.error("a room keeps losing its agent, closed it", extra={"room": room})
                return True
            present = await _present(it, room)
            if not is_left_alone(present, dead):
                return any(one.agent for one in present)
            if await successor.ask(it):
                logger.warning("sent another agent", extra={"room": room})
                return False
        self._losses.forgive(room)
        logger.info("the agent's dispatch was deleted, sent no other", extra={"room": room})
        return True


class Successor:
    """The agent that is asked for as the one that died was, once a look however often it is tried.

    The answer to a request that was done may be lost; then the room has a dispatch that it had not
    before the first try.
    """

    def __init__(self, loss: Loss) -> None:
        self._name, self._metadata = loss.job.agent_name, loss.job.metadata
        self._room, self._old = loss.job.room.name, loss.job.dispatch_id
        self._called_off = loss.called_off
        self._before: set[str] | None = None

    async def ask(self, client: api.LiveKitAPI) -> bool:
        """Ask for it, whose dispatch takes the old one's place; not if that was deleted.

        Raises:
            TwirpError, ClientError, OSError: the server refuses, or is not there.
        """
        found = await client.agent_dispatch.list_dispatch(self._room)
        if self._called_off and self._old and all(one.id != self._old for one in found):
            return False
        ids = {one.id for one in found if one.agent_name == self._name}
        if self._before is None:
            self._before = ids
        if ids <= self._before:
            await client.agent_dispatch.create_dispatch(
                api.CreateAgentDispatchRequest(
                    agent_name=self._name, room=self._room, metadata=self._metadata
                )
            )
        # The next look begins afresh: whoever was asked for by now has not come.
        old, self._old, self._before = self._old, "", None
        if old:
            # Nothing follows from one that stays: the next agent is asked for already.
            with contextlib.suppress(api.TwirpError, aiohttp.ClientError, OSError):
                await client.agent_dispatch.delete_dispatch(old, self._room)
        return True


async def _remove(client: api.LiveKitAPI, room: str, identity: str) -> None:
    try:
        gone = api.RoomParticipantIdentity(room=room, identity=identity)
        await client.room.remove_participant(gone)
    except api.TwirpError as error:
        if error.code != NOT_FOUND:
            raise


async def _present(client: api.LiveKitAPI, room: str) -> list[Present]:
    listed = await client.room.list_participants(api.ListParticipantsRequest(room=room))
    return [
        Present(identity=one.identity, agent=one.kind == KIND.AGENT, person=one.kind in PEOPLE)
        for one in listed.participants
    ]
