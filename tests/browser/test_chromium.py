"""A browser for the tests: the system's own, else installed by the way that is open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.browser import chromium


class System:
    """A system on which some commands work, and which notes what was tried."""

    def __init__(self, *working: str) -> None:
        self._working = working
        self.tried: list[str] = []

    def __call__(self, command: Sequence[str], timeout: float) -> bool:
        self.tried.append(" ".join(command))
        return any(word in self.tried[-1] for word in self._working)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on the PATH; the home is as empty."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PLAYWRIGHT_BROWSERS_PATH", raising=False)
    return tmp_path


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).touch(mode=0o755)


def test_takes_the_first_that_starts(programs: Path) -> None:
    put(programs, "chromium-browser", "google-chrome")
    assert chromium.find(System("google-chrome")) == programs / "google-chrome"


def test_takes_the_one_that_playwright_has_downloaded(programs: Path) -> None:
    downloaded = programs / ".cache/ms-playwright/chromium-1234/chrome-linux/chrome"
    downloaded.parent.mkdir(parents=True)
    assert chromium.find(System()) is None
    downloaded.touch()
    assert chromium.find(System()) == downloaded


@pytest.mark.parametrize(
    ("root", "works", "last"),
    [
        (True, ("apt-get install",), "apt-get install -y -qq chromium"),
        (False, ("sudo -n",), "sudo -n apt-get install -y -qq chromium"),
        (False, ("playwright install",), "playwright install chromium"),
        (True, ("playwright install",), "playwright install chromium"),
    ],
)
def test_brings_one_by_the_way_that_is_open(
    programs: Path, root: bool, works: tuple[str, ...], last: str
) -> None:
    put(programs, "apt-get")
    system = System(*works)
    assert chromium.bring(system, root=root)
    assert system.tried[-1].endswith(last)


def test_touches_nothing_where_it_may_not(programs: Path) -> None:
    put(programs, "apt-get")
    system = System()
    assert not chromium.bring(system, root=False)
    assert not any("apt-get" in command for command in system.tried)


def test_says_in_one_line_what_is_missing(
    programs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.executable", "/nonexistent")
    assert chromium.main() == 1
    assert capsys.readouterr().err.splitlines() == [chromium.MISSING]
