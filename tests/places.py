"""Odd places to run a program in: a locale of old, a machine on which little can be written."""

from __future__ import annotations

import fcntl
import os
import pty
import shutil
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
KIRITIMATI = {"TZ": "Pacific/Kiritimati"}
"""Fourteen hours ahead of UTC."""
PURE_C = {"LC_ALL": "C", "LANG": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", **KIRITIMATI}
"""Nothing but ASCII: Python's own ways out of this locale are shut."""
HOMELESS = {"HOME": "/proc/nowhere", "XDG_CACHE_HOME": "/proc/nowhere"}
SHARED = Path("/dev/shm")

PRIVATE = "set -e; mount --make-rprivate /\n"
NOEXEC = PRIVATE + 'mount -t tmpfs -o noexec tmpfs "$TMPDIR"; exec "$@"'
READ_ONLY = (
    PRIVATE
    + 'for path in / /tmp /var/tmp "$PWD"; do\n'
    + '  mount -o remount,bind,ro "$(findmnt -n -o TARGET -T "$path")"\n'
    + 'done; exec "$@"'
)
"""All that is left to write to is shared memory."""


def turkish(folder: Path, charset: str) -> dict[str, str]:
    """Make a Turkish locale in a folder; gives the environment that it takes."""
    command = ["localedef", "-i", "tr_TR", "-f", charset, str(folder / "tr_TR")]
    if shutil.which("localedef") is None or not Path("/usr/share/i18n/locales/tr_TR").exists():
        pytest.skip("this machine has no sources of locales to make a Turkish one of")
    subprocess.run(command, check=True, capture_output=True)
    return {"LOCPATH": str(folder), "LC_ALL": "tr_TR", "LANG": "tr_TR", **KIRITIMATI}


def caged(script: str, command: Sequence[str], env: Mapping[str, str]) -> list[str]:
    """Give the command that runs another with mounts of its own; skips where that is not allowed.

    Args:
        env: What the command will be run with.
    """
    tried = ""
    for unshare in (["unshare", "-m"], ["unshare", "-r", "-m"]):
        cage = [*unshare, "sh", "-c", script, "sh"]
        if shutil.which("unshare"):
            probe = subprocess.run(
                [*cage, "true"], cwd=ROOT, env={**env}, capture_output=True, text=True, check=False
            )
            if probe.returncode == 0:
                return [*cage, *command]
            tried = probe.stderr.strip()
    pytest.skip(f"this machine lets nobody mount anything here: {tried or 'no unshare'}")


def python(*arguments: str) -> list[str]:
    """Give the command that runs Python without a standard input."""
    return ["sh", "-c", 'exec "$@" <&-', "sh", sys.executable, *arguments]


def bare(env: Mapping[str, str]) -> dict[str, str]:
    """An environment of nothing but this, and where programs and our packages are."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **env}


def in_terminal(command: Sequence[str], env: Mapping[str, str], *, columns: int) -> tuple[int, str]:
    """Run a command in a terminal of this width; gives its exit code and what it showed."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env={**env}, cwd=ROOT
    )
    os.close(theirs)
    shown = b""
    with open(ours, "rb", buffering=0) as terminal:
        try:
            while piece := terminal.read(65536):
                shown += piece
        except OSError:
            pass  # Linux's way of saying that nobody is left at the other end
    return process.wait(), shown.decode()
