"""Read what typed content asks for: plain words, instructions for one reply, or nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from offline.gemini.inputs import Content
from offline.gemini.profiles import Profile

PLACEHOLDER = "."
"""What the LiveKit plugin sends as a user turn so that 2.5 models see a finished one."""

BARE = "introduce yourself"
"""What a request without any words amounts to."""

_NOTE = re.compile(r"\s*\(A note from the call itself\b.*\)\s*", re.S)
"""What is for the model to know, and asks for nothing."""
_INSTRUCTIONS = re.compile(r"\s*<instructions>\s*(.*?)\s*</instructions>\s*", re.S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the turns since the model's last one ask for."""

    text: str = ""
    instructions: str | None = None
    empty: bool = False
    """The model answers with an empty turn."""


def request(turns: Sequence[Content], profile: Profile) -> Request:
    """Return what `turns`, oldest first, ask a model of this family for."""
    models = [index for index, turn in enumerate(turns) if turn.role == "model"]
    since = models[-1] + 1 if models else 0
    texts = [turn.text for turn in turns[since:] if not _NOTE.fullmatch(turn.text)]
    instructions: str | None = None
    if texts and texts[-1].strip() == PLACEHOLDER:
        if profile.dot_is_empty:
            return Request(empty=True)
        texts.pop()
        if not texts and models:
            instructions = turns[models[-1]].text
    for text in texts:
        if match := _INSTRUCTIONS.fullmatch(text):
            instructions = match[1]
    plain = "\n".join(text for text in texts if text.strip() and not _INSTRUCTIONS.fullmatch(text))
    if not plain and instructions is None:
        instructions = BARE
    return Request(text=plain, instructions=instructions)
