"""Start the fork server while the main process is still importing."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from multiprocessing import forkserver

PRELOAD = [
    *("worker.start.shielded", "worker.start.spared", "worker.app", "worker.arrival"),
    *("worker.conversation", "worker.start.native", "worker.start.rehearsed"),
]
"""What every job process shares from the start, without a copy of its own."""
FRAMEWORK_PRELOAD = ["livekit.agents.ipc._preload", "livekit.agents.ipc._preload_freeze"]
"""The framework's own list ends so; the last one freezes what was imported before it."""


def start_fork_server() -> None:
    """Let job processes' imports happen beside our own instead of after them.

    The framework starts its fork server when the worker runs and registers only when the first idle
    process is ready, so the same imports are waited for twice. Started here, with the list that the
    framework would give it, both go on at once; the framework then finds it running. What the
    environment says must be complete by now: job processes inherit it from the fork server.
    """
    if sys.platform != "linux":
        return
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD + FRAMEWORK_PRELOAD)
    # Ctrl-C reaches every process of the terminal; calls end when the worker says so.
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, previous)
