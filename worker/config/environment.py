"""The environment, read and written here and nowhere else."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from worker.config.envfile import read_env_file
from worker.config.sections import RecordSettings
from worker.config.settings import Settings
from worker.errors import SettingsError
from worker.operation.folder import SHARED, Folder


def load(file: Path = Path(".env")) -> Settings:
    """Read `.env` in the working directory, then the environment, which wins.

    What the file says is put into the environment, because LiveKit's and Google's packages look
    for their variables there.

    Raises:
        SettingsError: As `Settings.from_env`, or the file itself cannot be read.
    """
    for name, value in read_env_file(file).items():
        if not os.environ.get(name):
            os.environ[name] = value
    # The framework would load weights for a turn detection that Gemini does itself: 247 MB.
    os.environ.setdefault("LIVEKIT_AGENTS_PRELOAD_LOCAL_INFERENCE", "0")
    # Its monitor of event loops wakes each process a hundred times a second: 0.4 CPU s a minute.
    os.environ.setdefault("LIVEKIT_AGENTS_LOOP_BLOCK_WARN_MS", "0")
    return Settings.from_env(os.environ)


def inherited() -> Settings:
    """Read the environment that a job process has from its parent; `.env` may have changed since.

    Raises:
        SettingsError: As `Settings.from_env`.
    """
    return Settings.from_env(os.environ)


def record(file: Path = Path(".env")) -> RecordSettings:
    """Read what the record needs, from `.env` in the working directory and the environment.

    Raises:
        SettingsError: One line a problem, or the file itself cannot be read.
    """
    return RecordSettings.from_env(read_env_file(file) | os.environ)


def check_discretion() -> None:
    """Refuse a setting that makes a package log what people say; only `dev` may have it.

    Raises:
        SettingsError: LK_GOOGLE_DEBUG is set.
    """
    if os.environ.get("LK_GOOGLE_DEBUG", "0") not in ("", "0"):
        raise SettingsError(["LK_GOOGLE_DEBUG must be empty: it logs what people say. Use `dev`."])


def set_dev_mode(on: bool) -> None:
    """Say to every process started from here on whether this is `worker.py dev`.

    The framework only ever switches it on, so a leftover would open the session host in `start`.
    """
    os.environ["LIVEKIT_DEV_MODE"] = "1" if on else "0"


def share_folder(folder: Folder, *, metrics: bool, record: bool) -> None:
    """Tell every process started from here on where to report, and where to keep its figures.

    Where temporary files have no place, or one whose name is too long for a socket's address, they
    go beside this folder: Python's fork server needs a socket too.
    """
    if folder.path.parent == SHARED:
        os.environ["TMPDIR"] = tempfile.tempdir = str(SHARED)
    os.environ["SIGHTLINE_BEATS"] = str(folder.beats)
    os.environ["SIGHTLINE_RECORD"] = str(folder.record) if record else ""
    if metrics:
        # prometheus_client reads it when it is imported; so does the framework.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder.figures)


def make_importable(folder: Path) -> None:
    """Have every Python started from here on find the packages of a folder, whatever its cwd."""
    known = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    if str(folder) not in known:
        os.environ["PYTHONPATH"] = os.pathsep.join([str(folder), *known])


def trust_default_certificates(file: str) -> None:
    """Have TLS trust the authorities of this file, unless a variable names others."""
    if not os.environ.get("SSL_CERT_FILE") and not os.environ.get("SSL_CERT_DIR"):
        os.environ["SSL_CERT_FILE"] = file
