"""Background tasks with an owner."""

from __future__ import annotations

import asyncio
import logging

import pytest

from worker.tasks import Tasks, close_each


async def test_what_still_runs_ends_with_its_owner() -> None:
    tasks = Tasks()
    task = tasks.spawn(asyncio.Event().wait(), "waits for ever")
    await asyncio.sleep(0)
    await tasks.aclose()
    assert task.cancelled()


async def test_a_failure_is_logged_with_the_name_of_the_task(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail() -> None:
        raise OSError("boom")

    tasks = Tasks()
    with caplog.at_level(logging.ERROR):
        await asyncio.wait([tasks.spawn(fail(), "the one that fails")])
        await tasks.aclose()
    assert [record.__dict__["task"] for record in caplog.records] == ["the one that fails"]


async def test_a_task_that_ended_is_forgotten() -> None:
    tasks = Tasks()
    await tasks.spawn(asyncio.sleep(0), "short")
    await asyncio.sleep(0)
    assert not tasks._running


async def test_what_cannot_be_closed_keeps_nothing_open_behind_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    closed = []

    async def fail() -> None:
        raise AssertionError("invalid handle")

    async def close() -> None:
        closed.append(True)

    with caplog.at_level(logging.ERROR):
        await close_each(close, fail, close)
    assert closed == [True, True]
    assert [record.message for record in caplog.records] == ["closing failed"]
