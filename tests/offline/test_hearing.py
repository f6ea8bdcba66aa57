from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from offline.gemini.hearing import Hearing
from tests.channel import through_room

LONG = "she opened the window and looked outside"


@pytest.fixture(scope="module")
def hearing() -> Iterator[Hearing]:
    hearing = Hearing()
    yield hearing
    hearing.close()


def recognizers(pid: int | None = None) -> set[int]:
    """Return the recognizers that threads of process `pid`, or of this one, have started."""
    tasks = Path(f"/proc/{pid or os.getpid()}/task").iterdir()
    found = {int(c) for task in tasks for c in (task / "children").read_text().split()}
    return {c for c in found if b"recognition" in Path(f"/proc/{c}/cmdline").read_bytes()}


def test_turns_speech_into_words(hearing: Hearing) -> None:
    assert hearing.transcribe(through_room("what time is it in Tokyo")) == (
        "what time is it in tokyo"
    )


def test_hears_nothing_in_silence(hearing: Hearing) -> None:
    assert hearing.transcribe(bytes(16_000)) == ""


def test_answers_every_caller_with_their_own_words(hearing: Hearing) -> None:
    said = ["thank you", "look closer", "what do you see"]
    utterances = [through_room(text) for text in said]
    heard: dict[int, str] = {}

    def ask(index: int) -> None:
        heard[index] = hearing.transcribe(utterances[index])

    threads = [threading.Thread(target=ask, args=(index,)) for index in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [heard[index] for index in range(3)] == said


def test_holds_nothing_else_up_while_it_listens(hearing: Hearing) -> None:
    hearing.transcribe(bytes(3_200))
    thread = threading.Thread(target=hearing.transcribe, args=(through_room(LONG),))
    own = time.process_time()
    thread.start()
    thread.join()
    assert time.process_time() - own < 0.05


def test_says_how_long_it_heard_someone_when_there_is_no_recognizer() -> None:
    deaf = Hearing(installed=False)
    assert deaf.transcribe(bytes(2 * 36_800)) == "I heard you speak for 2.3 seconds."


def test_starts_no_recognizer_before_there_is_something_to_hear() -> None:
    before = recognizers()
    Hearing().close()
    assert recognizers() == before


def test_starts_again_after_its_recognizer_died() -> None:
    others = recognizers()
    hearing = Hearing()
    hearing.transcribe(bytes(3_200))
    (pid,) = recognizers() - others
    os.kill(pid, signal.SIGKILL)
    assert hearing.transcribe(bytes(32_000)) == "I heard you speak for 1.0 seconds."
    assert hearing.transcribe(through_room("thank you")) == "thank you"
    hearing.close()


@pytest.mark.parametrize("how", ["closed", "forgotten"])
def test_leaves_no_process_behind(how: str) -> None:
    others = recognizers()
    hearing = Hearing()
    hearing.transcribe(bytes(3_200))
    assert recognizers() > others
    if how == "closed":
        hearing.close()
    del hearing
    gc.collect()
    assert recognizers() == others


def test_leaves_no_process_behind_when_it_is_killed() -> None:
    program = (
        "from offline.gemini.hearing import Hearing\n"
        "hearing = Hearing(); hearing.transcribe(bytes(3200)); print('ready', flush=True)\n"
        "input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        (pid,) = recognizers(parent.pid)
        parent.kill()
    deadline = time.monotonic() + 5
    while _alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _alive(pid: int) -> bool:
    try:
        return b"recognition" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
