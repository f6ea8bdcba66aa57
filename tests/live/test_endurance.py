"""Two hundred connections of one session, one after the other: what they leave behind."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import ssl
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.e2e.figures import Figures
from tests.live.line import CONFIG, MODEL, TEN_MS, Diary, lifeline_to
from tests.live.service import until
from worker.gemini.bounds import Bounds
from worker.gemini.lifeline import Lifeline

SETTLED, ALL = 40, 200
"""Connections after which it is counted what there is."""
ROOM = 4.0
"""Megabytes that memory may move by, 25 KB a connection; one that stays takes more than 100."""
OBJECTS = 640
"""Python objects that may be more, four a connection: what the test itself notes down."""
SCENARIO = """
story = "Every connection is closed 30 ms after it was made. The caller notices nothing."

[temper]
setup_ms = 0

[[on]]
connection = "every"
at = 0.03
do = "close"
"""


@dataclass(frozen=True)
class Belongings:
    """What this process holds."""

    descriptors: int
    sockets: int
    tasks: int
    objects: int
    megabytes: float

    @classmethod
    def count(cls) -> Belongings:
        gc.collect()
        process = psutil.Process()
        return cls(
            descriptors=process.num_fds(),
            sockets=len(process.net_connections()),
            tasks=len(asyncio.all_tasks()),
            objects=len(gc.get_objects()),
            megabytes=process.memory_full_info().uss / 2**20,
        )


@contextlib.asynccontextmanager
async def short_lives(folder: Path) -> AsyncIterator[tuple[str, ssl.SSLContext]]:
    """A stand-in in a process of its own, each of whose connections lives for 30 ms."""
    scenario = folder / "short.toml"
    scenario.write_text(SCENARIO)
    command = [sys.executable, "-m", "offline.gemini", "--scenario", str(scenario)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        line = json.loads(await process.stdout.readline())
        yield line["url"], ssl.create_default_context(cafile=line["ca_file"])
    finally:
        process.terminate()
        await process.wait()


async def talk(lifeline: Lifeline) -> None:
    while True:
        lifeline.hear(TEN_MS)
        await asyncio.sleep(0.01)


@pytest.mark.timeout(120)
async def test_two_hundred_connections_leave_nothing_behind(
    tmp_path: Path, figures: Figures
) -> None:
    diary = Diary()
    async with short_lives(tmp_path) as (url, tls):
        lifeline = lifeline_to(url, tls, diary, bounds=Bounds(steady=0.0))
        async with lifeline.connect(model=MODEL, config=CONFIG):
            talking = asyncio.create_task(talk(lifeline))
            await until(lambda: len(diary.connected) >= SETTLED, within=60)
            before = Belongings.count()
            await until(lambda: len(diary.connected) >= ALL, within=60)
            after = Belongings.count()
            talking.cancel()
        await lifeline.aclose()
    gained = after.megabytes - before.megabytes
    figures("memory after 200 connections over that after 40", gained, "MB", f"<= {ROOM}")
    figures("objects after 200 connections over those after 40", after.objects - before.objects)
    figures("file descriptors, before and after", before.descriptors, f"/ {after.descriptors}")
    assert after.descriptors <= before.descriptors + 1
    assert after.sockets <= before.sockets + 1
    assert after.tasks <= before.tasks + 1
    assert after.objects <= before.objects + OBJECTS
    assert gained <= ROOM
