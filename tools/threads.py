"""Tools that block, each in a thread of its own that nothing has to wait for."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Callable
from typing import TypeVar

MOST = 8
"""Threads at a time, in the whole process; one that is stuck keeps its place."""

T = TypeVar("T")


class Busy(Exception):
    """Every place is taken, by tools that run or are stuck."""


class Threads:
    """A bounded number of daemon threads; asyncio's own would keep the process from ending."""

    def __init__(
        self, most: int = MOST, *, thread: Callable[..., threading.Thread] = threading.Thread
    ) -> None:
        self._thread = thread
        self._free = threading.BoundedSemaphore(most)

    async def run(self, name: str, function: Callable[[], T]) -> T:
        """Call a function in a thread and give what it returns or raises.

        Cancelled, it leaves the thread behind, whose outcome then goes nowhere.

        Raises:
            Busy: No place is free, or the machine has no thread left; the function was not called.
        """
        if not self._free.acquire(blocking=False):
            raise Busy
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[T] = loop.create_future()
        context = contextvars.copy_context()

        def settle(result: T | None, error: BaseException | None) -> None:
            if outcome.cancelled():
                return
            if error is not None:
                outcome.set_exception(error)
            else:
                outcome.set_result(result)  # type: ignore[arg-type]

        def work() -> None:
            result: T | None = None
            failure: BaseException | None = None
            try:
                result = context.run(function)
            except Exception as error:
                # No future takes a StopIteration.
                failure = error if not isinstance(error, StopIteration) else RuntimeError("stopped")
            except BaseException as error:
                # Whoever wants to end the process ends a thread.
                failure = RuntimeError(type(error).__name__)
            finally:
                self._free.release()
            with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
                loop.call_soon_threadsafe(settle, result, failure)

        try:
            self._thread(target=work, name=f"tool {name}", daemon=True).start()
        except RuntimeError:
            self._free.release()
            raise Busy from None
        return await outcome
