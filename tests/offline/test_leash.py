"""The leash: nothing of a command outlives the parent that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from offline.programs import leashed

FAMILY = "sleep 60 & setsid sleep 60 & echo $! $$; wait"
"""A command with a child in its own group and one that has left it; prints two process ids."""


def start(command: list[str], grace: float = 1.0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        leashed(command, grace=grace),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def end(process: subprocess.Popen[str]) -> int:
    with process:
        assert process.stdin is not None
        process.stdin.close()
        return process.wait(10)


def all_gone(pids: list[int], patience: float = 5.0) -> bool:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if not any(psutil.pid_exists(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def family_of(process: subprocess.Popen[str]) -> list[int]:
    assert process.stdout is not None
    process.stdout.readline()
    return [process.pid, *(p.pid for p in psutil.Process(process.pid).children(recursive=True))]


@pytest.mark.parametrize(("script", "status"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
def test_passes_the_commands_exit_status_on(script: str, status: int) -> None:
    with start(["sh", "-c", script]) as process:
        assert process.wait(10) == status


def test_names_a_command_that_does_not_exist() -> None:
    with start(["/nowhere/program"]) as process:
        said, _ = process.communicate(timeout=10)
    assert process.returncode == 127
    assert "/nowhere/program: No such file" in said


def test_ends_all_descendants_when_the_parent_lets_go() -> None:
    process = start(["sh", "-c", FAMILY])
    family = family_of(process)
    assert len(family) == 4
    end(process)
    assert all_gone(family)


def test_kills_a_command_that_ignores_the_request_to_end() -> None:
    process = start(["sh", "-c", "trap '' TERM; echo; while :; do sleep 0.1; done"], grace=0.2)
    family = family_of(process)
    began = time.monotonic()
    assert end(process) == 128 + signal.SIGKILL
    assert time.monotonic() - began < 6
    assert all_gone(family)


def test_ends_also_whom_the_killed_leave_behind() -> None:
    inner = "sleep 60 & echo; wait"
    process = start(["sh", "-c", f"trap '' TERM; sleep 60 & sh -c '{inner}' & wait"], grace=0.1)
    family = family_of(process)
    assert len(family) == 5
    end(process)
    assert all_gone(family)


def test_ends_everything_when_the_parent_is_killed() -> None:
    parent = textwrap.dedent(f"""
        import subprocess, sys, time
        from offline.programs import leashed
        command = leashed(["sh", "-c", {FAMILY!r}], grace=1)
        subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
        time.sleep(60)
    """)
    process = subprocess.Popen(
        [sys.executable, "-c", parent],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    with process:
        family = family_of(process)
        process.kill()
        assert all_gone(family[1:])


def test_takes_the_command_down_when_the_leash_itself_is_killed() -> None:
    process = start(["sleep", "60"])
    while not (children := psutil.Process(process.pid).children()):
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    end(process)
    assert all_gone([child.pid for child in children])
