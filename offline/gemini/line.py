"""What the parts of one connection share, and the list on which they put what is to be done."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from offline.gemini import outputs
from offline.gemini.account import Account
from offline.gemini.admission import Config
from offline.gemini.memory import Memory, Shelf
from offline.gemini.temper import Temper
from offline.gemini.thought import Prompt
from offline.gemini.timers import Timers


@dataclass(frozen=True, slots=True)
class Send:
    """Send a message to the client."""

    message: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Hear:
    """Turn an utterance into words; answer with `heard`."""

    utterance: int
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Think:
    """Look at the frames and decide what to say or call; answer with `thought`."""

    reply: int
    prompt: Prompt
    frames: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Voice:
    """Speak a sentence; answer with `voiced`."""

    reply: int
    text: str


Effect = Send | Close | Hear | Think | Voice


class Line:
    """The shared side of one connection."""

    def __init__(
        self,
        *,
        config: Config,
        memory: Memory,
        account: Account,
        temper: Callable[[], Temper],
        timers: Timers,
        shelf: Shelf,
        rng: random.Random,
        effects: list[Effect],
    ) -> None:
        self.config = config
        self.profile = config.profile
        self.vertex = config.dialect.vertex
        self.memory = memory
        self.account = account
        self.timers = timers
        self.shelf = shelf
        self.rng = rng
        self.effects = effects
        self._temper = temper

    @property
    def temper(self) -> Temper:
        """The settings as they are now."""
        return self._temper()

    def send(self, message: Mapping[str, object]) -> None:
        """Send a message."""
        self.effects.append(Send(message))

    def offer_handle(self, now: float) -> None:
        """Give the client a handle to resume from, if its setup asked for handles."""
        if self.config.resumption:
            handle = identifier(self.rng)
            self.shelf.put(handle, self.memory)
            self.send(outputs.resumption_update(handle))
            self.account.note("handle", now)

    def call_id(self, *, blocking: bool) -> str:
        """Return a new id for a function call, in the family's shape."""
        shape = self.profile.blocking_call_id if blocking else self.profile.call_id
        limit = 10**6 if "06d" in shape else 10**19
        return shape.format(self.rng.randrange(limit // 10, limit))

    def remember(self, role: str, text: str, now: float, *, sent: bool = False) -> None:
        """Put a turn into the history; `sent`: the client sent it as content."""
        if text:
            turn = self.memory.remember(role, text, now, connection=self.account.number)
            entry = {"id": turn.number, "role": role, "text": text, "at": now, "sent": sent}
            self.account.turns.append(entry)


def identifier(rng: random.Random) -> str:
    """Return 36 characters in the form of a UUID."""
    raw = f"{rng.getrandbits(128):032x}"
    return "-".join((raw[:8], raw[8:12], raw[12:16], raw[16:20], raw[20:]))
