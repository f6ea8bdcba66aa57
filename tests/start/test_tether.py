"""A job process and the end of its worker, with real processes from a real fork server."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import psutil
from livekit.agents.ipc.log_queue import LogQueueHandler
from livekit.agents.utils.aio.duplex_unix import _Duplex

from worker.start.tether import tether

ROOT = Path(__file__).parents[2]
GRACE = 0.5
PATIENCE = 60.0
"""Seconds in which also a busy machine has imported LiveKit, in two processes."""
WORKER = """
import multiprocessing, signal, sys
from tests.start import test_tether
signal.signal(signal.SIGTERM, lambda *_: pipe.send("told"))
pipe, child = multiprocessing.Pipe()
context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(["worker.start.shielded"])
process = context.Process(target=getattr(test_tether, sys.argv[1]), args=(child,))
process.start()
print(pipe.recv(), flush=True)
process.join()
print(process.exitcode)
"""
"""Starts one process from its fork server and says what became of it; tells it of a SIGTERM."""


def hang(pipe: Connection) -> None:
    """Stay for ever, as a process does that waits for a thread which never ends."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    tether(GRACE)
    pipe.send(os.getpid())
    threading.Event().wait()


def leave(pipe: Connection) -> None:
    """Leave by an exception while the framework's thread forwards the log."""
    logs, _ = socket.socketpair()
    logging.getLogger().addHandler(LogQueueHandler(_Duplex.open(logs)))
    tether()
    pipe.send(os.getpid())
    raise SystemExit(75)


def go_on(pipe: Connection) -> None:
    """Serve on, with a thread from before, until the worker was told to stop."""
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    tether()
    pipe.send(os.getpid())
    if pipe.recv() == "told":
        time.sleep(GRACE)


def panic(pipe: Connection) -> None:
    """Do what LiveKit's native library does when it cannot go on."""
    tether()
    pipe.send(os.getpid())
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait()


@contextlib.contextmanager
def worker(job: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", WORKER, job]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_process_that_hangs_ends_when_its_worker_is_killed() -> None:
    with worker("hang") as process:
        assert process.stdout is not None
        process.stdout.readline()
        family = psutil.Process(process.pid).children(recursive=True)
        killed = time.monotonic()
        process.kill()
        _, alive = psutil.wait_procs(family, timeout=10)
        lasted = time.monotonic() - killed
    assert len(family) == 3, "the resource tracker, the fork server, the job"
    assert not alive
    assert lasted >= GRACE


def test_a_process_that_leaves_by_an_exception_does_not_wait_for_its_log() -> None:
    with worker("leave") as process:
        said, _ = process.communicate(timeout=PATIENCE)
    assert said.split()[1] == "75"


def test_a_call_goes_on_when_the_whole_group_is_told_to_stop() -> None:
    with worker("go_on") as process:
        assert process.stdout is not None
        process.stdout.readline()
        os.killpg(process.pid, signal.SIGTERM)
        ended, _ = process.communicate(timeout=PATIENCE)
    # Any other status is also what a fork server that has died cannot tell.
    assert ended.split() == ["0"]


def test_a_process_whose_native_library_has_panicked_ends() -> None:
    with worker("panic") as process:
        said, _ = process.communicate(timeout=PATIENCE)
    assert said.split()[1] == str(-signal.SIGKILL)


def test_a_job_that_is_a_thread_of_the_worker_is_not_tied_to_anything() -> None:
    before = threading.active_count()
    tether()
    assert threading.active_count() == before
