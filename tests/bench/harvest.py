"""What a call has brought, added to the samples when it is over or a part of it is."""

from __future__ import annotations

import numpy as np

from tests.bench.calls import Call
from tests.bench.ledger import SILENCE, Ledger, newest, renewed

FEWEST = 4
"""Looks at the memory after the first minute, from which on growth can be told."""


def times(held: Call, ledger: Ledger) -> None:
    """Add what the turns and interruptions of a call took, in milliseconds."""
    for turn in held.turns:
        for series, took in (("turn_in", ledger.way_in(turn)), ("turn_out", ledger.way_out(turn))):
            if took is not None:
                held.add(series, took * 1000)
    for barge_in in held.barge_ins:
        cut, quiet = ledger.cut(barge_in), ledger.quiet_after(barge_in)
        if cut is not None and quiet is not None:
            held.add("barge_in", (cut - barge_in.first_loud) * 1000)
            held.add("barge_out", quiet * 1000)
            told = ledger.frames(barge_in.story, barge_in.first_loud)
            held.add("frames_agent", len(told), barge_in.first_loud - barge_in.story)


async def pictures(held: Call, began: float, ended: float) -> None:
    """Add how many pictures a conversation took, how old they were, how many were of use."""
    ledger = await held.ledger()
    held.add("frames_talk", len(ledger.frames(began, ended)), (ended - began) / 60)
    stamps = await held.stamps(ledger, began - 10, ended)
    for turn in held.turns:
        spoke, said = (turn.first_loud, turn.last_loud), (turn.first_sound, turn.last_sound)
        held.add("frames_user", len(ledger.frames(*spoke)), spoke[1] - spoke[0])
        held.add("frames_agent", len(ledger.frames(*said)), said[1] - said[0])
        stop = ledger.last_loud(turn)
        if stop is None:
            continue
        for series, at in (("age_stop", stop), ("age_turn", stop + SILENCE)):
            if (behind := newest(stamps, at)) is not None:
                held.add(series, behind)
        held.add("useful", renewed(stamps, turn.first_loud, stop + SILENCE))


async def unstamped(held: Call, began: float, ended: float) -> None:
    """Add how many pictures a conversation took before a camera that films nothing but a head."""
    ledger = await held.ledger()
    held.add("frames_head", len(ledger.frames(began, ended)), (ended - began) / 60)
    for turn in held.turns:
        stop = ledger.last_loud(turn)
        if stop is not None:
            held.add("inside_head", len(ledger.frames(turn.first_loud, stop + SILENCE)))


def grown(memory: list[tuple[float, float]]) -> tuple[float, float]:
    """Return MB gained after the first minute, and MB a minute, of (seconds, MB) pairs."""
    taken = np.array([pair for pair in memory if pair[0] >= 60])
    if len(taken) < FEWEST:
        raise ValueError("the call was too short to tell whether memory grows")
    part = max(1, len(taken) // 8)
    gained = float(np.median(taken[-part:, 1]) - np.median(taken[:part, 1]))
    return gained, float(np.polyfit(taken[:, 0] / 60, taken[:, 1], 1)[0])
