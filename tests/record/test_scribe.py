"""Between journals and database: batches, outages, and entries that no database takes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy.exc import IntegrityError, OperationalError

from tests.record.samples import ALL, ASKED, CALL, LOOKED, OPENING
from worker.record import scribe as module
from worker.record.entries import Entry, encode
from worker.record.scribe import Scribe, Write, cause
from worker.record.store import Store


@dataclass(slots=True)
class Database:
    """Takes what it is given, unless it is told to be away or to dislike an id."""

    away: bool = False
    dislikes: str = "no id"
    kept: list[Entry] = field(default_factory=list)
    asked: int = 0

    async def write(self, entries: Sequence[Entry]) -> None:
        self.asked += 1
        if self.away:
            raise OperationalError("INSERT secret words", {}, Exception("disk is full"))
        if any(self.dislikes in entry.key for entry in entries):
            raise IntegrityError("INSERT secret words", {}, Exception("no parent"))
        self.kept.extend(entries)


@dataclass(slots=True)
class Desk:
    """A scribe at a socket."""

    path: str
    scribe: Scribe
    database: Database

    async def call(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_unix_connection(self.path)


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PERIOD", 0.01)
    monkeypatch.setattr(module, "SHORTEST_PAUSE", 0.01)


@contextlib.asynccontextmanager
async def serving(write: Write, path: Path) -> AsyncIterator[Scribe]:
    scribe = Scribe(write)
    writing = asyncio.create_task(scribe.run())
    server = await asyncio.start_unix_server(scribe.serve, str(path), limit=4096)
    yield scribe
    server.close()
    writing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await writing


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    database = Database()
    async with serving(database.write, tmp_path / "s") as scribe:
        yield Desk(str(tmp_path / "s"), scribe, database)


async def confirmed(reader: asyncio.StreamReader, count: int) -> None:
    async with asyncio.timeout(5):
        while count > 0:
            count -= int(await reader.readline())
    assert count == 0


async def test_confirms_to_each_call_what_is_written_of_it(desk: Desk) -> None:
    one, two = await desk.call(), await desk.call()
    one[1].write(b"".join(map(encode, ALL)))
    two[1].write(encode(replace(ASKED, call="AJ_2")))
    await confirmed(one[0], len(ALL))
    await confirmed(two[0], 1)
    assert sorted(entry.key for entry in desk.database.kept) == sorted(
        [*(entry.key for entry in ALL), ("line", "AJ_2", "user-1")]
    )
    for _, writer in (one, two):
        writer.close()


async def test_what_a_call_sent_before_it_died_is_written(desk: Desk) -> None:
    _, writer = await desk.call()
    writer.write(b"".join(map(encode, ALL)))
    await writer.drain()
    writer.transport.abort()
    async with asyncio.timeout(5):
        while not (desk.scribe.idle and desk.database.kept):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert desk.database.kept == list(ALL)


async def test_waits_for_a_database_that_is_away_and_loses_nothing(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.database.away = True
    reader, writer = await desk.call()
    writer.write(b"".join(map(encode, ALL)))
    async with asyncio.timeout(5):
        while desk.database.asked < 4:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    desk.database.away = False
    await confirmed(reader, len(ALL))
    assert desk.database.kept == list(ALL)
    said = [r.message for r in caplog.records if r.levelname == "ERROR"]
    assert said == ["the record cannot be written"]
    assert "secret words" not in caplog.text
    writer.close()


async def test_an_entry_that_no_database_takes_stops_no_other(desk: Desk) -> None:
    desk.database.dislikes = "call-1"
    reader, writer = await desk.call()
    writer.write(b"".join(map(encode, ALL)))
    await confirmed(reader, len(ALL))
    assert [entry.KIND for entry in desk.database.kept] == [
        entry.KIND for entry in ALL if "call-1" not in entry.key
    ]
    writer.close()


async def test_what_a_real_database_never_takes_stops_no_other(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    odd = [replace(ASKED, id=text[0], text=text) for text in ("half a pair \ud800", "nul \0")]
    odd += [replace(ASKED, id="i" * 300), replace(ASKED, id="big", place=2**80)]
    async with serving(store.write, tmp_path / "s"):
        reader, writer = await asyncio.open_unix_connection(tmp_path / "s")
        writer.write(b"".join(map(encode, [OPENING, *odd, ASKED, LOOKED])))
        await confirmed(reader, len(odd) + 3)
        writer.close()
    talk = await store.talk(CALL)
    assert ASKED in talk.lines
    assert talk.tools == (LOOKED,)
    assert "an entry was refused" in caplog.messages
    assert "half a pair" not in caplog.text


async def test_a_line_that_cannot_be_read_is_logged_and_passed_over(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await desk.call()
    writer.write(b"rubbish\n" + encode(ASKED))
    await confirmed(reader, 2)
    assert "an entry of the record cannot be read" in caplog.messages
    assert desk.database.kept == [ASKED]
    writer.close()


async def test_a_line_without_end_costs_only_its_own_call(desk: Desk) -> None:
    _, mad = await desk.call()
    mad.write(b"x" * 20_000)
    reader, writer = await desk.call()
    writer.write(encode(ASKED))
    await confirmed(reader, 1)
    async with asyncio.timeout(5):
        while desk.scribe.calls > 1:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    writer.close()
    mad.close()


def test_says_what_is_wrong_without_the_statement() -> None:
    error = OperationalError(
        "INSERT secret words", {"text": "secret"}, OSError("disk is full\nmore")
    )
    assert cause(error) == "OSError: disk is full"
