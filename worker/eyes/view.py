"""What is looked at as one: a single source, shown plain, or several, composed and named."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from worker.errors import PictureError
from worker.eyes.change import Glance
from worker.eyes.composite import Caption
from worker.eyes.condition import State
from worker.eyes.darkroom import Darkroom
from worker.eyes.eye import TOO_SLOW, Eye
from worker.eyes.lens import Clock, Shot
from worker.eyes.pacing import Change
from worker.eyes.panes import Pane
from worker.eyes.picture import Picture

logger = logging.getLogger(__name__)

_BLIND: dict[State, str] = {
    "covered": "COVERED OR DARK",
    "frozen": "FROZEN",
    "test_card": "A TEST CARD",
}


class View(Protocol):
    """One look after the other: `take`, `examine`, and if it is worth it `develop` and `sent`."""

    @property
    def eyes(self) -> Sequence[Eye]:
        """What it is seen with, what matters most first."""

    @property
    def label(self) -> str:
        """Name the source in messages."""

    async def take(self) -> bool:
        """Wait for a frame; tells whether there was one."""

    async def examine(self) -> tuple[State, Change]:
        """Tell whether what was taken shows anything, and anything new.

        Raises:
            PictureError: nothing can be made of it.
        """

    def will_grow(self) -> bool:
        """Tell whether larger frames of it are about to come."""

    async def develop(self) -> Picture:
        """Make the picture; raises as `examine` does."""

    def sent(self) -> None:
        """Keep what was taken, to compare the next with."""

    def panes(self) -> tuple[Pane, ...]:
        """Say which source lies where in the picture that was made."""


class Plain:
    """One source."""

    def __init__(self, eye: Eye, darkroom: Darkroom, clock: Clock) -> None:
        self._eye, self._darkroom, self._clock = eye, darkroom, clock
        self.eyes: Sequence[Eye] = (eye,)
        self.label: str = eye.source.kind
        self._shot: Shot | None = None
        self._glance: Glance | None = None

    async def take(self) -> bool:
        self._shot = await self._eye.take()
        return self._shot is not None

    async def examine(self) -> tuple[State, Change]:
        assert self._shot is not None
        self._glance = await self._darkroom.glance(self._shot)
        return self._eye.examine(self._glance, self._clock())

    def will_grow(self) -> bool:
        return self._shot is not None and self._eye.lens.will_grow(self._shot)

    async def develop(self) -> Picture:
        assert self._shot is not None
        return await self._darkroom.develop(self._shot, self._eye.source.kind)

    def sent(self) -> None:
        assert self._glance is not None
        self._eye.sent(self._glance)

    def panes(self) -> tuple[Pane, ...]:
        return (self._eye.source.pane(),)


class Composed:
    """Several sources, screens first."""

    def __init__(
        self,
        eyes: Sequence[Eye],
        darkroom: Darkroom,
        clock: Clock,
        speaking: Callable[[], frozenset[str]],
    ) -> None:
        """Take the eyes; `speaking` gives the identities of those who speak."""
        self.eyes, self._darkroom, self._clock = eyes, darkroom, clock
        self._speaking = speaking
        self.label = "+".join(eye.source.kind for eye in eyes)
        self._shots: list[Shot | None] = []
        self._glances: list[Glance | None] = []
        self._blind: list[str] = [""] * len(eyes)
        self._picture: Picture | None = None
        self._slow = False

    async def take(self) -> bool:
        """Wait until one of them shows something now; the others are shown as they were last."""
        glimpses = (eye.glimpse() for eye in self.eyes)
        came = await asyncio.gather(*glimpses, return_exceptions=True)
        failures = [failure for failure in came if isinstance(failure, BaseException)]
        if True not in came:
            if failures:
                raise failures[0]
            await self._wait()
        elif failures:
            logger.debug("one of several sources failed", exc_info=failures[0])
        self._shots = [eye.shot() for eye in self.eyes]
        self._slow = not any(self._shots)
        return not self._slow

    async def examine(self) -> tuple[State, Change]:
        self._glances = [await self._glimpse(shot) for shot in self._shots]
        states, changes, blind = list[State](), list[Change](), list[str]()
        for eye, glance in zip(self.eyes, self._glances, strict=True):
            if glance is None:
                blind.append("WAITING FOR A PICTURE" if eye.patience else "NO PICTURE")
                continue
            state, change = eye.examine(glance, self._clock())
            states.append(state)
            changes.append(change)
            blind.append(_BLIND.get(state, ""))
        if not states:
            raise PictureError("nothing can be made of any source")
        # That one of them goes blind, or sees again, is news of the whole.
        news, self._blind = blind != self._blind, blind
        state = "clear" if "clear" in states else states[0]
        return state, Change.MUCH if news else max(changes)

    def will_grow(self) -> bool:
        taken = zip(self.eyes, self._shots, strict=True)
        return any(shot is not None and eye.lens.will_grow(shot) for eye, shot in taken)

    async def develop(self) -> Picture:
        shots = [
            None if blind else shot for shot, blind in zip(self._shots, self._blind, strict=True)
        ]
        parts = list(zip(shots, self.captions(), strict=True))
        self._picture = await self._darkroom.compose(parts)
        return self._picture

    def sent(self) -> None:
        for eye, glance in zip(self.eyes, self._glances, strict=True):
            if glance is not None:
                eye.sent(glance)

    def panes(self) -> tuple[Pane, ...]:
        return () if self._picture is None else panes_of(self.eyes, self._picture)

    def captions(self) -> list[Caption]:
        """Name what is shown, in the order of the sources."""
        speaking = self._speaking()
        return [
            caption(eye, speaking=eye.source.identity in speaking, blind=blind)
            for eye, blind in zip(self.eyes, self._blind, strict=True)
        ]

    async def _wait(self) -> None:
        """Wait for a frame of any of them, until they count as too slow, and then as long again."""
        coming = [eye.coming() for eye in self.eyes]
        patience = TOO_SLOW if self._slow else max(eye.patience for eye in self.eyes)
        await asyncio.wait(coming, timeout=patience, return_when=asyncio.FIRST_COMPLETED)

    async def _glimpse(self, shot: Shot | None) -> Glance | None:
        try:
            return None if shot is None else await self._darkroom.glance(shot)
        except PictureError:
            return None


def panes_of(eyes: Sequence[Eye], picture: Picture) -> tuple[Pane, ...]:
    """Say where a picture that was composed of what these eyes see shows each of them."""
    shown = zip(eyes, picture.places, strict=True)
    return tuple(replace(eye.source.pane(), within=place) for eye, place in shown if place)


def caption(eye: Eye, *, speaking: bool = False, blind: str = "") -> Caption:
    """Name what an eye looks at."""
    source = eye.source
    return Caption(kind=source.kind, name=source.name, speaking=speaking, blind=blind)
