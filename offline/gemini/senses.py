"""The outer edge: what the stand-in hears, sees, thinks and speaks with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from offline.gemini.sight import Seen
from offline.gemini.thought import Call, Prompt, Say

Actions = tuple[Say | Call, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Senses:
    """Blocking functions, each called in a thread."""

    transcribe: Callable[[bytes], str]
    """s16le mono 16 kHz to words, "" for noise."""
    look: Callable[[Sequence[bytes]], Seen]
    """Still images, newest last, to what is in them."""
    think: Callable[[Prompt], Actions]
    speak: Callable[[str], bytes]
    """A sentence to s16le mono 24 kHz."""


@contextmanager
def natural() -> Iterator[Senses]:
    """Lend the real ones: pocketsphinx, OpenCV, patterns over words, espeak-ng."""
    from offline.gemini import mind, sight
    from offline.gemini.hearing import Hearing
    from offline.speech import speak

    hearing = Hearing()
    # The first utterance should not wait for a model to load, nor the start for the model.
    warming = threading.Thread(target=hearing.transcribe, args=(bytes(3200),), name="warm-hearing")
    warming.start()
    try:
        yield Senses(transcribe=hearing.transcribe, look=sight.look, think=mind.think, speak=speak)
    finally:
        warming.join()
        hearing.close()
