"""The real process that writes the record: started when somebody comes, killed, left alone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import sys
import time
from asyncio.subprocess import PIPE
from pathlib import Path

import psutil
import pytest

from tests.record.samples import OPENING
from worker.record.desk import BREATH, Desk
from worker.record.journal import Journal
from worker.record.ledger import Ledger
from worker.room.messages import Transcript

ROOT = Path(__file__).parents[2]
TALKER = """
import asyncio, sys, time
from worker.record.journal import Journal
from worker.record.ledger import Ledger
from worker.room.messages import Transcript

async def main(path, call):
    journal = Journal(Ledger(call=call, clock=time.monotonic), path)
    journal.open(room="room", persona="guide", model="m")
    for number in range(100_000):
        line = Transcript(id=str(number), who="user", identity="ann", text="x" * 80, final=True)
        journal.put(line)
        print(number, time.time(), flush=True)
        await asyncio.sleep(0.01)

asyncio.run(main(*sys.argv[1:]))
"""
pytestmark = pytest.mark.timeout(60)
LONG = pytest.mark.timeout(400)


def kept(file: Path) -> list[str]:
    """The ids of lines that are in the file, which must be sound."""
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found = [row[0] for row in connection.execute("SELECT id FROM lines ORDER BY place")]
    connection.close()
    return found


async def settled(file: Path, call: str, killed: float, said: dict[str, str]) -> float:
    """How old the oldest line was that a killed call has lost, in seconds; 0 for none."""
    oldest, deadline = 99.0, time.monotonic() + 20
    while oldest >= 1.0 and time.monotonic() < deadline:
        await asyncio.sleep(0.3)
        with contextlib.suppress(sqlite3.OperationalError), sqlite3.connect(file) as connection:
            query = "SELECT id FROM lines WHERE call = ?"
            rows = {id for (id,) in connection.execute(query, (call,))}
            missing = [float(at) for id, at in said.items() if id not in rows]
            oldest = max((killed - at for at in missing), default=0.0)
        connection.close()
    return oldest


async def talk(desk: Desk, call: str = "AJ_1", lines: int = 3) -> None:
    writer = Journal(Ledger(call=call, clock=time.monotonic), desk.path)
    writer.open(room="room", persona="guide", model="m")
    for number in range(lines):
        writer.put(
            Transcript(id=f"{call}-{number}", who="user", identity="ann", text="Hm.", final=True)
        )
    await writer.aclose("over")
    assert writer.ledger.empty


async def test_keeps_what_calls_bring(desk: Desk, file: Path) -> None:
    await asyncio.gather(*(talk(desk, f"AJ_{number}") for number in range(20)))
    assert len(kept(file)) == 60


async def test_leaves_the_processor_to_a_call_that_begins(desk: Desk, file: Path) -> None:
    writer = Journal(Ledger(call=OPENING.call, clock=time.monotonic), desk.path)
    writer.open(room="room", persona="guide", model="m")
    await asyncio.sleep(BREATH / 2)
    assert desk.process is None
    await writer.aclose("over")
    assert writer.ledger.empty


async def test_a_process_that_was_killed_is_started_again_and_nothing_is_missing(
    desk: Desk, file: Path
) -> None:
    await talk(desk, "AJ_1")
    assert desk.process is not None
    desk.process.kill()
    await talk(desk, "AJ_2")
    assert len(kept(file)) == 6


async def test_an_idle_worker_has_no_such_process_and_the_next_call_gets_one(
    desk: Desk, file: Path
) -> None:
    await talk(desk, "AJ_1")
    assert desk.process is not None
    first = desk.process
    await asyncio.to_thread(first.wait, 20)
    assert first.returncode == 0
    await talk(desk, "AJ_2")
    assert len(kept(file)) == 6


async def test_outlives_the_signals_of_the_workers_end_and_goes_with_the_worker(
    desk: Desk, file: Path
) -> None:
    await talk(desk)
    assert desk.process is not None
    process = psutil.Process(desk.process.pid)
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGINT)
    await talk(desk, "AJ_2")
    assert process.is_running()
    await asyncio.to_thread(desk.close)
    assert not process.is_running()
    assert len(kept(file)) == 6


@pytest.mark.parametrize("times", [8, pytest.param(100, marks=[pytest.mark.slow, LONG])])
async def test_killing_a_call_at_any_moment_loses_less_than_its_last_second(
    desk: Desk, file: Path, times: int
) -> None:
    chance = random.Random(7)
    worst = 0.0
    for round_ in range(times):
        call = f"AJ_{round_}"
        command = [sys.executable, "-c", TALKER, desk.path, call]
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, cwd=ROOT)
        assert process.stdout is not None
        await process.stdout.readline()
        await asyncio.sleep(chance.uniform(0.05, 1.2))
        killed = time.time()
        process.kill()
        told = [line.split() for line in (await process.stdout.read()).decode().split("\n")]
        said = {line[0]: line[1] for line in told[:-1]}  # the last one may be cut
        await process.wait()
        worst = max(worst, await settled(file, call, killed, said))
    sys.stdout.write(f"oldest line missing after a kill: {worst * 1000:.0f} ms (bound 1000)\n")
    assert worst < 1.0
    kept(file)


async def test_killing_the_writing_process_at_any_moment_corrupts_and_loses_nothing(
    desk: Desk, file: Path
) -> None:
    chance, talking = random.Random(11), True

    async def kill() -> None:
        while talking:
            await asyncio.sleep(chance.uniform(0.2, 1.5))
            if desk.process is not None and desk.process.poll() is None:
                os.kill(desk.process.pid, signal.SIGKILL)

    killer = asyncio.create_task(kill())
    writer = Journal(Ledger(call=OPENING.call, clock=time.monotonic), desk.path)
    writer.open(room="room", persona="guide", model="m")
    for number in range(400):
        writer.put(Transcript(id=str(number), who="user", identity="ann", text="Hm.", final=True))
        await asyncio.sleep(0.02)
    talking = False
    await killer
    await writer.aclose("over")
    assert kept(file) == [str(number) for number in range(400)]
