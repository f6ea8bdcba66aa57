"""A closer look: the newest frame of what matters most, at its full resolution."""

from __future__ import annotations

from worker.errors import PictureError
from worker.eyes.darkroom import Darkroom
from worker.eyes.lens import Lens, Shot
from worker.eyes.picture import Picture, Region
from worker.eyes.sources import Source

PATIENCE = 0.4
"""Seconds a look waits for a frame; once simulcast layers are chosen, for a larger one too."""


async def take_look(
    source: Source | None,
    lens: Lens | None,
    darkroom: Darkroom,
    region: Region | None,
    longest: int,
) -> tuple[Shot, Picture]:
    """Take the newest frame, or a part of it.

    Raises:
        PictureError: there is nothing to look at, or no picture can be made of it; the sentence is
            fit to be spoken.
    """
    if source is None:
        raise PictureError("there is no camera or screen to look at")
    if source.muted:
        raise PictureError(f"the {source.kind} is turned off")
    shot = await lens.newest(PATIENCE) if lens is not None else None
    if shot is None:
        raise PictureError(f"no picture has come from the {source.kind} yet")
    return shot, await darkroom.enlarge(shot, region, longest)
