"""Choose what is looked at among all that a room shows; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["camera", "screen"]
MOST = 4
"""Pictures that are looked at together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the choice needs to know of a publication."""

    sid: str
    kind: Kind | None
    """None for what is not looked at: audio and unknown sources."""
    muted: bool


def choose(offers: Sequence[Offer]) -> Offer | None:
    """Choose among the publications of one participant, oldest first.

    What shows something comes before what is muted, a screen before a camera, and the newer of two
    before the older.
    """
    wanted = [
        (offer.muted, offer.kind != "screen", -age, offer) for age, offer in enumerate(offers)
    ]
    seen = [rank for rank in wanted if rank[3].kind is not None]
    return min(seen, key=lambda rank: rank[:3])[3] if seen else None


def choose_all(served: Sequence[Offer], others: Sequence[Sequence[Offer]]) -> list[Offer]:
    """Choose what is looked at together: screens before cameras, the served participant first.

    Each participant has one screen and one camera at most. What is muted is only looked at where
    the served participant shows nothing else: then its coming back is waited for.
    """
    people = [_showing(offers) for offers in (served, *others)]
    shown = [offer for kind in ("screen", "camera") for both in people if (offer := both.get(kind))]
    first = choose(served)
    if first is not None and first.muted:
        shown.append(first)
    return shown[:MOST]


def _showing(offers: Sequence[Offer]) -> dict[Kind | None, Offer]:
    return {offer.kind: offer for offer in offers if offer.kind is not None and not offer.muted}
