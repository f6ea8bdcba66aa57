"""Bad settings, one test an item of the list (14 to 17); each at the level where it comes in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.config.test_settings import problems
from worker.config.envfile import read_env_file
from worker.errors import SettingsError


def refused(name: str, value: str) -> str:
    """What is said of a value, which must be one line that does not repeat it."""
    (line,) = problems(**{name: value})
    assert line.startswith(f"{name} ")
    assert "\n" not in line
    assert len(line) < 200
    return line


@pytest.mark.parametrize("value", ["0", "-1", "1e9", "nan", "inf", "1,0", "½", "0x1", "1_0"])
def test_14_a_rate_that_is_none_is_refused_with_the_range(value: str) -> None:
    assert "above 0 and at most 1" in refused("AGENT_FPS", value)


@pytest.mark.parametrize("name", ["AGENT_PICTURE_EDGE", "AGENT_SCREEN_EDGE"])
@pytest.mark.parametrize("value", ["0", "-1", "63", "4097", "768.5", "NaN", "7" * 5000])
def test_15_a_resolution_that_is_none_is_refused_with_the_range(name: str, value: str) -> None:
    line = refused(name, value)
    assert "whole number of pixels" in line
    assert "from 64 to 4096" in line


@pytest.mark.parametrize(
    ("name", "range_"),
    [
        ("AGENT_SETUP_TIMEOUT", "seconds above 0 and at most 120"),
        ("AGENT_PATIENCE", "seconds above 0 and at most 3600"),
        ("BUDGET_MINUTES", "minutes above 0 and at most 10000"),
    ],
)
@pytest.mark.parametrize("value", ["-1", "0", "NaN", "1e999", "soon"])
def test_16_a_time_that_is_none_is_refused_with_the_range(
    name: str, range_: str, value: str
) -> None:
    assert range_ in refused(name, value)


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfAGENT_VOICE=Puck\n",
        b"# Windows\r\nAGENT_VOICE=Puck\r\n",
        b"AGENT_VOICE='Puck'\n",
        b'\xef\xbb\xbfexport AGENT_VOICE="Puck"\r\n',
    ],
)
def test_17_a_file_of_any_editor_is_read(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / ".env"
    file.write_bytes(data)
    assert read_env_file(file) == {"AGENT_VOICE": "Puck"}


@pytest.mark.parametrize(
    "data", [b"AGENT_VOICE=" + b"x" * 2**20, b"AGENT_VOICE='Puck\n", b"AGENT_VOICE=\xff\n"]
)
def test_17_a_file_that_makes_no_sense_is_refused_in_a_line(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / ".env"
    file.write_bytes(data)
    with pytest.raises(SettingsError) as caught:
        read_env_file(file)
    (line,) = caught.value.lines
    assert line.startswith(".env")
    assert len(line) < 200
