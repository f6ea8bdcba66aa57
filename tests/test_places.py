"""Programs in odd places: the locale C or Turkish, UTC+14, nothing to write to, nobody to read."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.places import (
    HOMELESS,
    NOEXEC,
    PURE_C,
    READ_ONLY,
    SHARED,
    bare,
    caged,
    in_terminal,
    python,
    turkish,
)
from tests.record.samples import ASKED, CALL, OPENING
from worker.record.entries import Entry
from worker.record.migrating import migrate
from worker.record.place import database
from worker.record.store import Store

pytestmark = pytest.mark.timeout(90)

SAID = "\u0130\u0131 \u2192 \u4e16"
"""The two letters that Turkish alone has, and signs that no old locale knows."""
WORKER = {
    "LIVEKIT_URL": "ws://127.0.0.1:9",
    "LIVEKIT_API_KEY": "key",
    "LIVEKIT_API_SECRET": "s" * 32,
    "GOOGLE_API_KEY": "AIza" + "x" * 35,
    "AGENT_HEALTH_PORT": "0",
}
KEEPER = """
import asyncio, sys, time
from worker.command import hold_standard_streams
from worker.operation.folder import open_folder
from worker.record.desk import Desk
from worker.record.journal import Journal
from worker.record.ledger import Ledger
from worker.room.messages import Transcript

hold_standard_streams()
folder = open_folder()
desk = Desk.open(folder.record)

async def main():
    journal = Journal(Ledger(call="AJ_1", clock=time.monotonic), str(folder.record))
    journal.open(room="room", persona="guide", model="m")
    journal.put(Transcript(id="1", who="user", identity="ann", text="x", final=True))
    await journal.aclose("ended")
    return journal.ledger.left

print(asyncio.run(main()))
desk.close()
"""
"""Keeps a line as a worker and its call do; prints how many entries were not confirmed."""
Place = Mapping[str, str]


@pytest.fixture(scope="module", params=["C", "ISO-8859-9", "UTF-8"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The environment of an odd place."""
    folder = tmp_path_factory.mktemp("locales")
    locale = PURE_C if request.param == "C" else turkish(folder, request.param)
    return bare({**locale, **HOMELESS})


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A record of one conversation, with signs of many scripts in it."""
    file = tmp_path / "kept.db"
    asyncio.run(_fill(file, [OPENING, replace(ASKED, text=SAID)]))
    return file


async def _fill(file: Path, entries: list[Entry]) -> None:
    async with Store.open(database("", str(file))) as store:
        await migrate(store)
        await store.write(entries)


def run(command: list[str], env: Place, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, env=env, cwd=cwd, capture_output=True, timeout=80, check=False)


def test_wrong_settings_are_told_in_the_same_words(place: Place, tmp_path: Path) -> None:
    wrong = {**WORKER, "AGENT_PERSONA": "\u0130stanbul", "AGENT_VISION": "OF\u0131"}
    command = python(str(Path(__file__).parents[1] / "worker.py"), "start")
    here = run(command, {**place, **wrong}, tmp_path)
    usual = run(command, {**bare({}), **wrong}, tmp_path)
    assert here.returncode == usual.returncode == 2
    assert [line.split()[0] for line in here.stderr.splitlines()] == [
        line.split()[0] for line in usual.stderr.splitlines()
    ]
    assert b"Traceback" not in here.stderr


def test_a_conversation_is_exported_byte_by_byte_the_same(place: Place, record: Path) -> None:
    command = python("-m", "worker.record", "export", CALL, "--format", "md")
    of = {"AGENT_RECORD_FILE": str(record)}
    here = run(command, {**place, **of}, record.parent)
    usual = run(command, bare(of), record.parent)
    assert (here.returncode, here.stderr) == (0, b"")
    assert here.stdout == usual.stdout
    assert SAID.encode() in here.stdout


def test_a_conversation_is_shown_with_all_signs_that_the_locale_has(
    place: Place, record: Path
) -> None:
    env = {**place, "AGENT_RECORD_FILE": str(record)}
    shown = run(python("-m", "worker.record", "show", CALL), env, record.parent)
    listed = run(python("-m", "worker.record", "list"), env, record.parent)
    assert (shown.returncode, listed.returncode) == (0, 0)
    assert b"Conversation of 2023-11-14 22:13 UTC" in shown.stdout
    assert b"2023-11-14 22:13:20" in listed.stdout


ATOMIC = """
import asyncio, sys
from dataclasses import replace
from sqlalchemy.exc import IntegrityError
from tests.record.samples import ASKED, OPENING
from worker.record.migrating import migrate
from worker.record.place import database
from worker.record.store import Store

async def main():
    async with Store.open(database("", sys.argv[1])) as store:
        await migrate(store)
        try:
            await store.write([OPENING, replace(ASKED, call="AJ_unknown")])
        except IntegrityError:
            print(len(await store.conversations()))

