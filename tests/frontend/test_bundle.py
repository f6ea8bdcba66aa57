"""What goes to every visitor's browser: the built page, small and without a secret."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from frontend.settings import BUILT

LIMIT = 300_000
"""Bytes of scripts and styles, packed."""
SECRETS = re.compile(
    r"AIza[\w-]{30}"
    r"|eyJ[\w-]{10,}\.eyJ[\w-]{10,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|(API_SECRET|API_KEY|ACCESS_CODE|JWT_SECRET|DATABASE_URL)\b"
    r"|\bAPI[A-Za-z0-9]{12}\b"
)
ELSEWHERE = re.compile(r"https?://(registry\.|localhost|127\.|10\.|192\.168\.)[^\"'`\s]*")


@pytest.fixture
def files() -> dict[str, bytes]:
    """Every file of the built page."""
    if not (BUILT / "index.html").is_file():
        pytest.skip("no page: make page")
    return {path.name: path.read_bytes() for path in BUILT.rglob("*") if path.is_file()}


def test_there_is_no_secret_in_it(files: dict[str, bytes]) -> None:
    found = {name: SECRETS.search(body.decode(errors="replace")) for name, body in files.items()}
    assert [name for name, match in found.items() if match] == []


def test_it_names_no_machine(files: dict[str, bytes]) -> None:
    found = {name: ELSEWHERE.search(body.decode(errors="replace")) for name, body in files.items()}
    assert [match[0] for match in found.values() if match] == []


def test_no_map_of_the_source_goes_with_it(files: dict[str, bytes]) -> None:
    assert [
        name for name in files if Path(name).suffix not in (".js", ".css", ".html", ".svg")
    ] == []


def test_it_is_small(files: dict[str, bytes]) -> None:
    packed = {name: len(gzip.compress(body, 9)) for name, body in files.items()}
    assert sum(size for name, size in packed.items() if name.endswith((".js", ".css"))) <= LIMIT


def test_the_first_screen_needs_nothing_of_livekit(files: dict[str, bytes]) -> None:
    index = files["index.html"].decode()
    first = [name for name in files if name.endswith(".js") and name in index]
    assert len(first) == 1
    assert b"livekit" in b"".join(files.values()).lower()
    assert b"RTCPeerConnection" not in files[first[0]]


def test_finds_what_it_looks_for() -> None:
    planted = (
        "AIza" + "x" * 35,
        "eyJhbGciOiJIUzI1.eyJzdWIiOiJhbm4i",
        "process.env.LIVEKIT_API_SECRET",
    )
    assert all(SECRETS.search(text) for text in planted)
