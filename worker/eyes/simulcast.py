"""Decide how much of a camera or screen is received: which layer, and whether any between frames.

What costs is decoding, and it goes on unseen for as long as a track is received. Bare subscriber,
one frame a second, CPU seconds a minute (livekit-server 1.13.5, 720p30 simulcast; docs/eyes.md has
all codecs): joined alone 0.5; VP8 at 1280 4.7, at 640 2.1, at 320 1.3; paused between frames and
back for one every 3 s 0.9, at full size, the frame there 40 to 75 ms after it was asked for. So a
track rests between two frames, and is only kept flowing while somebody speaks: then any moment may
be the last one of the turn, and a frame has to be there at once.
"""

from __future__ import annotations

from dataclasses import dataclass

from worker.eyes.planes import GOOD_ENOUGH

LARGEST = 0
"""The edge of whatever layer is the largest."""

WIDEST = 16384
"""Pixels no camera has: asking for them gets the largest layer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of the server."""

    edge: int
    """Pixels on the longer side that are enough, or LARGEST."""
    paused: bool
    """Nothing is to come until something else is wanted; it then begins with a key frame."""


def wanted(edge: int, *, steady: bool, speaking: bool, taking: bool, looking: bool) -> Wanted:
    """Choose what to receive.

    Args:
        edge: Pixels the pictures have on their longer side.
        steady: It must flow all the time, as a screen that may stand still.
        speaking: Somebody speaks.
        taking: A frame is being waited for.
        looking: It is to be a frame of full size.
    """
    if looking:
        return Wanted(edge=LARGEST, paused=False)
    if steady or speaking:
        return Wanted(edge=round(GOOD_ENOUGH * edge), paused=False)
    # One key frame: the largest layer needs no change of layers afterwards, which costs another.
    return Wanted(edge=LARGEST, paused=not taking)


def dimensions(width: int, height: int, edge: int) -> tuple[int, int]:
    """Return the size to ask the server for, of a publication that has this one (0: unknown)."""
    if width <= 0 or height <= 0:
        width, height = 16, 9
    longest = max(width, height)
    edge = edge or WIDEST
    return max(1, round(width * edge / longest)), max(1, round(height * edge / longest))
