"""What the service remembers of a conversation, and what of it outlives a connection."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from offline.gemini.admission import Declaration

AUDIO_TOKENS = 25
"""Tokens of one second of audio, both ways."""

CONTEXT_FRAMES = 3
"""Newest pictures of the context that are really looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    role: str
    text: str
    """For the model: only what was delivered."""
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingCall:
    id: str
    name: str
    args: Mapping[str, object]
    blocking: bool
    text: str
    """What the user had said or typed when the function was called."""
    typed: bool


@dataclass(slots=True, kw_only=True)
class Memory:
    """One session; several connections may share it, one after the other."""

    model: str
    system: str = ""
    declarations: tuple[Declaration, ...] = ()
    history: deque[Turn] = field(default_factory=lambda: deque(maxlen=1000))
    context: Counter[str] = field(default_factory=Counter)
    """Tokens of the whole context by modality."""
    samples: int = 0
    """The audio clock: samples received at 16 kHz."""
    calls: dict[str, PendingCall] = field(default_factory=dict)
    frames: deque[bytes] = field(default_factory=lambda: deque(maxlen=CONTEXT_FRAMES))
    turns: int = 0

    def remember(self, role: str, text: str, now: float) -> None:
        """Append a turn and count its text; speech is counted by its length elsewhere."""
        if text:
            self.history.append(Turn(role=role, text=text, at=now))

    def count(self, modality: str, tokens: int) -> None:
        """Add tokens to the context."""
        self.context[modality] += tokens


class Shelf:
    """Sessions that can be resumed, by handle; the oldest handles go first."""

    def __init__(self, limit: int = 2000) -> None:
        self._limit = limit
        self._sessions: dict[str, Memory] = {}

    def put(self, handle: str, memory: Memory) -> None:
        """Let `memory` be found by `handle`."""
        self._sessions[handle] = memory
        while len(self._sessions) > self._limit:
            del self._sessions[next(iter(self._sessions))]

    def find(self, handle: str) -> Memory | None:
        """Return the session of a handle: its latest state, not that of the handle's time."""
        return self._sessions.get(handle)


def text_tokens(text: str) -> int:
    """Return about how many tokens a text has."""
    return -(-len(text) // 4)
