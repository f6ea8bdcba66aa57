"""The outbox publishes in order, holds nobody up, and leaves out what matters least."""

from __future__ import annotations

import asyncio
import logging
from itertools import count

import pytest

from worker.room.messages import Message, Notice, State, Transcript, Vision, decode
from worker.room.outbox import Outbox


class Room:
    """The room's data channel: takes packets, can be held shut, can refuse some."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.taken: list[Message] = []
        self.refuse: set[int] = set()

    async def publish(self, packet: bytes) -> None:
        await self.open.wait()
        message = decode(packet)
        if message.seq in self.refuse:
            raise ConnectionError("engine is closed")
        self.taken.append(message)


def notice(text: str) -> Notice:
    return Notice(id=text, level="info", text=text)


def line(text: str, *, final: bool) -> Transcript:
    return Transcript(id="t", who="user", identity="u", text=text, final=final)


@pytest.fixture
def room() -> Room:
    return Room()


async def test_numbers_and_stamps_messages_in_the_order_they_were_put(room: Room) -> None:
    ticks = count(100.0, 0.5)
    outbox = Outbox(room.publish, clock=lambda: next(ticks))
    outbox.put(State(id="state", state="listening"))
    outbox.start()
    outbox.put(notice("hello"))
    await outbox.aclose()
    assert [(m.TYPE, m.seq, m.at) for m in room.taken] == [
        ("state", 1, 100.0),
        ("notice", 2, 100.5),
    ]
    assert (outbox.sent, outbox.dropped, outbox.failed) == (2, 0, 0)


async def test_publishes_one_at_a_time_and_never_blocks_who_puts(room: Room) -> None:
    room.open.clear()
    outbox = Outbox(room.publish)
    outbox.start()
    for number in range(50):
        outbox.put(notice(str(number)))
        await asyncio.sleep(0)
    room.open.set()
    await outbox.aclose()
    assert [message.seq for message in room.taken] == list(range(1, 51))


async def test_leaves_out_the_oldest_partial_transcript_first(room: Room) -> None:
    outbox = Outbox(room.publish, 4)
    put = [notice("first"), line("a", final=False), line("a b", final=False), line("c", final=True)]
    for message in (*put, notice("fifth"), notice("sixth")):
        outbox.put(message)
    outbox.start()
    await outbox.aclose()
    assert [message.seq for message in room.taken] == [1, 4, 5, 6]
    assert outbox.dropped == 2


async def test_then_leaves_out_pictures_and_at_last_the_oldest(room: Room) -> None:
    outbox = Outbox(room.publish, 3)
    sent = Vision(id="v1", status="sent", reason="steady")
    blind = Vision(id="v2", status="blind", reason="off")
    for message in (notice("1"), sent, blind, notice("4"), notice("5")):
        outbox.put(message)
    outbox.start()
    await outbox.aclose()
    assert [message.seq for message in room.taken] == [3, 4, 5]


async def test_leaves_out_a_new_partial_rather_than_anything_that_stays(room: Room) -> None:
    outbox = Outbox(room.publish, 2)
    for message in (notice("1"), notice("2"), line("so far", final=False)):
        outbox.put(message)
    outbox.start()
    await outbox.aclose()
    assert [message.seq for message in room.taken] == [1, 2]


async def test_goes_on_after_a_message_that_could_not_be_published(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    room.refuse = {1}
    outbox = Outbox(room.publish)
    outbox.start()
    for text in ("secret words", "next"):
        outbox.put(notice(text))
    with caplog.at_level(logging.DEBUG):
        await outbox.aclose()
    assert [message.seq for message in room.taken] == [2]
    assert (outbox.sent, outbox.failed) == (1, 1)
    assert "secret words" not in caplog.text


async def test_gives_up_on_a_packet_the_room_does_not_answer(room: Room) -> None:
    room.open.clear()
    outbox = Outbox(room.publish, send_timeout=0.01)
    outbox.start()
    outbox.put(notice("lost"))
    await asyncio.sleep(0.04)
    room.open.set()
    outbox.put(notice("found"))
    await outbox.aclose()
    assert [message.seq for message in room.taken] == [2]


async def test_closes_in_time_when_the_room_is_away(room: Room) -> None:
    room.open.clear()
    outbox = Outbox(room.publish, flush_timeout=0.02)
    outbox.start()
    for text in "abc":
        outbox.put(notice(text))
    async with asyncio.timeout(1):
        await outbox.aclose()
    assert (room.taken, outbox.sent + outbox.dropped) == ([], 3)


async def test_takes_nothing_once_it_is_closed_and_may_be_closed_again(room: Room) -> None:
    outbox = Outbox(room.publish)
    outbox.start()
    await outbox.aclose()
    await outbox.aclose()
    outbox.start()
    outbox.put(notice("late"))
    await asyncio.sleep(0)
    assert (room.taken, outbox.dropped) == ([], 1)


async def test_closes_without_having_been_started(room: Room) -> None:
    outbox = Outbox(room.publish)
    outbox.put(notice("early"))
    await outbox.aclose()
    assert outbox.dropped == 1


async def test_leaves_no_task_behind(room: Room) -> None:
    outbox = Outbox(room.publish)
    outbox.start()
    outbox.start()
    await outbox.aclose()
    assert [task for task in asyncio.all_tasks() if task.get_name() == "outbox"] == []


async def test_is_ended_by_a_cancelled_close_too(room: Room) -> None:
    room.open.clear()
    outbox = Outbox(room.publish)
    outbox.start()
    outbox.put(notice("held"))
    closing = asyncio.create_task(outbox.aclose())
    await asyncio.sleep(0.01)
    closing.cancel()
    await asyncio.wait([closing])
    assert [task for task in asyncio.all_tasks() if task.get_name() == "outbox"] == []
