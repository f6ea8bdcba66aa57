"""Measures, when a setting asks for it, how long each callback keeps the event loop's processor."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)


class Stopwatch:
    """Logs callbacks that use more than `limit` seconds of CPU, and the longest of all at the end.

    CPU of the loop's own thread, not time: on a busy machine others take the core in the middle of
    a callback, which is not the callback's doing. It stands in the way of every callback, so it is
    for tests and for finding out; without it nothing is added to the loop.
    """

    def __init__(self, limit: float, *, clock: Callable[[], float] = time.thread_time) -> None:
        self._limit = limit
        self._clock = clock
        self._plain: Callable[[asyncio.Handle], None] | None = None
        self.longest = 0.0
        """Seconds of CPU."""
        self.longest_in = ""
        self.callbacks = 0

    def start(self) -> None:
        """Measure every callback of this process's loops from now on."""
        plain = self._plain = asyncio.Handle._run

        def timed(handle: asyncio.Handle) -> None:
            began = self._clock()
            try:
                plain(handle)
            finally:
                self._note(self._clock() - began, handle)

        asyncio.Handle._run = timed  # type: ignore[method-assign,assignment]

    def stop(self) -> None:
        """Measure no more, and say what was the longest; may be called twice."""
        if self._plain is None:
            return
        asyncio.Handle._run, self._plain = self._plain, None  # type: ignore[method-assign,assignment]
        logger.info("event loop measured", extra=self._facts(self.longest, self.longest_in))

    async def aclose(self) -> None:
        """As `stop`, for a job that ends."""
        self.stop()

    def _note(self, used: float, handle: asyncio.Handle) -> None:
        self.callbacks += 1
        if used > self.longest:
            self.longest, self.longest_in = used, name_of(handle)
        if used > self._limit:
            logger.warning("event loop held", extra=self._facts(used, name_of(handle)))

    def _facts(self, used: float, callback: str) -> dict[str, object]:
        cpu_ms = round(used * 1000, 1)
        return {"cpu_ms": cpu_ms, "callback": callback, "callbacks": self.callbacks}


def name_of(handle: asyncio.Handle) -> str:
    """The coroutine of the task whose step this is, or the function that is called."""
    callback = getattr(handle, "_callback", None)
    task = getattr(callback, "__self__", None)
    if isinstance(task, asyncio.Task):
        return f"{task.get_name()}: {getattr(task.get_coro(), '__qualname__', '')}"
    return str(getattr(callback, "__qualname__", callback))
