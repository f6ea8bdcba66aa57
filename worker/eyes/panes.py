"""Which part of which source a picture shows, so that a place in it can be found in the source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from worker.eyes.picture import Region

WHOLE = Region(left=0, top=0, right=1, bottom=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pane:
    """One source in a picture."""

    identity: str
    """Whose it is."""
    sid: str
    """Of the track."""
    source: str
    """`camera` or `screen`."""
    part: Region = WHOLE
    """What is shown, in fractions of the upright source."""
    within: Region = WHOLE
    """Where it is shown, in fractions of the picture; less than all of it beside other panes."""


def locate(panes: Sequence[Pane], box: Region) -> Pane | None:
    """Find a box of the picture in its source.

    Returns:
        The pane that holds most of the box, with the box as its `part`; None where there is none.
    """
    shares = [(_area(_overlap(pane.within, box)), -place) for place, pane in enumerate(panes)]
    share, place = max(shares, default=(0.0, 0))
    if share <= 0:
        return None
    pane = panes[-place]
    within, part, cut = pane.within, pane.part, _overlap(pane.within, box)
    left, right = (_scale(x, within.left, within.right, part.left, part.right) for x in cut[::2])
    top, bottom = (_scale(y, within.top, within.bottom, part.top, part.bottom) for y in cut[1::2])
    found = Region(left=left, top=top, right=right, bottom=bottom)
    return Pane(identity=pane.identity, sid=pane.sid, source=pane.source, part=found)


def _overlap(one: Region, other: Region) -> tuple[float, float, float, float]:
    return (
        max(one.left, other.left),
        max(one.top, other.top),
        min(one.right, other.right),
        min(one.bottom, other.bottom),
    )


def _area(box: tuple[float, float, float, float]) -> float:
    left, top, right, bottom = box
    return max(0.0, right - left) * max(0.0, bottom - top)


def _scale(value: float, low: float, high: float, first: float, last: float) -> float:
    return min(last, max(first, first + (value - low) / (high - low) * (last - first)))
