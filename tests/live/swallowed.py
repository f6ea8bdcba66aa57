"""A connection whose every packet is swallowed: run in a network namespace of its own.

`unshare -rn python -m tests.live.swallowed` prints after how many seconds the loss was noticed, and
how the next connection came about.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time

from tests.live.line import CONFIG, MODEL, TEN_MS, Diary, lifeline_to
from tests.live.service import standin, until
from worker.gemini.bounds import Bounds
from worker.gemini.lifeline import Lifeline

SWALLOW = "tc qdisc add dev lo root tbf rate 8bit burst 10 limit 10"
"""A bucket that no packet fits into."""
RELEASE = "tc qdisc del dev lo root"


def run(command: str) -> None:
    subprocess.run(command.split(), check=True)


async def listen(lifeline: Lifeline) -> None:
    """What a microphone does while nobody speaks."""
    while True:
        lifeline.hear(TEN_MS)
        await asyncio.sleep(0.01)


async def main() -> None:
    diary = Diary()
    async with standin() as (service, tls):
        lifeline = lifeline_to(service.url, tls, diary, bounds=Bounds())
        async with lifeline.connect(model=MODEL, config=CONFIG):
            await until(lambda: lifeline.course.resumption.handle)
            microphone = asyncio.create_task(listen(lifeline), name="microphone")
            await asyncio.sleep(0.5)
            await asyncio.to_thread(run, SWALLOW)
            began = time.monotonic()
            await until(lambda: diary.lost, within=15.0)
            noticed = time.monotonic() - began
            await asyncio.to_thread(run, RELEASE)
            await until(lambda: len(diary.connected) == 2, within=5.0)
            microphone.cancel()
        await lifeline.aclose()
    sys.stdout.write(f"{noticed} {diary.connected[1][1]}\n")


if __name__ == "__main__":
    run("ip link set lo up")
    asyncio.run(main())
