"""The `.env` file, as editors of every system leave it."""

from __future__ import annotations

from pathlib import Path

import pytest

from worker.config.envfile import MAX_BYTES, read_env_file
from worker.errors import SettingsError


def written(tmp_path: Path, data: bytes) -> Path:
    file = tmp_path / ".env"
    file.write_bytes(data)
    return file


def test_takes_a_missing_file_for_an_empty_one(tmp_path: Path) -> None:
    assert read_env_file(tmp_path / ".env") == {}


@pytest.mark.parametrize(
    "data",
    [
        b"NAME=value\n",
        b"NAME=value",
        b"\xef\xbb\xbfNAME=value\n",
        b"NAME=value\r\n",
        b"\r\n# comment\r\nNAME='value'\r\n",
        b'export NAME="value" # comment\n',
        b"  NAME = value  \n",
        b"OTHER\nNAME=value\n",
    ],
)
def test_reads_one_variable_however_it_is_written(tmp_path: Path, data: bytes) -> None:
    assert read_env_file(written(tmp_path, data)) == {"NAME": "value"}


def test_expands_nothing(tmp_path: Path) -> None:
    assert read_env_file(written(tmp_path, b"A=1\nB=x${A}$A\n"))["B"] == "x${A}$A"


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"A=1\n\n\nB='open\n", 4),
        (b"=1\n", 1),
        (b"A=1\r\n'B=C'=2\r\n", 2),
        (b"A=1\nB=x\0y\n", 2),
        (b'A="1\n', 1),
    ],
)
def test_names_the_line_that_is_wrong(tmp_path: Path, data: bytes, line: int) -> None:
    with pytest.raises(SettingsError) as caught:
        read_env_file(written(tmp_path, data))
    assert caught.value.lines[0].startswith(f".env line {line} must be NAME=value")


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"A=" + b"x" * MAX_BYTES, "at most 64 KiB"),
        (b"A=\xff\xfe", "UTF-8"),
        ("A=1".encode("utf-16"), "UTF-8"),
    ],
)
def test_refuses_a_file_it_cannot_read(tmp_path: Path, data: bytes, wanted: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_env_file(written(tmp_path, data))
    assert wanted in str(caught.value)


def test_says_so_when_the_file_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"):
        read_env_file(tmp_path)
