"""A worker's private folder: where its processes meet; gone when the worker is."""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from worker.errors import SettingsError

SHARED = Path("/dev/shm")
"""Memory that is a folder, on every Linux and in every container."""
LONGEST = 70
"""Bytes of a folder's name with which a socket in ours has an address of at most 107."""
_NAME = re.compile(r"sightline-(\d+)-\w+")


@dataclass(frozen=True, slots=True)
class Folder:
    """Readable and writable for this user alone."""

    path: Path

    @property
    def beats(self) -> Path:
        """The socket on which calls report to the main process."""
        return self.path / "beats"

    @property
    def figures(self) -> Path:
        """The folder of files in which all processes keep their metrics."""
        return self.path / "figures"

    @property
    def record(self) -> Path:
        """The socket to which calls bring their record."""
        return self.path / "record"


def open_folder(parent: Path | None = None) -> Folder:
    """Make the folder of this process; it is removed when the process exits in good order.

    Those of processes that were killed are removed first.

    Args:
        parent: where to make it; left out, where temporary files go, or in shared memory if
            nothing can be written there or its name is too long for a socket's address.

    Raises:
        SettingsError: it can be made nowhere.
    """
    for place in [parent] if parent else _places():
        for left in place.glob("sightline-*"):
            if _is_left_over(left):
                shutil.rmtree(left, ignore_errors=True)
        try:
            path = Path(tempfile.mkdtemp(prefix=f"sightline-{os.getpid()}-", dir=place))
        except OSError:
            continue
        atexit.register(shutil.rmtree, path, ignore_errors=True)
        return Folder(path)
    raise SettingsError(["TMPDIR must be a folder that can be written to, with a short name."])


def _places() -> list[Path]:
    try:
        usual = Path(tempfile.gettempdir())
    except FileNotFoundError:
        return [SHARED]
    return [usual, SHARED] if len(os.fsencode(usual)) <= LONGEST else [SHARED]


def _is_left_over(path: Path) -> bool:
    named = _NAME.fullmatch(path.name)
    if named is None:
        return False
    try:
        os.kill(int(named[1]), 0)
    except ProcessLookupError:
        # Another worker that starts now may have removed it.
        with contextlib.suppress(FileNotFoundError):
            return path.stat().st_uid == os.getuid()
    except (PermissionError, OverflowError):
        pass
    return False
