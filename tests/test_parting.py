"""The end of a call whose worker has died."""

from __future__ import annotations

import asyncio
import multiprocessing

import pytest

from worker.parting import BACK, GONE, Parting, worker_lives


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
