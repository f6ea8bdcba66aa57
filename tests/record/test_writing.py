"""The process that writes the record, its parts run here."""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.record.samples import OPENING
from worker.record import writing
from worker.record.desk import Desk
from worker.record.store import Store
from worker.record.writing import forget, on_end

pytestmark = pytest.mark.timeout(60)


async def test_forgets_again_and_again_what_has_become_old(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "HOUR", 0.01)
    forgetting = asyncio.create_task(forget(store, timedelta(days=1), lambda: writing.HOUR))
    await asyncio.sleep(0.1)
    await store.write([OPENING])
    for _ in range(500):
        await asyncio.sleep(0.01)
        if not await store.conversations():
            break
    assert await store.conversations() == []
    assert not forgetting.done()
    forgetting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await forgetting


async def test_forgets_nothing_while_the_clock_may_be_wrong(store: Store) -> None:
    await store.write([OPENING])
    forgetting = asyncio.create_task(forget(store, timedelta(days=1), lambda: writing.HOUR - 1))
    await asyncio.wait([forgetting], timeout=0.5)
    assert len(await store.conversations()) == 1
    forgetting.cancel()
    await asyncio.wait([forgetting])


async def test_the_end_of_the_worker_is_told_once() -> None:
    ours, theirs = os.pipe()
    ended = asyncio.Event()
    on_end(ours, ended)
    await asyncio.sleep(0.01)
    assert not ended.is_set()
    os.close(theirs)
    await ended.wait()
    assert not asyncio.get_running_loop().remove_reader(ours)
    os.close(ours)


def test_nobody_else_on_the_machine_reads_what_was_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENT_RECORD_FILE", str(tmp_path / "record.db"))
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setattr("worker.record.desk.START", 0.0)
    desk = Desk.open(tmp_path / "socket")
    deadline = time.monotonic() + 30
    while not (tmp_path / "record.db").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    desk.close()
    files = list(tmp_path.glob("record.db*"))
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_what_it_logs_holds_no_secret(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    key = "AIza" + "x" * 35
    # PostgreSQL says which database it does not know.
    monkeypatch.setenv("DATABASE_URL", f"{server.rpartition('/')[0]}/{key}")
    monkeypatch.setattr("worker.record.desk.START", 0.0)
    desk = Desk.open(tmp_path / "socket")
    said, deadline = "", time.monotonic() + 30
    while "does not exist" not in said and time.monotonic() < deadline:
        time.sleep(0.05)
        said += capfd.readouterr().err
    desk.close()
    assert "[hidden]" in said
    assert key not in said
