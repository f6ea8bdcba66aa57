"""Starts LiveKit's native library in a process, and takes it through what a join begins with."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import Callable

from livekit import rtc
from livekit.rtc._ffi_client import FfiClient
from livekit.rtc._proto.ffi_pb2 import FfiRequest

from worker.start.callbacks import keep_threads
from worker.start.exchange import exchange_events
from worker.start.rehearsing import shut_door

PATIENCE = 2.0
"""Seconds; a door that is shut says so in 30 ms."""

LATE = 1.5
"""Seconds in which what the library says may still come: it hands its lines over once a second."""
NATIVE = "_ffi_client"
"""The module that logs them (livekit 1.1.21)."""


class Unheard(logging.Filter):
    """Keeps what the native library says just now out of the log."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock, self._until = clock, math.inf

    def end(self) -> None:
        """What it says from now on is of interest, but for what is on its way."""
        self._until = self._clock() + LATE

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether it is to be logged: native lines come through one module."""
        return self._clock() >= self._until or record.module != NATIVE


def start_native() -> None:
    """Start the native runtime, whose threads belong to one process, and knock once.

    A join takes 15 to 30 ms less in a process that has tried to join before (bare participant on
    two cores: 88 instead of 103 ms, and 15 ms less of CPU): all that comes before the first answer
    of a server has been gone through. What it says of the door is nobody's concern.
    """
    unheard = Unheard(time.monotonic)
    logging.getLogger("livekit").addFilter(unheard)
    rtc.AudioResampler(input_rate=24_000, output_rate=16_000)
    with contextlib.suppress(TimeoutError):
        asyncio.run(_begin())
    unheard.end()


async def _begin() -> None:
    exchange_events()
    keep_threads()
    await knock()


async def knock() -> str:
    """Try to join where nobody listens; returns what the library says of it.

    Sent from here because Python's `Room` would try four times (livekit 1.1.21): its options leave
    `join_retries` out.
    """
    client = FfiClient.instance
    events = client.queue.subscribe()
    try:
        with shut_door() as address:
            request = FfiRequest()
            request.connect.url, request.connect.token = f"ws://{address}", "nobody"
            request.connect.options.join_retries = 0
            asked = client.request(request).connect.async_id
            async with asyncio.timeout(PATIENCE):
                answer = await events.wait_for(lambda event: event.connect.async_id == asked)
            return str(answer.connect.error)
    finally:
        client.queue.unsubscribe(events)
