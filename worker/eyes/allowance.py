"""Keep account of what pictures cost: tokens in any minute, and pictures a second; pure."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from enum import Enum

MINUTE = 60.0

SLACK = 0.1
"""Seconds by which pictures of a steady rate may come early: each waits for a camera's frame."""


@dataclass(frozen=True, slots=True)
class _Claim:
    kept: float
    """Share of a minute's pictures that stay for those who rank higher."""
    ahead: float
    """Seconds by which it may come before a picture a second would let it."""


class Rank(Enum):
    """What a picture is for; the first in this list may use what the others have to leave."""

    CARD = _Claim(0.0, 3.0)
    """Words instead of a picture: that there is nothing to see."""
    ASKED = _Claim(0.05, 2.0)
    """A question, a look, a new source, the end of a turn."""
    EDGE = _Claim(0.05, 0.5)
    """The start of speech, after which more pictures follow anyway."""
    TURN = _Claim(0.25, SLACK)
    """One of those while somebody speaks."""
    IDLE = _Claim(0.5, SLACK)
    """One of a room in which nobody asks anything."""


class Allowance:
    """At most so many tokens in any 60 s, and one picture a second in the long run.

    The second is a bucket that leaks one picture a second: in any T seconds at most T + 4 pictures
    are let through, and but for cards T + 3. Times are seconds of one clock that does not go back.
    """

    def __init__(self, *, tokens: int = 0, each: int = 1, rate: float = 1.0) -> None:
        """Take the tokens a minute, 0 for no limit, what each picture costs, and the rate."""
        if tokens < 0 or each < 1 or 0 < tokens < each:
            raise ValueError("tokens must be 0 or enough for one picture")
        self._most = tokens // each if tokens else None
        self._period = 1 / rate
        self._spent: deque[float] = deque()
        self._paid = -math.inf
        """Up to when the pictures sent so far would have lasted, at one a second."""

    def wait(self, now: float, rank: Rank) -> float:
        """Return the seconds until a picture of this rank may be sent; 0 when it may."""
        return max(0.0, self._paid - now - rank.value.ahead, self._until_affordable(now, rank))

    def spend(self, now: float, rank: Rank) -> bool:
        """Pay for one picture; tells whether it may be sent."""
        if self.wait(now, rank) > 0:
            return False
        self._spent.append(now)
        self._paid = max(self._paid, now) + self._period
        return True

    def refund(self) -> None:
        """Take the last payment back: that picture was not sent."""
        if self._spent:
            self._spent.pop()
            self._paid -= self._period

    def gap(self, now: float) -> float:
        """Return the seconds to leave between pictures of a turn, so that a long one gets some.

        Half a minute's pictures go as fast as they come, the rest are spread over the time that is
        left until the oldest no longer counts.
        """
        self._forget(now)
        limit = self._limit(Rank.TURN)
        if not self._spent or len(self._spent) * 2 < limit:
            return 0.0
        return (self._spent[0] + MINUTE - now) / max(1.0, limit - len(self._spent) + 1)

    def _until_affordable(self, now: float, rank: Rank) -> float:
        self._forget(now)
        limit = self._limit(rank)
        if len(self._spent) < limit:
            return 0.0
        # A window of a minute is closed at both ends.
        after = math.nextafter(self._spent[len(self._spent) - int(limit)] + MINUTE, math.inf)
        return max(after - now, 1e-6)

    def _limit(self, rank: Rank) -> float:
        if self._most is None:
            return math.inf
        return max(1, self._most - math.ceil(self._most * rank.value.kept))

    def _forget(self, now: float) -> None:
        if self._most is None:
            self._spent.clear()
        while self._spent and self._spent[0] + MINUTE < now:
            self._spent.popleft()
