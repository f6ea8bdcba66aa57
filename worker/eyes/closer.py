"""A closer look: the newest frames at their full resolution, of one source or of all in view."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from worker.errors import PictureError
from worker.eyes.allowance import Rank
from worker.eyes.choice import Kind
from worker.eyes.darkroom import Darkroom
from worker.eyes.eye import Eye
from worker.eyes.lens import Clock
from worker.eyes.pacing import Pacing
from worker.eyes.panes import Pane, locate
from worker.eyes.picture import Picture, Region
from worker.eyes.report import Look
from worker.eyes.sources import Source
from worker.eyes.view import caption, panes_of

PATIENCE = 0.4
"""Seconds a look waits for a frame; where there are simulcast layers, for a larger one too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What is to be looked at."""

    region: Region | None = None
    """A part of the newest running picture, or of the source that is named; None: all of it."""
    source: Kind | None = None
    """One of several in view; None: the one in which the region lies, or all of them."""
    longest: int = 1536
    """Pixels the picture may have on its longer side."""


class Closer:
    """Takes closer looks; each is paid for as a running picture is."""

    def __init__(self, darkroom: Darkroom, pacing: Pacing, clock: Clock) -> None:
        self._darkroom, self._pacing, self._clock = darkroom, pacing, clock

    async def look(
        self, aim: Aim, eyes: Sequence[Eye], shown: Sequence[Pane], offered: Sequence[Source]
    ) -> Look:
        """Take the newest frame of what is aimed at.

        Args:
            eyes: Those that are open, what matters most first.
            shown: What lies where in the newest running picture.
            offered: Everything there is to look at, received or not.

        Raises:
            PictureError: there is nothing to look at, or no picture can be made of it, or pictures
                have cost enough in this minute; the sentence is fit to be spoken.
        """
        able = [eye for eye in eyes if aim.source in (None, eye.source.kind)]
        if not able:
            raise PictureError(_why(aim.source, offered))
        chosen, part = choose(aim, able, shown)
        if len(chosen) == 1:
            look = await self._enlarge(chosen[0], part, aim.longest)
        else:
            look = await self._compose(chosen, aim.longest)
        if (wait := self._pacing.charge(self._clock(), Rank.ASKED)) > 0:
            raise PictureError(f"enough pictures were looked at; again in {wait:.0f} seconds")
        return look

    async def _enlarge(self, eye: Eye, part: Region | None, longest: int) -> Look:
        kind = eye.source.kind
        shot = await eye.lens.newest(PATIENCE)
        if shot is None:
            raise PictureError(f"no picture has come from the {kind} yet")
        picture = await self._darkroom.enlarge(shot, part, longest)
        return self._look(picture, shot.at, kind, (eye.source.pane(part),))

    async def _compose(self, eyes: Sequence[Eye], longest: int) -> Look:
        shots = await asyncio.gather(*(eye.lens.newest(PATIENCE) for eye in eyes))
        came = [shot for shot in shots if shot is not None]
        if not came:
            raise PictureError("no picture has come yet")
        captions = [
            caption(eye, blind="NO PICTURE" if shot is None else "")
            for eye, shot in zip(eyes, shots, strict=True)
        ]
        picture = await self._darkroom.compose(list(zip(shots, captions, strict=True)), longest)
        kinds = "+".join(eye.source.kind for eye in eyes)
        newest = max(shot.at for shot in came)
        return self._look(picture, newest, kinds, panes_of(eyes, picture))

    def _look(self, picture: Picture, at: float, source: str, view: tuple[Pane, ...]) -> Look:
        return Look(picture=picture, age=self._clock() - at, source=source, view=view)


def choose(
    aim: Aim, eyes: Sequence[Eye], shown: Sequence[Pane]
) -> tuple[Sequence[Eye], Region | None]:
    """Choose one eye, and the part of its source, or all of them.

    Raises:
        PictureError: the region shows none of them.
    """
    if aim.source is not None:
        return eyes[:1], aim.region
    by_track = {eye.source.sid: eye for eye in eyes}
    panes = [pane for pane in shown if pane.sid in by_track]
    if aim.region is None or not panes:
        return eyes, aim.region if len(eyes) == 1 else None
    pane = locate(panes, aim.region)
    if pane is None:
        raise PictureError("there is nothing in view there")
    return [by_track[pane.sid]], pane.part


def _why(kind: Kind | None, offered: Sequence[Source]) -> str:
    wanted = [source for source in offered if kind in (None, source.kind)]
    if not wanted:
        return f"there is no {kind or 'camera or screen'} to look at"
    first = wanted[0]
    if first.muted:
        return f"the {first.kind} is turned off"
    return f"no picture has come from the {first.kind} yet"
