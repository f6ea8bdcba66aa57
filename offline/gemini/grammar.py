"""The sentences the stand-in is meant for, as a grammar that a recognizer can follow."""

from __future__ import annotations

import re
from collections.abc import Callable

from offline.gemini.slots import ONES, TENS, ZONES

SENTENCES = (
    "hello",
    "hello there",
    "good morning",
    "who are you",
    "what is your name",
    "thank you",
    "thank you very much",
    "stop",
    "goodbye",
    "yes",
    "no",
    "okay",
    "what time is it",
    "what is the time",
    "what time is it in <place>",
    "what is the weather in <place>",
    "how is the weather in <place>",
    "look closer",
    "look closer at the <thing>",
    "take a closer look",
    "take a closer look at the <thing>",
    "set a timer for one <unit>",
    "set a timer for <number> <units>",
    "cancel the timer",
    "stop the timer",
    "what do you see",
    "what do you see now",
    "what can you see",
    "read the code",
    "what does the code say",
    "tell me a story",
    "tell me a long story",
)
"""Short answers are among them so that "no" is not taken for the "hello" it sounds like."""

SLOTS = {
    "place": tuple(ZONES),
    "thing": (
        *("code", "picture", "screen", "left", "right", "top", "bottom", "middle"),
        *("top left", "top right", "bottom left", "bottom right"),
    ),
    "unit": ("second", "minute", "hour"),
    "units": ("seconds", "minutes", "hours"),
    "number": (*ONES[2:], *TENS, *(f"{tens} {one}" for tens in TENS for one in ONES[1:10])),
}


def jsgf(is_word: Callable[[str], bool]) -> str:
    """Return the grammar in JSGF, without phrases that hold a word the dictionary lacks."""
    rules = [
        f"<{name}> = {' | '.join(_known(phrases, is_word))};" for name, phrases in SLOTS.items()
    ]
    asked = f"public <asked> = {' | '.join(_known(SENTENCES, is_word))};"
    return "\n".join(["#JSGF V1.0;", "grammar asked;", *rules, asked])


def is_sentence(text: str) -> bool:
    """Tell whether `text` is a whole sentence of the grammar: a decoder may stop half-way."""
    return _SENTENCE.fullmatch(text) is not None


def _known(phrases: tuple[str, ...], is_word: Callable[[str], bool]) -> list[str]:
    return [
        phrase
        for phrase in phrases
        if all(word.startswith("<") or is_word(word) for word in phrase.split())
    ]


def _pattern() -> re.Pattern[str]:
    slots = {name: f"(?:{'|'.join(phrases)})" for name, phrases in SLOTS.items()}
    sentences = (
        re.sub(r"<(\w+)>", lambda slot: slots[slot[1]], sentence) for sentence in SENTENCES
    )
    return re.compile("|".join(sentences))


_SENTENCE = _pattern()
