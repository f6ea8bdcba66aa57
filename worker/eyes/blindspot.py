"""What the eyes cannot see: told to the room at once, and to the model by one card of words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from worker.eyes.allowance import Rank
from worker.eyes.card import words
from worker.eyes.darkroom import Darkroom
from worker.eyes.lens import Clock
from worker.eyes.pacing import Pacing
from worker.eyes.picture import Picture
from worker.eyes.report import Blindness, Vision

REMIND = 300.0
"""Seconds after which the model may have forgotten that it is blind."""


class BlindSpot:
    """Keeps what was told of the present blindness, so that it is told once."""

    def __init__(
        self,
        *,
        pacing: Pacing,
        darkroom: Darkroom,
        send_card: Callable[[Picture], None],
        on_vision: Callable[[Vision], None],
        clock: Clock,
        remind: float,
    ) -> None:
        self._pacing, self._darkroom, self._clock = pacing, darkroom, clock
        self._send_card, self._on_vision = send_card, on_vision
        self._remind = remind
        self._since = datetime.now(UTC)
        self._carded: float | None = None
        self._saw = False
        self.reason: Blindness | None = None
        """Why there is nothing to see; None while there is."""

    @property
    def shows(self) -> bool:
        """Whether there is a picture, and nothing to be seen on it."""
        return self.reason in ("covered", "frozen", "test_card", "too_slow")

    def clear(self) -> None:
        """There is something to see."""
        self.reason = self._carded = None
        self._saw = True

    async def tell(self, reason: Blindness, source: str = "") -> None:
        """Tell why there is nothing to see, unless that was told.

        A call that never had a picture gets no card for want of a camera: the service ends those
        with pictures sooner.
        """
        if self.reason != reason:
            self.reason, self._carded, self._since = reason, None, datetime.now(UTC)
            at = self._clock()
            self._on_vision(Vision(status="blind", reason=reason, at=at, source=source))
        card = self._saw or reason not in ("no_camera", "paused")
        if card and self._carded is None:
            written = await self._darkroom.write(words(reason, source, self._since))
            wait = self._pacing.charge(self._clock(), Rank.CARD)
            while wait > 0:
                await asyncio.sleep(wait)
                wait = self._pacing.charge(self._clock(), Rank.CARD)
            self._carded = self._clock()
            self._send_card(written)

    def renew(self, *, at_once: bool) -> bool:
        """Have the next `tell` send its card again, if it may be forgotten; tells whether."""
        after = 0.0 if at_once else self._remind
        if self._carded is None or self._clock() - self._carded < after:
            return False
        self._carded = None
        return True
