"""A call's side of the record: it never waits, and hands over what was not confirmed again."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from worker.record import journal as module
from worker.record.entries import Entry, Line, decode
from worker.record.journal import Journal
from worker.record.ledger import Ledger
from worker.room.messages import Transcript


class Scribe:
    """Takes lines; confirms them, or dies after some."""

    def __init__(self, *, dies_after: int | None = None) -> None:
        self.taken: list[Entry] = []
        self.dies_after = dies_after

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            if self.dies_after is not None and len(self.taken) >= self.dies_after:
                self.dies_after = None
                break
            self.taken.append(decode(line))
            writer.write(b"1\n")
        writer.close()


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PERIOD", 0.01)
    monkeypatch.setattr(module, "AGAIN", 0.02)
    monkeypatch.setattr(module, "FAREWELL", 0.3)


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "record")


def opened(path: str) -> Journal:
    journal = Journal(Ledger(call="AJ_1", clock=time.monotonic), path)
    journal.open(room="room", persona="guide", model="m")
    return journal


def said(text: str, id: str) -> Transcript:
    return Transcript(id=id, who="user", identity="ann", text=text, final=True)


async def test_hands_over_everything_up_to_the_end(path: str) -> None:
    scribe = Scribe()
    async with await asyncio.start_unix_server(scribe.serve, path):
        journal = opened(path)
        journal.put(said("Hello.", "1"))
        await asyncio.sleep(0.05)
        journal.put(said("Bye.", "2"))
        await journal.aclose("everybody left")
    assert [entry.KIND for entry in scribe.taken] == ["opening", "line", "line", "closing"]
    assert journal.ledger.empty


async def test_a_scribe_that_comes_late_or_dies_costs_no_entry(path: str) -> None:
    journal = opened(path)
    for number in range(20):
        journal.put(said(str(number), str(number)))
    await asyncio.sleep(0.05)
    scribe = Scribe(dies_after=7)
    async with await asyncio.start_unix_server(scribe.serve, path):
        await journal.aclose("over")
    texts = [entry.text for entry in scribe.taken if isinstance(entry, Line)]
    assert list(dict.fromkeys(texts)) == [str(number) for number in range(20)]


async def test_without_a_scribe_the_call_ends_all_the_same_and_says_what_is_missing(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    journal = opened(path)
    journal.put(said("My secret.", "1"))
    await journal.aclose("over")
    (record,) = [r for r in caplog.records if r.message == "record may be incomplete"]
    assert record.__dict__["entries"] == 3
    assert "secret" not in caplog.text


async def test_without_a_socket_nothing_is_kept(path: str) -> None:
    journal = opened("")
    journal.put(said("Hello.", "1"))
    await journal.aclose("over")
    assert journal.ledger.empty
