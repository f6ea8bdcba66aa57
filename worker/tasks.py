"""Background tasks with an owner, a name and an end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

logger = logging.getLogger(__name__)


class Tasks:
    """Owns tasks: keeps their references, logs what fails, ends all that still run."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Start a task that ends with its owner at the latest."""
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._on_done)
        return task

    async def aclose(self) -> None:
        """Cancel what still runs and wait for it."""
        running = tuple(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _on_done(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("background task failed", extra={"task": task.get_name()}, exc_info=error)


async def end(task: asyncio.Task[None] | None) -> None:
    """Cancel a task and wait for it; logs what it had failed with."""
    if task is None:
        return
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("task failed", extra={"task": task.get_name()}, exc_info=error)


async def close_each(*closings: Callable[[], Awaitable[None]]) -> None:
    """Close one after the other; one that fails is logged and keeps none open behind it."""
    for closing in closings:
        try:
            await closing()
        except Exception:
            logger.exception("closing failed", extra={"what": repr(closing)[:120]})
