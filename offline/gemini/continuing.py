"""What is asked of a model whose connection broke off: to go on, to answer after all, to be told.

The wording is the worker's own; a real model reads any.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from offline.gemini.prompting import Request

_GO_ON = re.compile(r"connection broke off while you were speaking.*?“(?P<words>.+)”", re.S)
_ANSWER = re.compile(r"connection broke off before you answered")
_RESULT = re.compile(r"\[The tool (?P<name>\w+) returned: (?P<result>.*)\]", re.S)
OVER = "That was all I had to say."


def cut_after(text: str) -> str | None:
    """Return the words after which a reply is to go on, None when none is."""
    asked = _GO_ON.search(text)
    return asked["words"] if asked else None


def rest_of(words: str, speeches: Iterable[str]) -> str:
    """Return what comes after `words` in one of the speeches that are known by heart."""
    said = " ".join(words.split())
    for speech in speeches:
        # What is remembered of a long reply is its end.
        for known in range(len(said), 7, -1):
            place = speech.find(said[-known:])
            if place >= 0 and (rest := speech[place + known :].strip()):
                return rest
            if place >= 0:
                break
    return OVER


def told_result(text: str) -> tuple[str, str] | None:
    """Return name and result of a tool that is told of as text, None when none is."""
    told = _RESULT.fullmatch(text.strip())
    return (told["name"], told["result"]) if told else None


def reminded(asked: Request, said: Iterable[tuple[str, str]]) -> Request | None:
    """Return the question a request to answer after all is about, None for any other request.

    `said`: roles and texts of the talk, oldest first.
    """
    if not _ANSWER.search(asked.text):
        return None
    before = [text for role, text in said if role == "user" and not _ANSWER.search(text)]
    return replace(asked, text=before[-1] if before else "", instructions=None)
