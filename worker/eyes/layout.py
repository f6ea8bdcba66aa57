"""What is where in a picture of several, told to the model once, in words, when it changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from worker.eyes.allowance import Rank
from worker.eyes.composite import describe
from worker.eyes.darkroom import Darkroom
from worker.eyes.eye import Eye
from worker.eyes.lens import Clock
from worker.eyes.pacing import Pacing
from worker.eyes.picture import Picture
from worker.eyes.view import caption


class Layout:
    """Remembers what was told; a call with one source is told nothing."""

    def __init__(
        self, pacing: Pacing, darkroom: Darkroom, send: Callable[[Picture], None], clock: Clock
    ) -> None:
        self._pacing, self._darkroom, self._send, self._clock = pacing, darkroom, send, clock
        self._told: tuple[str, ...] = ()

    async def tell(self, eyes: Sequence[Eye]) -> None:
        """Send a card of words before the first picture that is laid out so.

        One that cannot be paid for is left to the next picture: each has its names on it anyway.
        """
        layout = tuple(f"{eye.source.kind} {eye.source.identity}" for eye in eyes)
        several = len(layout) > 1 or len(self._told) > 1
        if layout == self._told:
            return
        if several:
            if self._pacing.charge(self._clock(), Rank.CARD) > 0:
                return
            self._send(await self._darkroom.write(describe([caption(eye) for eye in eyes])))
        self._told = layout