asyncio.run(main())
"""
"""Writes what cannot be written whole; prints how many conversations are kept of it."""


def test_the_record_keeps_all_of_it_or_nothing(place: Place, tmp_path: Path) -> None:
    done = run(python("-c", ATOMIC, str(tmp_path / "kept.db")), place, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"0\n", b"")


def test_the_demo_shows_what_is_said(place: Place, tmp_path: Path) -> None:
    code = (
        "from offline.terminal import Terminal; from offline.chronicle import Entry\n"
        f"with Terminal() as t: t.show(Entry(at=65.2, who='agent', text={SAID!a} + ' end'))"
    )
    done = run(python("-c", code), place, tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b" 1:05  agent")
    assert done.stdout.endswith(b" end\n")


Serve = Callable[[list[str], Place], subprocess.Popen[bytes]]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts programs that run until they are told to end."""
    started: list[subprocess.Popen[bytes]] = []

    def start(command: list[str], env: Place) -> subprocess.Popen[bytes]:
        with (tmp_path / "said").open("w") as said:
            process = subprocess.Popen(
                command, env=env, cwd=tmp_path, stdout=said, stderr=subprocess.STDOUT
            )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def cages(tmp_path: Path) -> dict[str, tuple[str, Place]]:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    return {
        "noexec": (NOEXEC, bare({**HOMELESS, "TMPDIR": str(temporary)})),
        "read-only": (READ_ONLY, bare({**HOMELESS, **PURE_C})),
    }


def until(words: str, process: subprocess.Popen[bytes], folder: Path) -> str:
    """Wait for a program to say this; gives the line in which it does."""
    deadline = time.monotonic() + 60
    while True:
        said = (folder / "said").read_text()
        if found := [line for line in said.splitlines(keepends=True) if words in line]:
            return found[0]
        assert process.poll() is None, said
        assert time.monotonic() < deadline, said
        time.sleep(0.1)


@pytest.mark.parametrize("cage", ["noexec", "read-only"])
def test_a_worker_starts_where_little_can_be_written(
    cage: str, serve: Serve, tmp_path: Path
) -> None:
    script, env = cages(tmp_path)[cage]
    worker = str(Path(__file__).parents[1] / "worker.py")
    process = serve(caged(script, python(worker, "start"), env), {**env, **WORKER})
    until("process initialized", process, tmp_path)
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    assert "Traceback" not in (tmp_path / "said").read_text()


@pytest.mark.parametrize("cage", ["noexec", "read-only"])
def test_a_line_is_kept_where_little_can_be_written(cage: str, tmp_path: Path) -> None:
    script, env = cages(tmp_path)[cage]
    file = (SHARED if cage == "read-only" else tmp_path) / f"sightline-test-{os.getpid()}.db"
    command = caged(script, python("-c", KEEPER), env)
    try:
        done = run(command, {**env, "AGENT_RECORD_FILE": str(file)}, tmp_path)
        assert (done.returncode, done.stdout) == (0, b"0\n")
    finally:
        for left in file.parent.glob(f"{file.name}*"):
            left.unlink()


def test_a_line_is_kept_without_a_standard_input(tmp_path: Path) -> None:
    env = bare({"AGENT_RECORD_FILE": str(tmp_path / "kept.db")})
    done = run(python("-c", KEEPER), env, tmp_path)
    assert (done.returncode, done.stdout) == (0, b"0\n")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["worker.py", "--help"], 0),
        (["worker.py", "start"], 2),
        (["-m", "worker.record", "list"], 0),
        (["-m", "offline.demo", "--help"], 0),
        (["-m", "offline.gemini", "--help"], 0),
    ],
)
def test_a_narrow_terminal_without_colours_is_enough(
    command: list[str], code: int, record: Path
) -> None:
    env = bare({"TERM": "xterm-256color", "NO_COLOR": "1", "AGENT_RECORD_FILE": str(record)})
    ended, shown = in_terminal([sys.executable, *command], env, columns=20)
    assert ended == code
    assert shown.strip()
    assert "Traceback" not in shown
    assert not re.search(r"\x1b\[[0-9;]*[349][0-7]m", shown)


def test_the_stand_in_serves_where_nothing_may_be_run(serve: Serve, tmp_path: Path) -> None:
    script, env = cages(tmp_path)["noexec"]
    process = serve(caged(script, python("-m", "offline.gemini", "--port", "0"), env), env)
    assert "https://127.0.0.1:" in until("url", process, tmp_path)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def test_the_stand_in_says_what_it_lacks(tmp_path: Path) -> None:
    script, env = cages(tmp_path)["read-only"]
    done = run(caged(script, python("-m", "offline.gemini", "--port", "0"), env), env, tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith(b"offline.gemini: cannot start: No usable temporary directory")
