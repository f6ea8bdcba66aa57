"""Finds the system's Chromium, or brings one: `python -m tests.browser.chromium`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MANAGERS: dict[str, tuple[tuple[str, ...], ...]] = {
    "apt-get": (("apt-get", "update", "-qq"), ("apt-get", "install", "-y", "-qq", "chromium")),
    "dnf": (("dnf", "install", "-y", "-q", "chromium"),),
    "pacman": (("pacman", "-S", "--noconfirm", "--quiet", "chromium"),),
}
"""What installs Chromium on which family of systems."""
MISSING = (
    "No Chromium for the browser tests, and none could be installed: install it by your system's "
    "package manager (Debian: apt-get install chromium), then try again."
)
INSTALL_TIMEOUT = 600.0
ANSWER_TIMEOUT = 20.0

Run = Callable[[Sequence[str], float], bool]
"""Runs a command for at most so many seconds and tells whether it did its work."""


def run(command: Sequence[str], timeout: float) -> bool:
    """Run a command, quietly."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=timeout, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def find(run: Run = run) -> Path | None:
    """Return a Chromium that starts: the system's, or the one that Playwright has downloaded."""
    found = [path for name in NAMES if (path := shutil.which(name))]
    # Ubuntu has a script of that name which only says what to install instead.
    working = (path for path in found if run([path, "--version"], ANSWER_TIMEOUT))
    return next(map(Path, working), None) or _downloaded()


def bring(run: Run = run, *, root: bool | None = None) -> bool:
    """Install Chromium: by the system's package manager where that may be, else by Playwright.

    Args:
        root: whether we may install at once; found out when not given.
    """
    root = os.geteuid() == 0 if root is None else root
    rise: tuple[str, ...] = () if root else ("sudo", "-n")
    if root or run([*rise, "true"], ANSWER_TIMEOUT):
        for steps in (MANAGERS[name] for name in MANAGERS if shutil.which(name)):
            # What cannot look for news may still install: the last step counts.
            if [run([*rise, *step], INSTALL_TIMEOUT) for step in steps][-1]:
                return True
    return run([sys.executable, "-m", "playwright", "install", "chromium"], INSTALL_TIMEOUT)


def _downloaded() -> Path | None:
    home = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright"
    return next(iter(sorted(Path(home).glob("chromium-*/chrome-linux*/chrome"))), None)


def main() -> int:
    """Return 0 when there is a Chromium at the end, else 1 after one clear line."""
    if find() is None:
        print("Installing Chromium for the browser tests ...", flush=True)
        if not bring() or find() is None:
            print(MISSING, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
