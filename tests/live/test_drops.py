"""Connections that drop while somebody speaks: what was heard, to the sample, and how soon."""

from __future__ import annotations

import asyncio
import contextlib
import random
import struct
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest

from offline.gemini.fault import Fault
from offline.gemini.outages import BlackHole, Close, GoAway, Reset, StopReading
from offline.gemini.server import Service
from tests.e2e.figures import Figures, percentile
from tests.live.line import CONFIG, MODEL, Diary, lifeline_to
from tests.live.service import standin, until
from worker.gemini.bounds import Bounds
from worker.gemini.lifeline import Lifeline

DROPS = 20
FRAME_BYTES = 320
BOUNDS = Bounds(steady=0.0, silence=0.3, unheard=0.0)
QUIETEST = 4_000
"""What the samples of the first frame are; each frame's are one more, and all of them loud."""
KINDS: dict[str, Sequence[Fault]] = {
    "close 1011": [Close()],
    "goAway": [GoAway(time_left=1.0)],
    "reset": [Reset()],
    "reset in mid-chunk": [StopReading(), Reset()],
    "black hole": [BlackHole()],
}
"""One after the other on the running connection, 0.1 s apart."""


@dataclass
class Speaker:
    """Says one frame each 10 ms; the frames are numbered."""

    lifeline: Lifeline
    said: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def speak(self) -> None:
        self.lifeline.on_speech(True)
        while not self.ended.is_set():
            loud = QUIETEST + self.said
            self.lifeline.hear(struct.pack("<hh", loud, -loud) * (FRAME_BYTES // 4))
            self.said += 1
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def speaking(lifeline: Lifeline) -> AsyncIterator[Speaker]:
    speaker = Speaker(lifeline)
    task = asyncio.create_task(speaker.speak())
    try:
        yield speaker
    finally:
        speaker.ended.set()
        await task


def frames_heard(service: Service) -> list[list[int]]:
    """The numbers of the frames that each connection brought, in order."""
    heard = []
    for account in service.accounts:
        samples = struct.unpack(f"<{len(account.heard) // 2}h", account.heard)
        heard.append([loud - QUIETEST for loud in samples[:: FRAME_BYTES // 2]])
    return heard


async def drop(service: Service, lifeline: Lifeline, diary: Diary, faults: Sequence[Fault]) -> None:
    """Have the connection suffer, and wait for the next one."""
    before = len(diary.connected)
    connection = service._open[max(service._open)]
    for fault in faults:
        connection.do(fault)
        await asyncio.sleep(0.1)
    await until(lambda: len(diary.connected) > before and lifeline.course.resumption.handle)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.timeout(90)
async def test_no_sample_is_lost_over_twenty_drops(kind: str, figures: Figures) -> None:
    diary, chance = Diary(), random.Random(4)
    async with standin() as (service, tls):
        lifeline = lifeline_to(service.url, tls, diary, bounds=BOUNDS)
        async with lifeline.connect(model=MODEL, config=CONFIG), speaking(lifeline) as speaker:
            await until(lambda: lifeline.course.resumption.handle)
            for _ in range(DROPS):
                await asyncio.sleep(0.02 + 0.1 * chance.random())
                await drop(service, lifeline, diary, KINDS[kind])
            speaker.ended.set()
            await until(lambda: frames_heard(service)[-1][-1:] == [speaker.said - 1])
        await lifeline.aclose()
    heard = frames_heard(service)
    numbers = [number for part in heard for number in part]
    gaps = [seconds * 1000 for seconds, _ in diary.connected[1:]]
    lost = set(range(speaker.said)) - set(numbers)
    figures(f"{kind}: samples lost over {DROPS} drops", len(lost) * 160, "samples", "= 0")
    repeated = (len(numbers) - len(set(numbers))) / DROPS
    figures(f"{kind}: sound heard twice", repeated * 10, "ms a drop")
    figures(f"{kind}: gap, p95", percentile(gaps, 0.95), "ms", "<= 150")
    figures(f"{kind}: gap, median", percentile(gaps, 0.5), "ms")
    assert lost == set()
    assert all(part == list(range(part[0], part[-1] + 1)) for part in heard if part)
    assert lifeline.mail.outbound.samples_dropped == 0
