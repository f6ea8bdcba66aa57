"""The command line as a person meets it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.environment import ENVIRONMENT
from worker.command import check_port, starts_plainly
from worker.errors import SettingsError

ROOT = Path(__file__).parents[1]


def run(*arguments: str, env: Mapping[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    bare = {"PATH": os.environ["PATH"], "HOME": str(cwd)}
    return subprocess.run(
        [sys.executable, str(ROOT / "worker.py"), *arguments],
        env={**bare, **env},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_wrong_settings_end_it_with_a_line_each_and_code_2(tmp_path: Path) -> None:
    done = run(
        "start", env={**ENVIRONMENT, "AGENT_FPS": "nan", "LIVEKIT_URL": "host:7880"}, cwd=tmp_path
    )
    assert done.returncode == 2
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["LIVEKIT_URL", "AGENT_FPS"]
    assert done.stdout == ""


def test_no_package_may_log_what_people_say(tmp_path: Path) -> None:
    done = run("start", env={**ENVIRONMENT, "LK_GOOGLE_DEBUG": "1"}, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("LK_GOOGLE_DEBUG must be empty")


def test_a_secret_is_never_echoed(tmp_path: Path) -> None:
    planted = "AIzaSyPlanted with a space"
    done = run("start", env={**ENVIRONMENT, "GOOGLE_API_KEY": planted}, cwd=tmp_path)
    assert done.returncode == 2
    assert "Planted" not in done.stderr + done.stdout


def test_a_taken_health_port_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run("start", env={**ENVIRONMENT, "AGENT_HEALTH_PORT": port}, cwd=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert f"AGENT_HEALTH_PORT: port {port}" in done.stderr


@pytest.mark.timeout(90)
def test_help_needs_no_settings_and_lists_the_ways_to_run(tmp_path: Path) -> None:
    done = run("--help", env={}, cwd=tmp_path)
    assert done.returncode == 0
    for command in ("dev", "start", "console", "connect"):
        assert command in done.stdout


@pytest.mark.timeout(90)
@pytest.mark.parametrize(
    "program", [["worker.py"], ["-m", "offline.demo"], ["-m", "worker.record"]]
)
def test_programs_start_without_a_standard_input(program: list[str]) -> None:
    command = ["sh", "-c", 'exec "$@" <&-', "sh", sys.executable, *program, "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=80)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_free_port_is_fine() -> None:
    check_port("AGENT_HEALTH_PORT", "127.0.0.1", 0)


def test_a_port_that_is_not_ours_is_refused() -> None:
    with pytest.raises(SettingsError):
        check_port("AGENT_HEALTH_PORT", "192.0.2.1", 8081)


@pytest.mark.parametrize(
    ("arguments", "plain"),
    [
        (["start"], True),
        (["dev", "--log-level", "debug"], True),
        (["start", "--url", "ws://elsewhere"], False),
        (["start", "--api-secret=x"], False),
        (["console"], False),
        (["connect", "--room", "r"], False),
    ],
)
def test_the_fork_server_starts_early_only_when_the_environment_says_all(
    arguments: list[str], plain: bool
) -> None:
    assert starts_plainly(arguments) is plain
