"""Whose turn it is, as far as a connection can know."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Literal

from worker.gemini.moves import Step

LAST_WORDS = 300
"""Characters of a reply that are remembered for its continuation."""
SPEECH = 0.4
"""Seconds of sound from which our own ear is believed: a short "yes" lasts as long. A speaker who
is missed interrupts the continuation; a noise that is believed costs a reply."""


@dataclass(slots=True)
class Talk:
    """Whose turn it is, as far as the connection can know.

    The service's ear is believed. Our own (`voice`, `voice_in_gap`) counts only where the service
    has none: in a gap, on a line that may be dead, and where it tells nothing of speech (`deaf`).
    """

    deaf: bool = False
    """Whether the service does not tell when somebody begins to speak, or ends."""
    aloud: bool = False
    """Whether what is owed was said aloud and only our own ear knows: it is said again, and not
    asked for."""
    speaking: bool = False
    """Somebody speaks, says the service."""
    reply: Literal["none", "running", "spoken"] = "none"
    words: str = ""
    """The end of the running reply."""
    said_at: float = inf
    """When the running reply last went on."""
    owed_since: float = inf
    by_voice: bool = False
    """Whether somebody has spoken since the last reply: the next one may be to that."""
    calls: int = 0
    """Tools that run for the model; their results will ask for a reply."""
    halted: bool = False
    """The running reply waits for its tools (the model says nothing before it has the result)."""
    rest: str | None = None
    """What to continue on the next connection: the last words heard, or none of an owed reply."""
    begun: bool = False
    """Whether `rest` is a reply of which there was some sound, but no word."""
    continued: bool = False
    """Whether the reply was continued before: that is done once."""
    voice_since: float = inf
    """Since when our own ear has heard somebody speak."""
    voiced: float = 0.0
    """Seconds of speech, of the last stretch or of all in the gap, that our own ear has heard."""

    @property
    def active(self) -> bool:
        """Whether the service must give signs of life: someone speaks, or a reply is owed."""
        return self.speaking or self.reply == "running" or self.owed_since < inf

    @property
    def awaited(self) -> bool:
        """Whether somebody waits for the model to speak, or speaks to it, in a gap too."""
        return self.active or self.rest is not None or self.voiced > 0 or self.voice_since < inf

    @property
    def at_boundary(self) -> bool:
        """Whether nothing is said, owed or playing."""
        return not self.active and self.reply == "none"

    @property
    def heard(self) -> bool:
        """Whether somebody speaks, says the service's ear or our own."""
        return self.speaking or self.voice_since < inf

    @property
    def wanted(self) -> bool:
        """Whether signs of life are missed: as `active`, or our own ear hears somebody."""
        return self.active or self.voice_since < inf

    @property
    def spoken_to(self) -> bool:
        """Whether somebody speaks; our own ear is asked where the service tells nothing."""
        return self.speaking or (self.deaf and self.voice_since < inf)

    @property
    def unanswered(self) -> bool:
        """Whether somebody speaks, or spoke, to a service that tells nothing of it."""
        return self.deaf and (self.spoken_to or (self.aloud and self.owed_since < inf))

    def user(self, step: Step, now: float) -> None:
        """Note what came from the people: it ends what an old reply had left to say."""
        self.rest, self.continued, self.aloud = None, False, False
        if step is Step.USER_BEGAN:
            self.speaking = True
            return
        if step is Step.ANSWERED:
            self.calls = max(0, self.calls - 1)
            if self.halted:
                # The reply goes on with the result: no other one is owed.
                self.halted = False
                return
        self.speaking = self.speaking and step is not Step.USER_ENDED
        self.by_voice = self.by_voice or step is Step.USER_ENDED
        self.owed_since = now

    def model(self, step: Step, words: str, now: float) -> None:
        """Note what came from the model; it replies only to speech that it takes to be over."""
        if step is Step.WITHDRAWN:
            self.calls = max(0, self.calls - 1)
            return
        if step is Step.WAITS:
            # Beside a reply it says nothing of what was asked meanwhile.
            if self.reply == "none":
                self._owe_nothing()
            return
        self.halted = step is Step.CALLED
        self.said_at = now if step is Step.REPLYING else inf
        if step in (Step.REPLYING, Step.CALLED):
            self.calls += step is Step.CALLED
            if self.reply != "running":
                self._owe_nothing()
                self.reply, self.words, self.speaking = "running", "", False
            self.words = (self.words + words)[-LAST_WORDS:]
        elif step is Step.REPLIED:
            self.reply = "spoken" if self.reply == "running" else self.reply
        else:
            # What was asked during a reply is owed still when that reply ends.
            if self.reply == "none":
                self._owe_nothing()
            self.reply, self.continued = "none", False

    def _owe_nothing(self) -> None:
        self.owed_since, self.by_voice = inf, False

    def fall_silent(self) -> None:
        """The running reply is over, though nobody said so."""
        self.reply, self.said_at, self.continued = "none", inf, False

    def voice(self, began: bool, now: float) -> None:
        """Our own ear hears somebody begin, or end, while the service's ear is there too."""
        self.voiced = 0.0
        self._listen(began, now)
        if not began and self.reply == "none":
            self._end_aloud(now)

    def voice_in_gap(self, began: bool, now: float) -> None:
        """Our own ear hears somebody begin, or end, and nobody else does."""
        self._listen(began, now)
        if self.speaking and not began:
            self.speaking, self.owed_since, self.aloud = False, now, self.deaf
            self.by_voice = True
        elif not began:
            self._end_aloud(now)

    def _end_aloud(self, now: float) -> None:
        """Take the end of what was no noise for the end of a turn, where nobody else tells it."""
        if self.deaf and (self.speaking or self.voiced >= SPEECH):
            self.user(Step.USER_ENDED, now)
            self.aloud = True

    def _listen(self, began: bool, now: float) -> None:
        if not began and self.voice_since < inf:
            self.voiced += now - self.voice_since
        self.voice_since = now if began else inf

    def break_off(self, now: float) -> None:
        """The connection ends: keep what is to be continued on the next one."""
        owed, running = self.owed_since < inf, self.reply == "running"
        self.speaking = self.speaking or (self.deaf and now - self.voice_since >= SPEECH)
        again = owed and self.aloud
        if (owed or running) and not (again or self.speaking or self.continued or self.calls):
            self.rest = "" if owed else self.words
            self.begun = not (owed or self.words)
        if not again:
            self._owe_nothing()
        self.reply, self.halted, self.said_at = "none", False, inf
        self.voice_since, self.voiced = now if self.voice_since < inf else inf, 0.0

    def resume(self, now: float, *, afresh: bool) -> str | None:
        """The next connection is up: what to continue, once; what waited for it is owed now.

        `afresh`: it knows nothing of calls that were made before.
        """
        if self.voice_since < inf:
            self.voiced += now - self.voice_since
            self.voice_since = now
        spoke, self.voiced = self.voiced >= SPEECH, 0.0
        rest, self.rest = None if spoke else self.rest, None
        if afresh:
            self.calls = 0
        if rest is not None:
            self.continued = True
        if rest is not None or spoke or self.owed_since < inf:
            self.owed_since = now
        return rest
