"""The other contenders' Python environments, made once into the user's cache, locked by hash."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from offline.building import cache_folder
from offline.errors import InstallError
from tests.bench.metrics import ADK, PLAIN

HERE = Path(__file__).parent
LOCKS = {
    PLAIN: HERE / "requirements-plain.lock",
    ADK: HERE / "requirements-adk.lock",
}
READY = ".ready"
TIMEOUT = 900.0


def python_of(contender: str) -> Path:
    """Return the interpreter of a contender's environment, making the environment if need be.

    Raises:
        InstallError: it cannot be made; quotes the installer's last words.
    """
    lock = LOCKS[contender]
    home = cache_folder() / folder_name(contender, lock.read_bytes())
    python = home / "bin" / "python"
    if (home / READY).exists():
        return python
    try:
        _make(home, lock)
    except subprocess.CalledProcessError as error:
        raise InstallError(f"cannot install {lock.name}: {_last_line(error.stderr)}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InstallError(f"cannot install {lock.name}: {error}") from error
    (home / READY).touch()
    return python


def folder_name(contender: str, lock: bytes) -> str:
    """Return the environment's folder: another lock or another Python is another folder."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"bench-{contender}-py{version}-{hashlib.sha256(lock).hexdigest()[:12]}"


def pins(lock: str) -> dict[str, str]:
    """Return package -> version of a lock's text; of several for one package, the first."""
    found: dict[str, str] = {}
    for name, version in re.findall(r"(?m)^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==(\S+)", lock):
        found.setdefault(name.lower(), version)
    return found


def _make(home: Path, lock: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    python = home / "bin" / "python"
    if uv := shutil.which("uv"):
        _run(uv, "venv", "--quiet", "--python", sys.executable, str(home))
        _run(
            *(uv, "pip", "sync", "--quiet", "--compile-bytecode", "--python", str(python)),
            *("--require-hashes", str(lock)),
        )
    else:
        venv.create(home, with_pip=True)
        _run(
            *(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--require-hashes", "--no-deps", "-r", str(lock)),
        )


def _run(*command: str) -> None:
    kept = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    subprocess.run(command, check=True, capture_output=True, text=True, env=kept, timeout=TIMEOUT)


def _last_line(said: object) -> str:
    lines = [line for line in str(said or "").splitlines() if line.strip()]
    return lines[-1].strip()[:200] if lines else "it said nothing"
