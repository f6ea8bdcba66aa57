"""The worker's private folder comes and goes with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from worker.operation.folder import open_folder

ROOT = Path(__file__).parents[2]


def test_is_for_this_user_alone(tmp_path: Path) -> None:
    assert open_folder(tmp_path).path.stat().st_mode & 0o777 == 0o700


def test_is_gone_when_the_worker_is(tmp_path: Path) -> None:
    code = (
        "import sys; from worker.operation.folder import Path, open_folder;"
        "open_folder(Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=True)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_worker_left_is_removed_by_the_next(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left, mine = tmp_path / f"sightline-{gone.pid}-abc", tmp_path / f"sightline-{os.getpid()}-abc"
    other = tmp_path / "sightline-notes"
    for each in (left, mine, other):
        each.mkdir()
    made = open_folder(tmp_path).path
    assert set(tmp_path.iterdir()) == {mine, other, made}
