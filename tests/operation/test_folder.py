"""The worker's private folder comes and goes with it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from worker.config import environment
from worker.errors import SettingsError
from worker.operation.folder import SHARED, open_folder

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


@pytest.mark.parametrize("long", [True, False])
def test_is_elsewhere_when_temporary_files_have_no_place(
    long: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = tmp_path / ("x" * 90)
    if long:
        usual.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(usual))
    path = open_folder().path
    assert path.parent == SHARED
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path / "record"))
    shutil.rmtree(path)


def test_temporary_files_go_beside_it_when_they_have_no_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TMPDIR", "SIGHTLINE_BEATS", "SIGHTLINE_RECORD"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    folder = open_folder()
    environment.share_folder(folder, metrics=False, record=True)
    assert (os.environ["TMPDIR"], tempfile.gettempdir()) == (str(SHARED), str(SHARED))
    shutil.rmtree(folder.path)


def test_without_any_place_it_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="TMPDIR must be a folder"):
        open_folder(tmp_path / "none")
