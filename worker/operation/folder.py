"""A worker's private folder: where its processes meet; gone when the worker is."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

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
    """
    parent = parent or Path(tempfile.gettempdir())
    for left in parent.glob("sightline-*"):
        if _is_left_over(left):
            shutil.rmtree(left, ignore_errors=True)
    path = Path(tempfile.mkdtemp(prefix=f"sightline-{os.getpid()}-", dir=parent))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return Folder(path)


def _is_left_over(path: Path) -> bool:
    named = _NAME.fullmatch(path.name)
    if named is None:
        return False
    try:
        os.kill(int(named[1]), 0)
    except ProcessLookupError:
        return path.stat().st_uid == os.getuid()
    except (PermissionError, OverflowError):
        return False
    return False
