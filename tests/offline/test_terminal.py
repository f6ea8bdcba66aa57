"""What people see: calm lines, also without colours, without a terminal and on 80 columns."""

from __future__ import annotations

import io
import re

import pytest

from offline.chronicle import Entry, Present
from offline.terminal import PLAIN_WIDTH, Terminal, clock_of

LONG = "Once there was a lamp on a hill above the sea, and every evening it was lit again. " * 3


class Tty(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO) -> str:
    with Terminal(stream) as terminal:
        terminal.now(Present(state="thinking", pictures=3))
        terminal.show(Entry(at=65.2, who="agent", text=LONG))
        terminal.show(Entry(at=66.0, who="tool", text="look: [bold]not markup[/bold] :smile:"))
    return stream.getvalue()


@pytest.mark.parametrize("force", [None, "FORCE_COLOR", "TTY_COMPATIBLE"])
def test_a_file_gets_plain_lines_of_80_columns(
    monkeypatch: pytest.MonkeyPatch, force: str | None
) -> None:
    if force is not None:
        monkeypatch.setenv(force, "1")
    text = shown(io.StringIO())
    assert "\x1b" not in text
    assert "\r" not in text
    assert max(map(len, text.splitlines())) <= PLAIN_WIDTH
    assert not any(line.endswith(" ") for line in text.splitlines())


def test_text_is_wrapped_beside_its_name_and_kept_whole() -> None:
    lines = shown(io.StringIO()).splitlines()
    assert lines[0].startswith(" 1:05  agent   Once there was")
    assert all(line.startswith(" " * 15) for line in lines[1:-1])
    assert " ".join(" ".join(lines[:-1]).split()) == f"1:05 agent {LONG.strip()}"
    assert lines[-1] == " 1:06  tool    look: [bold]not markup[/bold] :smile:"


def test_the_last_line_moves_on_a_terminal_and_goes_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")
    text = shown(Tty())
    assert "thinking | 3 pictures seen" in text
    assert "\x1b[2K" in text
    assert "\x1b[1;32m" in text
    bare = [re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\r", "", line) for line in text.splitlines()]
    assert max(map(len, bare)) <= 120


@pytest.mark.parametrize("columns", ["20", "16", "1"])
def test_a_terminal_of_few_columns_loses_no_word(
    monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", columns)
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]| +thinking[^\r\n]*", "", shown(Tty()))
    assert "".join(LONG.split()) in "".join(text.split())


def test_no_color_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", shown(Tty()))


def test_what_people_copy_is_not_wrapped() -> None:
    stream = io.StringIO()
    Terminal(stream).verbatim("x" * 300)
    assert stream.getvalue() == "x" * 300 + "\n"


@pytest.mark.parametrize("speech", ["", "Short.", "word " * 40, "x" * 400, "\u4e16" * 80])
def test_the_last_line_is_one_line_that_shows_the_newest_words(
    monkeypatch: pytest.MonkeyPatch, speech: str
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "70")
    stream = Tty()
    with Terminal(stream) as terminal:
        before = stream.tell()
        present = Present(state="speaking", pictures=1, speech=speech)
        terminal.now(present)
        drawn = stream.getvalue()[before:]
        terminal.now(present)
        assert stream.getvalue()[before:] == drawn
    assert "\n" not in drawn
    assert "1 picture seen" in drawn
    assert speech.strip()[-4:] in drawn or "\u4e16" in speech


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (65.9, "1:05"), (3601, "60:01")])
def test_time_is_minutes_and_seconds(seconds: float, text: str) -> None:
    assert clock_of(seconds) == text


@pytest.mark.parametrize(("stream", "watched"), [(Tty(), True), (io.StringIO(), False)])
def test_knows_whether_a_person_looks_at_it(stream: io.StringIO, watched: bool) -> None:
    with Terminal(stream) as terminal:
        assert terminal.is_watched is watched
