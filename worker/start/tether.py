"""Ties a job process to its worker, so that it neither outlives it nor lingers at its own end."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing import connection, util

from livekit.agents.ipc.log_queue import LogQueueHandler

GRACE = 4.5
"""Seconds that a call has for its last deeds (`worker.parting`, 4 s) once its worker is gone."""


def tether(grace: float = GRACE) -> None:
    """Call once in a job process; does nothing where jobs are threads of the worker itself.

    Whatever still runs `grace` seconds after the worker's main process has died is ended by the
    kernel, not by Python, which may hang. And a process that leaves the framework's way by an
    exception (`worker.parting` does, for its exit status) closes its log as it goes: the thread
    that forwards the log is waited for, and would wait for more for ever.

    Where SIGTERM is blocked (`worker.start.shielded`), it ends the process only if that has sent it
    to itself: so LiveKit's native library ends a process in which it has panicked.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    arguments = (parent.sentinel, grace)
    threading.Thread(target=_end_after, args=arguments, name="tether", daemon=True).start()
    if sys.platform == "linux" and signal.SIGTERM in signal.pthread_sigmask(signal.SIG_BLOCK, ()):
        threading.Thread(target=_end_if_broken, name="shield", daemon=True).start()
    util.Finalize(None, close_log, exitpriority=0)


def close_log() -> None:
    """Let the thread that forwards the log to the worker end once it has sent what there is."""
    for handler in list(logging.getLogger().handlers):
        if isinstance(handler, LogQueueHandler):
            handler.close()


def _end_after(sentinel: int, grace: float) -> None:
    connection.wait([sentinel])
    # Its default action ends the process, whoever holds the interpreter's lock.
    signal.setitimer(signal.ITIMER_REAL, grace)


def _end_if_broken() -> None:
    while signal.sigwaitinfo({signal.SIGTERM}).si_pid != os.getpid():
        pass
    os.kill(os.getpid(), signal.SIGKILL)
