"""What a call tells reaches room, record and latecomers as the same numbered message."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.clock import Clock
from worker.minutes import Minutes
from worker.room.messages import Notice, Transcript, decode
from worker.room.outbox import Outbox


@pytest.fixture
def clock() -> Clock:
    return Clock(100.0)


async def test_room_and_latecomers_are_told_the_same(clock: Clock) -> None:
    sent: list[bytes] = []

    async def publish(packet: bytes) -> None:
        sent.append(packet)

    outbox = Outbox(publish)
    minutes = Minutes(call="AJ_1", outbox=outbox, socket="", clock=clock)
    outbox.start()
    for number in (1, 2):
        minutes.put(Notice(id=f"n{number}", level="info", text="t"))
    await outbox.aclose()
    told = [decode(packet) for packet in sent]
    page = minutes.history.page(0)
    assert [(message.id, message.seq) for message in told] == [("n1", 1), ("n2", 2)]
    assert [(message["id"], message["seq"]) for message in page.messages] == [("n1", 1), ("n2", 2)]


async def test_the_running_call_has_its_own_times(clock: Clock) -> None:
    minutes = Minutes(call="AJ_1", outbox=Outbox(_nowhere), socket="", clock=clock)
    clock.now = 200.0
    minutes.open(room="demo", persona="guide", model="m")
    clock.now = 203.0
    minutes.hear(True)
    clock.now = 205.0
    minutes.hear(False)
    clock.now = 206.0
    minutes.put(Transcript(id="u", who="user", identity="ann", text="hi", final=True))
    talk = minutes.talk()
    assert (talk.lasted, talk.room, talk.reason) == (6.0, "demo", None)
    assert [(line.began, line.ended) for line in talk.lines] == [(3.0, 5.0)]


async def test_recording_and_remembering_do_not_touch_each_other(tmp_path: Path) -> None:
    given: list[bytes] = []

    async def scribe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            given.append(line)
            writer.write(b"1\n")
        writer.close()

    socket = str(tmp_path / "record")
    async with await asyncio.start_unix_server(scribe, socket):
        minutes = Minutes(call="AJ_1", outbox=Outbox(_nowhere), socket=socket)
        minutes.open(room="demo", persona="guide", model="m")
        minutes.put(Transcript(id="u", who="user", identity="ann", text="hi", final=True))
        await minutes.aclose("over")
    assert [line.split(b'"')[3] for line in given] == [b"opening", b"line", b"closing"]
    assert [line.text for line in minutes.talk().lines] == ["hi"]


async def _nowhere(packet: bytes) -> None:
    """Send it to nobody."""
