"""A place in a picture is found again in the source it was made of."""

from __future__ import annotations

import pytest

from worker.eyes.panes import Pane, locate
from worker.eyes.picture import Region


def box(left: float, top: float, right: float, bottom: float) -> Region:
    return Region(left=left, top=top, right=right, bottom=bottom)


PLAIN = Pane(identity="ann", sid="a", source="camera")
CROP = Pane(identity="ann", sid="a", source="camera", part=box(0.5, 0.5, 1, 1))
SIDE_BY_SIDE = (
    Pane(identity="ann", sid="s", source="screen", within=box(0, 0, 0.75, 1)),
    Pane(identity="bob", sid="b", source="camera", within=box(0.75, 0, 1, 0.5)),
)


@pytest.mark.parametrize(
    ("panes", "asked", "sid", "found"),
    [
        ((PLAIN,), (0.25, 0.5, 0.5, 0.75), "a", (0.25, 0.5, 0.5, 0.75)),
        ((CROP,), (0, 0, 1, 1), "a", (0.5, 0.5, 1, 1)),
        ((CROP,), (0.5, 0, 1, 0.5), "a", (0.75, 0.5, 1, 0.75)),
        (SIDE_BY_SIDE, (0.375, 0, 0.75, 1), "s", (0.5, 0, 1, 1)),
        (SIDE_BY_SIDE, (0.75, 0.25, 1, 0.5), "b", (0, 0.5, 1, 1)),
        (SIDE_BY_SIDE, (0.7, 0.1, 1, 0.4), "b", (0, 0.2, 1, 0.8)),
    ],
)
def test_finds(
    panes: tuple[Pane, ...],
    asked: tuple[float, float, float, float],
    sid: str,
    found: tuple[float, float, float, float],
) -> None:
    place = locate(panes, box(*asked))
    assert place is not None
    part = place.part
    assert place.sid == sid
    assert (part.left, part.top, part.right, part.bottom) == pytest.approx(found)


@pytest.mark.parametrize(("panes", "asked"), [((), (0, 0, 1, 1)), (SIDE_BY_SIDE, (0.8, 0.6, 1, 1))])
def test_finds_nothing_where_nothing_is_shown(
    panes: tuple[Pane, ...], asked: tuple[float, float, float, float]
) -> None:
    assert locate(panes, box(*asked)) is None
