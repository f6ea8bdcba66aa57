"""Threads of the native library: to Python each is the same one from its first event on."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter

from livekit.rtc._ffi_client import FfiClient

from worker.start.callbacks import keep_threads, keeping
from worker.start.native import knock


async def test_what_python_knows_of_a_native_thread_outlives_an_event() -> None:
    keep_threads()
    events: Counter[int] = Counter()
    known: Counter[int] = Counter()
    local = threading.local()

    def look(_: object) -> bool:
        thread = threading.get_native_id()
        events[thread] += 1
        known[thread] += hasattr(local, "mark")
        local.mark = True
        return False

    queue = FfiClient.instance.queue.subscribe(asyncio.get_running_loop(), filter_fn=look)
    while events.total() < len(events) + 5:
        await knock()
    FfiClient.instance.queue.unsubscribe(queue)
    assert {thread: count - 1 for thread, count in events.items()} == dict(known)


def test_each_thread_is_held_once_and_no_event_wanted() -> None:
    held: list[int] = []
    keep = keeping(lambda: held.append(threading.get_ident()))
    wanted = [keep(None), keep(None)]
    another = threading.Thread(target=lambda: wanted.append(keep(None)))
    another.start()
    another.join()
    assert wanted == [False] * 3
    assert len(held) == len({*held}) == 2
