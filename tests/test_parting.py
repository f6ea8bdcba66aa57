"""The end of a call whose worker has died."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from livekit import rtc

from worker.operation.succession import CALLED_OFF, FROM_ABOVE, TAKEN
from worker.parting import BACK, GONE, Parting, end_with, worker_lives


class Room:
    """What is done to a room in the end."""

    def __init__(self) -> None:
        self.deeds: list[str] = []
        self.stuck = False

    async def tell(self, text: str) -> None:
        self.deeds.append(text)
        if self.stuck:
            await asyncio.Event().wait()

    async def leave(self) -> None:
        self.deeds.append("left")

    async def close(self) -> None:
        self.deeds.append("closed")


def parting_from(room: Room, *, lives: bool) -> Parting:
    return Parting(
        tell=room.tell, leave=room.leave, close_room=room.close, worker_lives=lambda: lives
    )


async def cancel(parting: Parting) -> None:
    """Do what the framework does with every task of a process whose worker is gone."""
    task = asyncio.create_task(parting.wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(("lives", "deeds"), [(False, [GONE, "closed"]), (True, [BACK, "left"])])
async def test_the_room_is_told_and_closed_or_left(lives: bool, deeds: list[str]) -> None:
    room = Room()
    await cancel(parting_from(room, lives=lives))
    assert room.deeds == deeds


async def test_a_call_that_ends_in_order_is_left_to_the_framework() -> None:
    room = Room()
    parting = parting_from(room, lives=True)
    parting.release()
    await cancel(parting)
    assert room.deeds == []


async def test_a_room_that_cannot_be_told_is_closed_all_the_same() -> None:
    room = Room()
    room.stuck = True
    parting = parting_from(room, lives=False)
    parting.step = 0.01
    await cancel(parting)
    assert room.deeds == [GONE, "closed"]


def test_the_worker_of_a_process_without_a_parent_is_itself() -> None:
    assert multiprocessing.parent_process() is None
    assert worker_lives()


class Job:
    """A job and its room, as far as the end of a call is concerned."""

    def __init__(self) -> None:
        self.room = rtc.EventEmitter[str]()
        self.ends: list[Callable[[str], Coroutine[None, None, None]]] = []
        self.closed: list[str] = []

    def add_shutdown_callback(self, end: Callable[[str], Coroutine[None, None, None]]) -> None:
        self.ends.append(end)

    async def close(self, reason: str) -> None:
        self.closed.append(reason)


@pytest.mark.parametrize(
    ("reason", "disconnects", "status"),
    [
        ("everybody left", [rtc.DisconnectReason.CLIENT_INITIATED], None),
        ("room disconnected", [rtc.DisconnectReason.ROOM_DELETED], None),
        (FROM_ABOVE, [rtc.DisconnectReason.CLIENT_INITIATED], CALLED_OFF),
        (FROM_ABOVE, [rtc.DisconnectReason.PARTICIPANT_REMOVED], None),
        ("room disconnected", [rtc.DisconnectReason.CONNECTION_TIMEOUT], TAKEN),
        ("room disconnected", [rtc.DisconnectReason.UNKNOWN_REASON], TAKEN),
    ],
)
async def test_the_exit_status_says_whether_the_call_was_taken(
    reason: str, disconnects: list[int], status: int | None
) -> None:
    job: Any = Job()
    end_with(job, job.close)
    for one in disconnects:
        job.room.emit("disconnected", one)
    found = None
    try:
        await job.ends[0](reason)
    except SystemExit as end:
        found = end.code
    assert job.closed == [reason]
    assert found == status
