"""Decide when to look and what is worth sending; pure, so that time is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from worker.eyes.allowance import Allowance, Rank

ASK_GAP = 0.15
"""Seconds; a frame this fresh answers a request as well as a new one would, so requests wait."""

EDGE_GAP = 0.1
"""The same at the end of speech, where a service's silence timer runs."""

IN_TIME = 0.12
"""Seconds before the service takes a turn in which its last frame is called for: the later, the
newer it is, and it has to be there. One is found in up to 33 ms (75 where the track rested) and
made and sent in 10."""

HAIR = 1e-6
"""Seconds; a shorter wait counts as over, since timers fire early by as much."""

REPEAT = 30.0
"""Seconds after which a picture that has not changed is sent once more: contexts forget."""

TURN_REPEAT = 20.0
"""The same where a turn begins or ends."""

ON_REPLY, ON_QUIET = 2.0, 3.0
"""Intervals while the agent speaks and while nobody does, in those of a turn."""

ON_SLIGHT = 1.25
"""The same in a turn while somebody merely moves: in three seconds of speech one picture less."""

ANSWERING = 5.0
"""Seconds after the last picture of a turn in which nothing is sent that nobody asked for: the
answer to that turn is being made, and what is new meanwhile would not be in it."""

BROKEN = 1.0
"""Seconds until the next look when no picture could be made."""

CLOSEST = 0.9
"""Intervals that lie between two frames of a rate at least: nothing is made up for by a burst."""


class Change(IntEnum):
    """How a picture differs from the one that was sent last."""

    SAME = 0
    """By no more than a camera's noise."""
    SLIGHT = 1
    """Somebody moves a little."""
    MUCH = 2
    """There is something new to see."""


class Pacing(Protocol):
    """When to look, and what to send. Times are seconds of one clock that may go backwards."""

    def wait(self, now: float) -> float:
        """Return the seconds until a frame is to be looked at; 0 when one is."""

    def judge(self, now: float, change: Change) -> str:
        """Say why the frame just taken is to be sent, and charge for it; empty: it is not."""

    def failed(self, now: float) -> None:
        """Note that the frame just taken is of no use; the next look is a second later."""

    def refund(self) -> None:
        """Take back what was charged last; what was asked for is still owed."""

    def skip(self, now: float, again: float | None = None) -> None:
        """Note that the frame just taken shows nothing; look `again` after so many seconds."""

    def ask(self, now: float, reason: str) -> None:
        """Have one picture sent at once, changed or not."""

    def on_speech(self, now: float, began: bool, left: float = 0.0) -> None:
        """Somebody begins to speak to the agent; or ends, `left` seconds before their turn does."""

    def on_reply(self, now: float, running: bool) -> None:
        """The agent begins or ends to speak."""

    def charge(self, now: float, rank: Rank) -> float:
        """Pay for a picture that is not taken here: 0, or the seconds until it can be paid for."""


class Onward:
    """Turns a clock that may go backwards into one that never does."""

    def __init__(self) -> None:
        self._latest: float | None = None
        self._behind = 0.0

    def __call__(self, now: float) -> float:
        if self._latest is not None and now < self._latest:
            self._behind += self._latest - now
        self._latest = now
        return now + self._behind


@dataclass(slots=True, kw_only=True)
class Wish:
    reason: str
    at: float
    firm: bool
    """Whether it holds for a picture that shows nothing new."""
    rank: Rank = Rank.ASKED


class Rate:
    """What every pacing does: a grid of times, one wish, an allowance."""

    def __init__(self, fps: float, allowance: Allowance | None = None) -> None:
        if not 0 < fps <= 1000:
            raise ValueError(f"frames a second must be above 0 and at most 1000, not {fps}")
        self._interval = 1 / fps
        self._allowance = allowance or Allowance(rate=max(1.0, fps))
        self._onward = Onward()
        self._taken: float | None = None
        self._next: float | None = None
        self._wish: Wish | None = None
        self._charged: Wish | None = None

    def due(self, now: float) -> bool:
        """Tell whether a frame is to be looked at."""
        return self.wait(now) <= 0

    def wait(self, now: float) -> float:
        now = self._onward(now)
        left = 0.0 if self._next is None else max(self._next - now, self._until_free(now))
        if self._wish is not None:
            free = self._allowance.wait(now, self._wish.rank)
            left = min(left, max(self._wish.at - now, free))
        return left if left > HAIR else 0.0

    def ask(self, now: float, reason: str) -> None:
        now = self._onward(now)
        self._want(Wish(reason=reason, at=self._after(now, ASK_GAP), firm=True))

    def skip(self, now: float, again: float | None = None) -> None:
        now = self._onward(now)
        self._take(now, self._pace(now))
        if again is None:
            self._wish = None
            return
        self._next = now + again
        if self._wish is not None:
            self._wish.at = max(self._wish.at, self._next)

    def charge(self, now: float, rank: Rank) -> float:
        now = self._onward(now)
        if (wait := self._allowance.wait(now, rank)) > 0:
            return wait
        self._allowance.spend(now, rank)
        return 0.0

    def refund(self) -> None:
        self._allowance.refund()
        self._wish, self._charged = self._wish or self._charged, None

    def failed(self, now: float) -> None:
        now = self._onward(now)
        self._taken, self._next = now, now + max(BROKEN, self._interval)
        if self._wish is not None:
            self._wish.at = max(self._wish.at, now + BROKEN)

    def _pace(self, now: float) -> float:
        """Return the interval of the grid."""
        return self._interval

    def _until_free(self, now: float) -> float:
        """Return the seconds for which the allowance has nothing for a frame of the grid."""
        return 0.0

    def _want(self, wish: Wish) -> None:
        """Keep one wish: the newest, unless that would lose a firm one."""
        before = self._wish
        if before is None or not before.firm:
            self._wish = wish
            return
        at = min(before.at, wish.at)
        self._wish = wish if wish.firm else before
        self._wish.at = at

    def _after(self, now: float, gap: float) -> float:
        return now if self._taken is None else max(now, self._taken + min(gap, self._interval))

    def _take(self, now: float, interval: float) -> None:
        """Go on along the grid; a frame that came early begins a new one."""
        if self._next is None or now < self._next - HAIR:
            self._next = now + interval
        else:
            self._next = max(self._next + interval, now + CLOSEST * interval)
        self._taken = now

    def _grant(self, now: float) -> str:
        """Pay for the wish and give its reason; empty: it has to wait."""
        wish = self._wish
        if wish is None or not self._allowance.spend(now, wish.rank):
            return ""
        self._wish, self._charged = None, wish
        return wish.reason


class Steady(Rate):
    """A fixed number of frames a second, whatever happens in the room, as far as tokens allow.

    Frames keep to a grid, so being late for one does not make the rate drift; but two frames are
    never closer than `CLOSEST` intervals, so a long pause is not made up for by a burst. A clock
    that goes backwards costs no frame: the step back is taken as no time at all.
    """

    def judge(self, now: float, change: Change) -> str:
        now = self._onward(now)
        self._charged = None
        self._take(now, self._interval)
        if self._wish is not None:
            return self._grant(now)
        return "steady" if self._allowance.spend(now, Rank.ASKED) else ""

    def on_speech(self, now: float, began: bool, left: float = 0.0) -> None:
        """Take no notice."""

    def on_reply(self, now: float, running: bool) -> None:
        """Take no notice."""

    def _until_free(self, now: float) -> float:
        return self._allowance.wait(now, Rank.ASKED)
