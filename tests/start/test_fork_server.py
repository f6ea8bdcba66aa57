"""What job processes are forked from: what a call needs at first, and nothing that none needs."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from worker.start.warmup import PRELOAD

ROOT = Path(__file__).parents[2]
# All of it is imported anew, which takes a busy machine a while.
pytestmark = pytest.mark.timeout(120)
SPEECH_SERVICES = ("grpc", "google.cloud.speech_v2", "google.cloud.texttospeech")


def look() -> None:
    """Two pictures are compared, as the eyes do for each that is due."""
    from worker.eyes.change import compare, glance
    from worker.eyes.condition import Condition
    from worker.eyes.picture import encode
    from worker.eyes.planes import Planes

    grey = (np.indices((90, 160)).sum(axis=0) % 9).astype(np.uint8)
    chroma = np.full((45, 80), 128, np.uint8)
    first, second = (Planes(y=y, u=chroma, v=chroma) for y in (grey, grey + 90))
    compare(glance(first), glance(second))
    Condition().feed(glance(first), 0.0)
    encode(first, rotation=0, longest=80, quality=75)


def write_card() -> None:
    """The eyes have nothing to show."""
    from worker.eyes.card import write

    write(["CAMERA OFF"])


def listen() -> None:
    """A second of sound is judged."""
    from worker.ears import Ears

    Ears(lambda _: None, later=lambda *_: None).hear(bytes(32_000))


def ask_for_the_package() -> None:
    """Somebody wants of the plugin what was left out."""
    from livekit.plugins import google

    assert google.STT.__name__ == "STT"


DEEDS: dict[str, Callable[[], None]] = {
    deed.__name__: deed for deed in (look, write_card, listen, ask_for_the_package)
}


def forked(*deeds: str) -> tuple[Sequence[str], Sequence[str]]:
    """Return the modules that the fork server holds, and those that these deeds imported."""
    command = [sys.executable, "-m", "tests.start.test_fork_server", *deeds]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=100)
    held, imported = json.loads(done.stdout)
    return held, imported


def test_nothing_that_a_call_does_is_imported_in_it() -> None:
    assert forked("look", "write_card", "listen")[1] == []


def test_services_that_nobody_calls_are_not_imported_but_can_be() -> None:
    held, imported = forked("ask_for_the_package")
    assert not set(SPEECH_SERVICES) & set(held)
    assert set(SPEECH_SERVICES) <= set(imported)


def main(*deeds: str) -> None:
    for name in PRELOAD:
        __import__(name)
    assert gc.isenabled()
    assert gc.get_freeze_count()
    held = set(sys.modules)
    for deed in deeds:
        DEEDS[deed]()
    sys.stdout.write(json.dumps([sorted(held), sorted(set(sys.modules) - held)]))


if __name__ == "__main__":
    main(*sys.argv[1:])
