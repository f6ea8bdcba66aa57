"""Where the calls of a worker bring their record: a socket, and a process for whoever comes."""

from __future__ import annotations

import logging
import os
import select
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Self

logger = logging.getLogger(__name__)

WAITING = 128
"""Calls that may wait for the process to start."""
START = 15.0
"""Seconds until the database is brought up to date, if no call comes before: the start of a worker
has better use for the processor."""
DAY = 24 * 3600.0
"""Seconds after which it is started even without a call, to forget what is too old."""
BREATH = 1.0
"""Seconds after somebody has come before the process is started, which takes 0.9 s of a core: a
call that begins needs it all, and what it writes meanwhile waits in the socket."""
PAUSE = 2.0
"""Seconds before a process that failed is started again."""
FAREWELL = 12.0
"""Seconds that the end of the worker waits for the last entries to be written."""


class Desk:
    """Owns the socket and, while somebody is connected, the process that writes the record.

    The process is started soon after the worker (it brings the database up to date), ends when it
    has nothing to do, and is started again by the next connection, which waits in the socket's own
    queue meanwhile: so an idle worker pays nothing for it, and what a call has sent is kept even if
    the call's process dies. Runs in a thread, because the worker's event loop belongs to LiveKit.
    """

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(self.path)
        self._socket.listen(WAITING)
        self._bell, self._pull = os.pipe()
        self._closing = threading.Event()
        self.process: subprocess.Popen[bytes] | None = None
        """The process that writes, or the last one that did."""
        self._thread = threading.Thread(target=self._attend, name="record desk", daemon=True)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the desk at a path in a folder that only we may enter."""
        desk = cls(path)
        desk._thread.start()
        return desk

    def close(self) -> None:
        """Let the process write what is left, for a moment at most, and end it."""
        if self._closing.is_set():
            return
        self._closing.set()
        os.write(self._pull, b"!")
        if (process := self.process) is not None and process.stdin is not None:
            # The end of its standard input tells it that nobody else will come.
            process.stdin.close()
        self._thread.join(FAREWELL)
        self._socket.close()
        for end in (self._bell, self._pull):
            os.close(end)

    def _attend(self) -> None:
        self._wait(START)
        while not self._closing.is_set():
            try:
                failed = self._run()
            except OSError as error:
                # No memory, process or descriptor left: there may be one later.
                failed = error.errno or 1
            if self._closing.is_set():
                break
            if failed:
                logger.error("the record's process failed", extra={"exit_code": failed})
                time.sleep(PAUSE)
            self._wait(DAY)

    def _wait(self, seconds: float) -> None:
        """Until somebody has come and begun, or the end."""
        came, _, _ = select.select([self._socket.fileno(), self._bell], [], [], seconds)
        if came:
            select.select([self._bell], [], [], BREATH)

    def _run(self) -> int:
        """Run the process to its end; gives its exit code."""
        descriptor = self._socket.fileno()
        self.process = process = subprocess.Popen(
            [sys.executable, "-m", "worker.record.writing", str(descriptor)],
            stdin=subprocess.PIPE,
            pass_fds=[descriptor],
            # Ctrl-C in a terminal reaches the whole group: this process has to outlive it.
            start_new_session=True,
        )
        assert process.stdin is not None
        if self._closing.is_set():
            process.stdin.close()
        code = process.wait()
        process.stdin.close()
        return code
