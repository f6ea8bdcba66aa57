"""Twenty conversations at full chatter on one event loop, which the record must not hold up."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from pathlib import Path

import pytest

from tests.e2e.figures import Figures
from worker.operation.stopwatch import Stopwatch
from worker.record.desk import Desk
from worker.record.journal import Journal
from worker.record.ledger import Ledger
from worker.room.findings import Code, Link, Sources
from worker.room.messages import Message, Notice, Tool, Transcript

CALLS, SECONDS = 20, 6.0
WORD = 0.05
"""Seconds between two words: twice as fast as anybody speaks."""
WORDS = 40
HELD = 0.005
"""Seconds of CPU that one callback may keep the loop."""


def turn(number: int, word: int) -> list[Message]:
    """What the room is told at one word of a turn, at the worst: both speak, tools run."""
    text = "word " * (word + 1)
    final = word == WORDS - 1
    told: list[Message] = [
        Transcript(id=f"user-{number}", who="user", identity="ann", text=text, final=final),
        Transcript(id=f"agent-{number}", who="agent", identity="agent", text=text, final=final),
    ]
    if word % 10 == 0:
        id = f"{number}-{word}"
        page = Link(title="A page", url=f"https://example.org/{id}")
        told += [
            Tool(id=f"call-{id}", name="look", status="done", summary="x" * 300),
            Code(id=f"code-{id}", language="PYTHON", code="x" * 2000, status="done", output="y"),
            Sources(id=f"sources-{id}", line=f"agent-{number}", links=(page,)),
            Notice(id=f"notice-{id}", level="info", text="z" * 300),
        ]
    return told


async def chatter(path: str, call: int) -> tuple[Journal, float]:
    """One call; the journal when it is over, and the longest that one message took."""
    journal = Journal(Ledger(call=f"AJ_{call:02}", clock=time.monotonic), path)
    journal.open(room="room", persona="guide", model="m")
    worst, began = 0.0, time.monotonic()
    for step in range(round(SECONDS / WORD)):
        for message in turn(*divmod(step, WORDS)):
            before = time.thread_time()
            journal.put(message)
            worst = max(worst, time.thread_time() - before)
        await asyncio.sleep(max(0.0, began + (step + 1) * WORD - time.monotonic()))
    await journal.aclose("over")
    return journal, worst


@pytest.mark.timeout(60)
async def test_twenty_conversations_do_not_hold_the_loop(
    desk: Desk, file: Path, figures: Figures, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, logger="worker.operation.stopwatch")
    stopwatch = Stopwatch(HELD)
    stopwatch.start()
    try:
        calls = await asyncio.gather(*(chatter(desk.path, call) for call in range(CALLS)))
    finally:
        stopwatch.stop()
    worst = max(taken for _, taken in calls)
    held = stopwatch.longest
    figures(f"record: {CALLS} calls hold their loop, of CPU", held * 1000, "ms", "<= 5")
    figures(f"record: {CALLS} calls, one message, of CPU", worst * 1000, "ms")
    figures(f"record: {CALLS} calls, callbacks", stopwatch.callbacks, "")
    assert [journal.ledger.dropped + journal.ledger.left for journal, _ in calls] == [0] * CALLS
    with sqlite3.connect(file) as connection:
        (kept,) = connection.execute("SELECT count(*) FROM lines WHERE final").fetchone()
    connection.close()
    assert kept == CALLS * 2 * round(SECONDS / WORD / WORDS)
