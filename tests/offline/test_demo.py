"""The demo as people run it: a conversation to the end, a room left open, and nothing left over."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import cv2
import numpy as np
import psutil
import pytest

from offline.caller import QR_TEXT, Caller
from offline.chronicle import Entry
from offline.demo import main
from offline.ear import Sound
from offline.errors import DemoError
from offline.keepsakes import Keepsakes
from offline.page import is_built
from offline.witness import Reply

ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class Demo:
    """A running demo and everything it has started."""

    process: asyncio.subprocess.Process
    said: list[str] = field(default_factory=list)
    family: list[psutil.Process] = field(default_factory=list)

    async def line(self, pattern: str) -> re.Match[str]:
        """Read on until a line matches, noting what runs by then."""
        assert self.process.stdout is not None
        while raw := await self.process.stdout.readline():
            self.said.append(raw.decode())
            if found := re.search(pattern, self.said[-1]):
                self.family = psutil.Process(self.process.pid).children(recursive=True)
                return found
        raise AssertionError(f"no line like {pattern} in {''.join(self.said)}")

    async def left_over(self) -> list[psutil.Process]:
        """Wait until it has ended; return what still runs of all it started, after 15 s."""
        await self.process.communicate()
        await asyncio.to_thread(psutil.wait_procs, self.family, 15)
        return [process for process in self.family if process.is_running()]


@contextlib.asynccontextmanager
async def demo(folder: Path, *flags: str, **env: str) -> AsyncIterator[Demo]:
    argv = [sys.executable, "-m", "offline.demo", "--folder", str(folder), *flags]
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=ROOT,
        env=os.environ | env,
    )
    try:
        yield Demo(process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


@pytest.mark.e2e
@pytest.mark.timeout(300)
async def test_holds_a_conversation_and_leaves_what_it_promises(tmp_path: Path) -> None:
    async with demo(tmp_path) as run:
        await run.line("thank you")
        assert await run.left_over() == []
    assert run.process.returncode == 0
    transcript = (tmp_path / "transcript.md").read_text()
    for words in ("stand-in", QR_TEXT, "get\\_time", "(interrupted)", "Your timer is up"):
        assert words in transcript
    pictures = [cv2.imread(str(path)) for path in (tmp_path / "pictures").iterdir()]
    assert len(pictures) > 20
    assert all(picture is not None and picture.shape[0] >= 90 for picture in pictures)
    replies = sorted((tmp_path / "replies").iterdir())
    assert len(replies) >= 10
    with wave.open(str(replies[0])) as greeting:
        assert greeting.getnframes() > greeting.getframerate()
    assert all(len(line.rstrip("\n")) <= 80 for line in run.said)


@pytest.mark.e2e
@pytest.mark.timeout(120)
async def test_leaves_the_room_open_for_a_caller_with_the_printed_fields(tmp_path: Path) -> None:
    async with demo(tmp_path, "--caller", "none") as run:
        url = (await run.line(r"URL +(ws://\S+)"))[1]
        token = (await run.line(r"token +(\S+)"))[1]
        await run.line("Ctrl-C")
        async with Caller(url=url, token=token, identity="guest") as guest:
            await guest.wait_for_state(("listening", "thinking", "speaking"), 20)
        run.process.send_signal(signal.SIGINT)
        assert await run.left_over() == []
    assert run.process.returncode == 130
    assert len(run.family) >= 6


@pytest.mark.e2e
@pytest.mark.timeout(120)
async def test_shows_the_address_of_a_page_that_lets_in(tmp_path: Path) -> None:
    if not is_built():
        pytest.skip("no page: make page")
    async with demo(tmp_path, "--caller", "none", PAGE_ACCESS_CODE="not-for-this-stack") as run:
        address = (await run.line(r"^ +(http://localhost:\d+)$"))[1]
        async with aiohttp.ClientSession() as http, http.get(address) as answer:
            assert "<title>Sightline</title>" in await answer.text()
        async with aiohttp.ClientSession() as http, http.post(f"{address}/api/token", json={}) as a:
            assert a.status == 201


@pytest.mark.e2e
@pytest.mark.timeout(120)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
async def test_nothing_outlives_a_demo_that_is_ended(tmp_path: Path, number: int) -> None:
    async with demo(tmp_path, "--caller", "none") as run:
        await run.line("Ctrl-C")
        run.process.send_signal(number)
        assert await run.left_over() == []
    assert run.process.returncode != 0


@pytest.mark.e2e
@pytest.mark.timeout(60)
async def test_says_in_one_line_what_did_not_start(tmp_path: Path) -> None:
    async with demo(tmp_path, AGENT_FPS="-1") as run:
        line = (await run.line(r"The demo failed: (.*)"))[1]
        assert await run.left_over() == []
    assert run.process.returncode == 1
    assert "the worker ended with status 2; it said: AGENT_FPS" in line


def test_a_folder_that_cannot_be_written_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "demo").write_text("in the way")
    monkeypatch.setattr(sys, "argv", ["demo", "--folder", str(tmp_path / "demo")])
    assert main() == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("The demo failed: ")
    assert "cannot be written" in said[0]


def test_clears_its_own_files_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    (tmp_path / "replies").mkdir()
    (tmp_path / "replies" / "01-old.wav").write_text("old")
    Keepsakes(tmp_path).clear()
    assert (tmp_path / "mine.txt").read_text() == "keep"
    assert not list((tmp_path / "replies").iterdir())
    with pytest.raises(DemoError, match="cannot be written"):
        Keepsakes(tmp_path / "mine.txt").clear()


def test_a_reply_is_kept_as_it_was_heard(tmp_path: Path) -> None:
    keepsakes = Keepsakes(tmp_path)
    keepsakes.clear()
    samples = np.arange(480, dtype=np.int16)
    sounds = [Sound(at=n / 100, level=-20.0, track="t", samples=samples) for n in range(100)]
    reply = Reply(first_sound=0, last_sound=1, text="", sounds=sounds)
    keepsakes.keep_reply("What time is it?", reply)
    assert keepsakes.replies[0].name == "01-what-time-is-it.wav"
    with wave.open(str(keepsakes.replies[0])) as file:
        assert file.getparams()[:4] == (1, 2, 48_000, 48_000 + 2 * 2400)


def test_the_transcript_keeps_words_as_words(tmp_path: Path) -> None:
    keepsakes = Keepsakes(tmp_path)
    keepsakes.keep_transcript([Entry(at=61, who="agent", text="<b>*look*</b> [x](y)")])
    lines = keepsakes.transcript.read_text().splitlines()
    assert lines[-1] == r"- 1:01 **Agent:** \<b\>\*look\*\</b\> \[x\](y)"
