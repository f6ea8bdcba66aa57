"""What is asked of the server is enough for the picture, and nothing while nobody looks."""

from __future__ import annotations

import pytest

from worker.eyes.simulcast import LARGEST, WIDEST, Wanted, dimensions, wanted


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("", Wanted(edge=LARGEST, paused=True)),
        ("taking", Wanted(edge=LARGEST, paused=False)),
        ("speaking", Wanted(edge=614, paused=False)),
        ("speaking taking", Wanted(edge=614, paused=False)),
        ("steady", Wanted(edge=614, paused=False)),
        ("looking", Wanted(edge=LARGEST, paused=False)),
        ("speaking looking", Wanted(edge=LARGEST, paused=False)),
        ("steady looking", Wanted(edge=LARGEST, paused=False)),
    ],
)
def test_wants(state: str, expected: Wanted) -> None:
    on = {name: name in state.split() for name in ("steady", "speaking", "taking", "looking")}
    assert wanted(768, **on) == expected


@pytest.mark.parametrize(
    ("published", "edge", "asked"),
    [
        ((1280, 720), 614, (614, 345)),
        ((720, 1280), 614, (345, 614)),
        ((640, 480), 614, (614, 460)),
        ((0, 0), 614, (614, 345)),
        ((1280, 720), LARGEST, (WIDEST, 9216)),
        ((4000, 1), 614, (614, 1)),
    ],
)
def test_asks_in_the_shape_of_the_publication(
    published: tuple[int, int], edge: int, asked: tuple[int, int]
) -> None:
    """The server compares the shorter side, and only with that of the publication."""
    assert dimensions(*published, edge) == asked
