"""Of all that a room shows, what matters most is looked at."""

from __future__ import annotations

import pytest

from worker.eyes.choice import Offer, choose, choose_all


def camera(sid: str, *, muted: bool = False) -> Offer:
    return Offer(sid=sid, kind="camera", muted=muted)


def screen(sid: str, *, muted: bool = False) -> Offer:
    return Offer(sid=sid, kind="screen", muted=muted)


@pytest.mark.parametrize(
    ("offers", "chosen"),
    [
        ([], None),
        ([Offer(sid="mic", kind=None, muted=False)], None),
        ([camera("a")], "a"),
        ([camera("a"), camera("b")], "b"),
        ([screen("s"), camera("a")], "s"),
        ([camera("a"), screen("s"), screen("t")], "t"),
        ([camera("a"), screen("s", muted=True)], "a"),
        ([camera("a", muted=True), camera("b")], "b"),
        ([camera("a"), camera("b", muted=True)], "a"),
        ([camera("a", muted=True)], "a"),
        ([screen("s", muted=True), camera("a", muted=True)], "s"),
    ],
)
def test_chooses(offers: list[Offer], chosen: str | None) -> None:
    offer = choose(offers)
    assert (offer and offer.sid) == chosen


@pytest.mark.parametrize(
    ("served", "others", "chosen"),
    [
        ([], [], []),
        ([camera("a")], [], ["a"]),
        ([camera("a"), screen("s")], [], ["s", "a"]),
        ([camera("a"), camera("b"), screen("s"), screen("t")], [], ["t", "b"]),
        ([camera("a", muted=True), screen("s")], [], ["s"]),
        ([camera("a", muted=True)], [], ["a"]),
        ([camera("a", muted=True)], [[camera("b")]], ["b", "a"]),
        ([camera("a")], [[camera("b"), screen("s")], [camera("c", muted=True)]], ["s", "a", "b"]),
        ([camera("a")], [[camera(str(n))] for n in range(9)], ["a", "0", "1", "2"]),
    ],
)
def test_chooses_several(served: list[Offer], others: list[list[Offer]], chosen: list[str]) -> None:
    assert [offer.sid for offer in choose_all(served, others)] == chosen
