"""Hands on what LiveKit's native library tells, to everybody who waits for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from livekit.rtc._ffi_client import FfiClient, FfiQueue
from livekit.rtc._proto.ffi_pb2 import FfiEvent
from livekit.rtc._utils import Queue

logger = logging.getLogger(__name__)

Wanted = Callable[[FfiEvent], bool]


def exchange_events() -> None:
    """Have this process's events handed on by an `Exchange`; who is subscribed stays so."""
    client = FfiClient.instance
    if not isinstance(client._queue, Exchange):
        client._queue = Exchange(client._queue)


class Exchange(FfiQueue[FfiEvent]):
    """Hands each event to everybody who is subscribed when it comes.

    LiveKit's own walks through a list meanwhile (livekit 1.1.21). Garbage may be collected on the
    way, and a stream that is collected takes itself off that list: who stands behind is passed
    over. Where that was the answer to `AudioSource.capture_frame`, which waits for ever, the voice
    was never heard again.
    """

    def __init__(self, before: FfiQueue[FfiEvent]) -> None:
        super().__init__()
        self._known = {id(one[0]): one for one in before._subscribers}

    def put(self, item: FfiEvent) -> None:
        """Hand on an event, in a thread of the library's."""
        # One step for the interpreter: nothing is collected in the middle of it.
        for queue, loop, wants in list(self._known.values()):
            if wants is not None and not _wants(wants, item):
                continue
            try:
                loop.call_soon_threadsafe(queue.put_nowait, item)
            except Exception as error:
                # Who has left meanwhile misses nothing.
                if id(queue) in self._known:
                    logger.error("an event of LiveKit's library was lost: %s", error)

    def subscribe(
        self, loop: asyncio.AbstractEventLoop | None = None, filter_fn: Wanted | None = None
    ) -> Queue[FfiEvent]:
        """Get what comes from now on, or what of it the filter wants."""
        queue: Queue[FfiEvent] = Queue()
        self._known[id(queue)] = (queue, loop or asyncio.get_event_loop(), filter_fn)
        return queue

    def unsubscribe(self, queue: Queue[FfiEvent]) -> None:
        """Get nothing more; of what is being handed on, perhaps this one."""
        self._known.pop(id(queue), None)


def _wants(wants: Wanted, item: FfiEvent) -> bool:
    try:
        return wants(item)
    except Exception:
        # What cannot be told is handed on, as LiveKit's own does.
        return True
