"""Events of the native library reach all who are subscribed, whatever is collected meanwhile."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest
from livekit.rtc._ffi_client import FfiClient, FfiQueue
from livekit.rtc._proto.ffi_pb2 import FfiEvent

from worker.start.exchange import Exchange, exchange_events
from worker.start.native import knock

EVENT = FfiEvent()


def exchange() -> Exchange:
    return Exchange(FfiQueue())


class Stream:
    """What LiveKit's streams do: subscribe, and end that when they are collected."""

    def __init__(self, events: FfiQueue[FfiEvent]) -> None:
        self.events, self.queue = events, events.subscribe()
        self.itself = self
        """Garbage that is found by the collector alone."""

    def __del__(self) -> None:
        self.events.unsubscribe(self.queue)


async def came(queue: Any) -> int:
    """Count what has come."""
    await asyncio.sleep(0)
    return int(queue.qsize())


def collect(_: FfiEvent) -> bool:
    """The collector comes by, as it may at any allocation."""
    gc.collect()
    return True


async def delivered_past_garbage(events: FfiQueue[FfiEvent]) -> list[int]:
    """Tell how often an event came to two who are subscribed, while a stream is collected."""
    gc.collect()
    gc.disable()
    try:
        Stream(events)
        queues = [events.subscribe(filter_fn=collect), events.subscribe()]
        events.put(EVENT)
    finally:
        gc.enable()
    return [await came(queue) for queue in queues]


async def test_nobody_is_passed_over_when_a_stream_is_collected_meanwhile() -> None:
    assert await delivered_past_garbage(exchange()) == [1, 1]


async def test_livekits_own_still_passes_over() -> None:
    assert await delivered_past_garbage(FfiQueue()) == [1, 0]


async def test_a_filter_chooses_and_one_that_fails_wants_all() -> None:
    events = exchange()
    none = events.subscribe(filter_fn=lambda _: False)
    broken = events.subscribe(filter_fn=lambda _: bool(1 // 0))
    events.put(EVENT)
    assert (await came(none), await came(broken)) == (0, 1)


async def test_who_has_left_gets_nothing_and_may_leave_twice() -> None:
    events = exchange()
    queue = events.subscribe()
    events.unsubscribe(queue)
    events.unsubscribe(queue)
    events.put(EVENT)
    assert await came(queue) == 0


async def test_a_closed_loop_costs_nobody_else_the_event(
    caplog: pytest.LogCaptureFixture,
) -> None:
    events, closed = exchange(), asyncio.new_event_loop()
    closed.close()
    events.subscribe(closed)
    queue = events.subscribe()
    events.put(EVENT)
    assert await came(queue) == 1
    assert "was lost" in caplog.text


async def test_who_was_subscribed_before_stays_so() -> None:
    before: FfiQueue[FfiEvent] = FfiQueue()
    queue = before.subscribe()
    Exchange(before).put(EVENT)
    assert await came(queue) == 1


async def test_the_library_tells_it_what_it_tells() -> None:
    exchange_events()
    exchange_events()
    assert isinstance(FfiClient.instance.queue, Exchange)
    assert "refused" in await knock()
