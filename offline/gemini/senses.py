"""The outer edge: what the stand-in hears, sees, thinks and speaks with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from offline.gemini.mind import Call, Prompt, Say
from offline.gemini.sight import Seen

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


def natural() -> Senses:
    """Return the real ones: pocketsphinx, OpenCV, patterns over words, espeak-ng."""
    from offline.gemini import mind, sight
    from offline.gemini.hearing import Hearing
    from offline.speech import speak

    hearing = Hearing()
    # The first utterance of the first caller should not wait for a model to load.
    hearing.transcribe(bytes(3200))
    return Senses(transcribe=hearing.transcribe, look=sight.look, think=mind.think, speak=speak)
