"""The end of a call whose worker has died above it: nobody is left with an agent that is none."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

import psutil
from livekit import api, rtc
from livekit.agents import JobContext

from worker.operation.succession import exit_status

logger = logging.getLogger(__name__)

GONE = "I have to go, my worker has been switched off. Please call again."
BACK = "Something broke on my side. I will be with you again in a moment."
STEP = 2.0
"""Seconds for each last deed; the process ends after the two of them at the latest."""


@dataclass(slots=True, kw_only=True)
class Parting:
    """Stands beside a call until it ends, or until its worker does.

    When a worker is killed, or told to stop for the second time, its job processes notice that it
    is gone, and the framework cancels whatever runs in them. The server would show the agent for
    some 15 s more and then leave people in a room that no agent comes to. So they are told, and the
    room is closed: whoever calls again gets a new one. If the worker lives and has only lost this
    process, it sends another agent (`worker.operation.watch`) and just the room is left.
    """

    tell: Callable[[str], Coroutine[None, None, None]]
    leave: Callable[[], Coroutine[None, None, None]]
    close_room: Callable[[], Coroutine[None, None, None]]
    worker_lives: Callable[[], bool]
    step: float = STEP
    _orderly: bool = False

    def release(self) -> None:
        """The call ends as calls do."""
        self._orderly = True

    async def wait(self) -> None:
        """Run as a task until it is cancelled."""
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            if not self._orderly:
                await self._part()
            raise

    async def _part(self) -> None:
        lives = self.worker_lives()
        logger.warning("the worker has let go of this call", extra={"lives": lives})
        await self._try(self.tell(BACK if lives else GONE))
        await self._try(self.leave() if lives else self.close_room())

    async def _try(self, deed: Coroutine[None, None, None]) -> None:
        """Do it within `step` seconds; nobody is left who could be told of a failure."""
        task = asyncio.create_task(deed, name="last deed")
        await asyncio.wait([task], timeout=self.step)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def part_from(
    room: rtc.Room,
    *,
    tell: Callable[[str], Coroutine[None, None, None]],
    livekit: tuple[str, str, str],
) -> Parting:
    """Give the parting from a room, whose words are told by `tell`.

    Args:
        livekit: Address, key and secret of LiveKit's API.
    """

    async def close_room() -> None:
        async with api.LiveKitAPI(*livekit) as client:
            await client.room.delete_room(api.DeleteRoomRequest(room=room.name))

    return Parting(
        tell=tell, leave=room.disconnect, close_room=close_room, worker_lives=worker_lives
    )


def end_with(ctx: JobContext, close: Callable[[str], Coroutine[None, None, None]]) -> None:
    """Close the call when its job ends; the exit status says whether anybody wanted it to end.

    By that the worker knows that people may be left alone (`worker.operation.watch`).
    """
    disconnects: list[str] = []

    def on_disconnected(reason: rtc.DisconnectReason.ValueType) -> None:
        # When we disconnect ourselves, LiveKit has not ended anything.
        if reason != rtc.DisconnectReason.CLIENT_INITIATED:
            disconnects.append(rtc.DisconnectReason.Name(reason))

    async def end(reason: str) -> None:
        await close(reason)
        disconnect = next(iter(disconnects), "")
        if status := exit_status(reason, disconnect):
            logger.warning("the call was taken away", extra={"cause": disconnect or reason})
            raise SystemExit(status)

    ctx.room.on("disconnected", on_disconnected)
    ctx.add_shutdown_callback(end)


def worker_lives() -> bool:
    """Tell, in a job process, whether the worker's main process runs."""
    parent = multiprocessing.parent_process()
    if parent is None or parent.pid is None:
        return True
    try:
        return bool(psutil.Process(parent.pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
