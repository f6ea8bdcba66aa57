"""Runs one command and ends it, with all its descendants, when its own parent closes the pipe.

Started as a script by offline/programs.py: `python -I -S leash.py GRACE COMMAND...`, with a pipe as
standard input. The pipe closes when the parent lets go of it, or dies in whatever way (SIGKILL
included), so one path ends everything on both occasions. Imports nothing outside the standard
library: it starts in about 20 ms and never holds more than the interpreter.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
KILL_PATIENCE = 2.0
"""Seconds for orphans of the command to go after SIGTERM, and then after SIGKILL."""


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _die_with(leash: int) -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != leash:
        # It died before it could be waited for.
        os._exit(128 + signal.SIGKILL)


def _children() -> list[int]:
    """Our direct children: orphaned descendants of the command become ours (subreaper)."""
    try:
        with open("/proc/thread-self/children", encoding="ascii") as listing:
            return [int(pid) for pid in listing.read().split()]
    except OSError:
        return []


def _send(pids: list[int], number: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def _reap(process: subprocess.Popen[bytes]) -> None:
    """Collect what has ended; the command's own exit status stays with `process`."""
    process.poll()
    for pid in _children():
        if pid != process.pid:
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                continue


def _end(process: subprocess.Popen[bytes], grace: float) -> None:
    """SIGTERM to the command, then to what it left behind; SIGKILL to what stays.

    Each that dies may leave us children of its own, so SIGKILL goes to whoever is there, until
    nobody is.
    """
    if process.poll() is None:
        process.terminate()
        _await_end(process, grace, whole_tree=False)
    _send(_children(), signal.SIGTERM)
    if not _await_end(process, KILL_PATIENCE, whole_tree=True):
        _await_end(process, KILL_PATIENCE, whole_tree=True, kill=True)


def _await_end(
    process: subprocess.Popen[bytes], patience: float, *, whole_tree: bool, kill: bool = False
) -> bool:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        _reap(process)
        if process.returncode is not None and not (whole_tree and _children()):
            return True
        if kill:
            _send(_children(), signal.SIGKILL)
        time.sleep(0.01)
    return False


def _watch(process: subprocess.Popen[bytes], wakeup: int) -> None:
    """Return when the command has ended or the parent has let go."""
    poll = select.poll()
    poll.register(0, select.POLLIN | select.POLLHUP)
    poll.register(wakeup, select.POLLIN)
    while process.poll() is None:
        for descriptor, _ in poll.poll():
            if descriptor == wakeup:
                if signal.SIGTERM in os.read(wakeup, 64):
                    return
                _reap(process)
            elif not os.read(0, 64):
                return


def main(argv: list[str]) -> int:
    grace, command = float(argv[1]), argv[2:]
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    # Handlers that do nothing: the number only has to reach the wake-up pipe. Ctrl-C belongs to the
    # parent, which closes its pipes in its own order. (SIG_IGN would be inherited by the command.)
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    leash = os.getpid()
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            preexec_fn=lambda: _die_with(leash),
            restore_signals=True,
        )
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)  # noqa: T201
        return 127
    _watch(process, read_end)
    _end(process, grace)
    status = process.returncode
    return 128 + signal.SIGKILL if status is None else status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(sys.argv))
