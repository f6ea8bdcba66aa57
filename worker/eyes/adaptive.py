"""The right picture at the right moment for few tokens: pacing that follows the talk; pure."""

from __future__ import annotations

import math

from worker.eyes.allowance import Allowance, Rank
from worker.eyes.pacing import (
    ANSWERING,
    ASK_GAP,
    EDGE_GAP,
    HAIR,
    IN_TIME,
    ON_QUIET,
    ON_REPLY,
    ON_SLIGHT,
    REPEAT,
    TURN_REPEAT,
    Change,
    Rate,
    Wish,
)

TURN = "turn"
"""The reason of the picture that a turn ends with."""
PASSED = 2.0
"""Seconds that the edge of a turn waits to be paid for; after that it is no edge any more."""


class Adaptive(Rate):
    """A frame where a turn begins and ends, one a second between, and little in a quiet room.

    While somebody speaks to the agent a frame is looked at every second, or every `ON_SLIGHT` while
    they merely move, and sent when it differs from the last one by more than noise; while the agent
    speaks every two seconds and in a quiet room every three, and then only what shows something
    new, and not while a turn is being answered (`ANSWERING`). What is asked for is always sent. A
    picture that does not change is sent again every `REPEAT` seconds.
    """

    def __init__(
        self, allowance: Allowance | None = None, *, fps: float = 1.0, per_turn: bool = False
    ) -> None:
        """Take the rate of a turn.

        Args:
            per_turn: Whether the service forgets pictures that come outside a turn: each turn needs
                its own then, changed or not, and a quiet room none.
        """
        super().__init__(fps, allowance)
        self._per_turn = per_turn
        self._speaking = self._replying = False
        self._news = True
        """Whether the last look showed something new."""
        self._sent = self._turned = -math.inf
        """When a picture was sent, and when one was that ended a turn."""

    def judge(self, now: float, change: Change) -> str:
        now = self._onward(now)
        self._charged = None
        self._news = change is Change.MUCH
        self._take(now, self._pace(now))
        if self._is_early(now):
            # Another look, which the turn's last picture does not come from; nor is it sent if
            # that follows soon.
            soon = self._wish is not None and self._wish.at - now < self._interval
            reason = "" if soon else self._grant_other(now, change)
        else:
            reason = self._grant_wish(now, change)
            reason = reason or ("" if self._wish else self._grant_other(now, change))
        if reason:
            self._sent = now
        if reason == TURN:
            self._turned = now
        return reason

    def on_speech(self, now: float, began: bool, left: float = 0.0) -> None:
        now = self._onward(now)
        if began == self._speaking:
            return
        self._speaking = began
        if began:
            at = self._after(now, ASK_GAP)
            self._want(Wish(reason="speech", at=at, firm=False, rank=Rank.EDGE))
        else:
            at = max(now + left - IN_TIME, self._after(now, EDGE_GAP))
            self._want(Wish(reason=TURN, at=at, firm=self._per_turn))
        self._hurry(now)

    def on_reply(self, now: float, running: bool) -> None:
        now = self._onward(now)
        self._replying = running
        if running and self._wish is not None and self._wish.reason == TURN:
            # The service has taken the turn already.
            self._wish = None
        self._hurry(now)

    def _until_free(self, now: float) -> float:
        # Looks cost nothing, and tell whether the camera is covered: only those of a turn, which
        # would be sent, wait until they can be.
        return self._allowance.wait(now, Rank.TURN) if self._speaking else 0.0

    def _pace(self, now: float) -> float:
        if self._speaking:
            interval = self._interval * (1.0 if self._news else ON_SLIGHT)
            return max(interval, self._allowance.gap(now))
        return self._interval * (ON_REPLY if self._replying else ON_QUIET)

    def _hurry(self, now: float) -> None:
        """Look as often as it is now called for, from the last look on."""
        if self._next is not None and self._taken is not None:
            self._next = self._taken + self._pace(now)

    def _is_early(self, now: float) -> bool:
        """Tell whether a turn's last picture is to be taken later."""
        wish = self._wish
        return wish is not None and wish.reason == TURN and now < wish.at - HAIR

    def _grant_wish(self, now: float, change: Change) -> str:
        wish = self._wish
        if wish is None:
            return ""
        fresh = change is Change.SAME and now - self._sent < TURN_REPEAT
        if not wish.firm and (fresh or now - wish.at > PASSED):
            self._wish = None
            return ""
        return self._grant(now)

    def _grant_other(self, now: float, change: Change) -> str:
        old = now - self._sent >= REPEAT
        if self._speaking:
            worth, rank, reason = change > Change.SAME or old, Rank.TURN, "speech"
        else:
            news = change is Change.MUCH and now - self._turned >= ANSWERING
            worth = (news or old) and not self._per_turn
            rank, reason = Rank.IDLE, "change" if change is Change.MUCH else "repeat"
        return reason if worth and self._allowance.spend(now, rank) else ""
