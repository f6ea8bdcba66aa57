"""Which callback used how much of the processor: a real event loop, a clock moved by hand."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

import pytest

from tests.clock import Clock
from worker.operation.stopwatch import Stopwatch


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watch(clock: Clock, caplog: pytest.LogCaptureFixture) -> Iterator[Stopwatch]:
    caplog.set_level(logging.INFO, "worker.operation.stopwatch")
    watch = Stopwatch(0.020, clock=clock)
    yield watch
    watch.stop()


async def test_names_the_task_that_held_the_loop(
    watch: Stopwatch, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        clock.now += 0.030
        await asyncio.sleep(0)
        clock.now += 0.010

    watch.start()
    await asyncio.create_task(work(), name="eyes")
    watch.stop()
    held, total = caplog.records
    assert held.getMessage() == "event loop held"
    assert held.__dict__["cpu_ms"] == total.__dict__["cpu_ms"] == 30.0
    assert held.__dict__["callback"].startswith("eyes: test_names_the_task")


async def test_names_a_plain_callback_too(watch: Stopwatch, clock: Clock) -> None:
    def tick() -> None:
        clock.now += 0.005

    watch.start()
    asyncio.get_running_loop().call_soon(tick)
    await asyncio.sleep(0.001)
    assert watch.longest == 0.005
    assert watch.longest_in.endswith("tick")


async def test_measures_a_callback_that_fails(watch: Stopwatch, clock: Clock) -> None:
    async def fail() -> None:
        clock.now += 0.021
        raise ValueError

    watch.start()
    with pytest.raises(ValueError):
        await asyncio.create_task(fail())
    assert watch.longest == 0.021


async def test_leaves_the_loop_as_it_was(watch: Stopwatch) -> None:
    before = asyncio.Handle._run
    watch.start()
    assert asyncio.Handle._run is not before
    await watch.aclose()
    await watch.aclose()
    assert asyncio.Handle._run is before
