"""Whose turn it is, as far as a connection can know."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Literal

from worker.gemini.moves import Step

LAST_WORDS = 300
"""Characters of a reply that are remembered for its continuation."""


@dataclass(slots=True)
class Talk:
    """Whose turn it is, as far as the connection can know."""

    speaking: bool = False
    reply: Literal["none", "running", "spoken"] = "none"
    words: str = ""
    """The end of the running reply."""
    owed_since: float = inf
    rest: str | None = None
    """What to continue on the next connection: the last words heard, or none of an owed reply."""
    continued: bool = False
    """Whether the reply was continued before: that is done once."""

    @property
    def active(self) -> bool:
        """Whether the service must give signs of life: someone speaks, or a reply is owed."""
        return self.speaking or self.reply == "running" or self.owed_since < inf

    @property
    def at_boundary(self) -> bool:
        """Whether nothing is said, owed or playing."""
        return not self.active and self.reply == "none"

    def user(self, step: Step, now: float) -> None:
        """Note what came from the people: it ends what an old reply had left to say."""
        self.rest, self.continued = None, False
        if step is Step.USER_BEGAN:
            self.speaking = True
            return
        self.speaking = self.speaking and step is Step.ASKED
        self.owed_since = now

    def model(self, step: Step, words: str) -> None:
        """Note what came from the model; it replies only to speech that it takes to be over."""
        if step is Step.REPLYING:
            if self.reply != "running":
                self.reply, self.words, self.owed_since, self.speaking = "running", "", inf, False
            self.words = (self.words + words)[-LAST_WORDS:]
        elif step is Step.REPLIED:
            self.reply = "spoken" if self.reply == "running" else self.reply
        else:
            # What was asked during a reply is owed still when that reply ends.
            self.owed_since = inf if self.reply == "none" else self.owed_since
            self.reply, self.continued = "none", False

    def break_off(self) -> None:
        """The connection ends: keep what is to be continued on the next one."""
        owed, running = self.owed_since < inf, self.reply == "running"
        if (owed or running) and not (self.speaking or self.continued):
            self.rest = "" if owed else self.words
        self.reply, self.owed_since = "none", inf

    def resume(self, now: float) -> str | None:
        """The next connection is up: what to continue, once; what waited for it is owed now."""
        rest, self.rest = self.rest, None
        if rest is not None:
            self.continued = True
        if rest is not None or self.owed_since < inf:
            self.owed_since = now
        return rest
