"""A pacing that can be exchanged for another in the middle of a call; pure."""

from __future__ import annotations

from worker.eyes.allowance import Rank
from worker.eyes.pacing import Change, Pacing


class Gears:
    """Passes everything on to one pacing, and tells the next what it has to know of the talk.

    All of them must share one allowance, or an exchange would pay for nothing that was sent.
    """

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing
        self._speaking = self._replying = False

    def shift(self, now: float, pacing: Pacing) -> None:
        """Go on with another pacing; one picture follows, so that what is seen is not older."""
        self._pacing = pacing
        pacing.on_reply(now, self._replying)
        pacing.on_speech(now, self._speaking)
        pacing.ask(now, "source")

    def wait(self, now: float) -> float:
        return self._pacing.wait(now)

    def judge(self, now: float, change: Change) -> str:
        return self._pacing.judge(now, change)

    def failed(self, now: float) -> None:
        self._pacing.failed(now)

    def refund(self) -> None:
        self._pacing.refund()

    def skip(self, now: float, again: float | None = None) -> None:
        self._pacing.skip(now, again)

    def ask(self, now: float, reason: str) -> None:
        self._pacing.ask(now, reason)

    def on_speech(self, now: float, began: bool, left: float = 0.0) -> None:
        self._speaking = began
        self._pacing.on_speech(now, began, left)

    def on_reply(self, now: float, running: bool) -> None:
        self._replying = running
        self._pacing.on_reply(now, running)

    def charge(self, now: float, rank: Rank) -> float:
        return self._pacing.charge(now, rank)
