"""A PostgreSQL server for the tests: Debian's, on a free port, in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from offline.ports import free_port
from offline.programs import leashed

DEBIAN = Path("/usr/lib/postgresql")
USER = "postgres"


def find_binaries() -> Path | None:
    """The folder of `initdb` and `postgres`, the newest there is."""
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def binaries() -> Path:
    """The same, installed by the system's package manager if it is missing and we may."""
    if (found := find_binaries()) is None and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {
            "stdout": subprocess.DEVNULL,
            "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        }
        for command in (["update"], ["install", "-y", "--no-install-recommends", "postgresql"]):
            subprocess.run(["apt-get", "-q", *command], check=True, **quiet)  # type: ignore[call-overload]
        found = find_binaries()
    assert found is not None, "PostgreSQL is missing; on Debian: apt-get install postgresql"
    return found


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Run a server for the length of the block; gives its address, as a hoster would."""
    programs, data, port = binaries(), str(folder / "data"), free_port()
    prefix = _as_nobody_special(folder)
    made: list[str | Path] = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "sightline",
        "-A",
        "trust",
        "-N",
        "-E",
        "UTF8",
        "--locale=C",
    ]
    subprocess.run([*prefix, *made], check=True, stdout=subprocess.DEVNULL)
    settings = ["-h", "127.0.0.1", "-p", str(port), "-k", "", "-F", "-c", "shared_buffers=16MB"]
    command = leashed([*prefix, programs / "postgres", "-D", data, *settings], grace=5)
    with (folder / "postgres.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log)
        try:
            _wait_for(port)
            yield f"postgres://sightline@127.0.0.1:{port}/postgres"
        finally:
            process.communicate(timeout=20)


def _wait_for(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise TimeoutError("PostgreSQL does not answer")


def _as_nobody_special(folder: Path) -> list[str]:
    """The server refuses to be run by root: hand it a folder and say whose process it shall be."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam(USER)
    os.chown(folder, user.pw_uid, user.pw_gid)
    for parent in folder.parents:
        if parent.stat().st_uid == 0 and parent != Path("/") and not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
