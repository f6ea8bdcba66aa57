"""When to ask the service whether what was written has arrived; pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

CALM, BUSY = 0.25, 0.05
"""Seconds between questions whether audio has arrived, while nobody speaks and while somebody does:
each costs 0.15 to 0.2 ms of a core. What was not asked after is heard twice if the line breaks."""
LATER = 0.02
"""Seconds after which we ask whether a post has arrived: its reply is not to wait for that."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far delivery had come at some moment, over all connections."""

    posts: int
    audio: int
    """Bytes."""


@dataclass(slots=True)
class Receipts:
    """One question at a time: a ping that is written behind what it asks after."""

    _asked: Mark = Mark(0, 0)
    _asked_at: float = -inf
    _posted_at: float = -inf
    _in_doubt: bool = False
    """Whether the answer to the last question is still to come."""

    def on_post(self, now: float) -> None:
        """A post was written."""
        self._posted_at = now

    def ask(self, mark: Mark, now: float) -> None:
        """It is asked whether all up to the mark has arrived."""
        self._asked, self._asked_at, self._in_doubt = mark, now, True

    def on_proof(self, mark: Mark) -> None:
        """All up to the mark has arrived."""
        self._in_doubt = self._in_doubt and mark != self._asked

    def on_lost(self) -> None:
        """The connection is gone: no answer comes any more."""
        self._in_doubt = False

    def owed(self, mark: Mark, now: float, *, posts: bool, speech: bool) -> bool:
        """Whether to ask now, when so much is written.

        Args:
            posts: whether there are posts of which it is not known that they have arrived.
            speech: whether somebody speaks, so that every sample counts.
        """
        if self._in_doubt or mark == self._asked:
            return False
        posted = posts and now >= self._posted_at + LATER
        return posted or now >= self._asked_at + (BUSY if speech else CALM)
