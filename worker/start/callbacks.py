"""Lets the threads of LiveKit's native library stay known to Python between their events."""

from __future__ import annotations

import asyncio
import ctypes
import threading
from collections.abc import Callable

from livekit.rtc._ffi_client import FfiClient


def keep_threads() -> None:
    """Call once in a process, after the fork and with a running loop.

    The library calls Python from threads of its own, a hundred times a second for the sound of one
    microphone. For such a thread Python makes a state at each call and throws it away behind it,
    with the stack it has mapped for it: a third of what an event costs there (0.6 CPU seconds a
    minute of call, livekit 1.1.21, Python 3.11). Who holds one keeps it.
    """
    loop = asyncio.get_running_loop()
    # A filter is asked in the thread that brings the event; this one wants none.
    FfiClient.instance.queue.subscribe(loop, filter_fn=keeping(ctypes.pythonapi.PyGILState_Ensure))


def keeping(hold: Callable[[], object]) -> Callable[[object], bool]:
    """Return a filter that lets nothing through and calls `hold` once in each thread."""
    held = threading.local()

    def keep(_: object) -> bool:
        if not hasattr(held, "since"):
            hold()
            held.since = True
        return False

    return keep
