"""One pacing is exchanged for another, and neither the talk nor the budget is forgotten."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from tests.fakes.eyes import Rig, with_rig
from worker.eyes.adaptive import Adaptive
from worker.eyes.allowance import Allowance
from worker.eyes.gears import Gears
from worker.eyes.pacing import IN_TIME, Change, Pacing, Steady


def sent_within(pacing: Pacing, begin: float, seconds: float) -> list[tuple[float, str]]:
    """Pictures of a room where something new is always to be seen."""
    sent, now = [], begin
    while (now := now + max(pacing.wait(now), 0.01)) < begin + seconds:
        if reason := pacing.judge(now, Change.MUCH):
            sent.append((now, reason))
    return sent


def test_the_next_pacing_sends_a_picture_at_once() -> None:
    gears = Gears(Steady(0.1))
    sent_within(gears, 100.0, 5.0)
    gears.shift(105.0, Adaptive())
    assert sent_within(gears, 105.0, 0.5) == [(105.01, "source")]


def test_whoever_speaks_still_does_after_the_exchange() -> None:
    gears = Gears(Steady(0.1))
    gears.on_speech(100.0, True)
    gears.shift(100.0, Adaptive(fps=1.0))
    reasons = [reason for _, reason in sent_within(gears, 100.0, 5.0)]
    assert reasons.count("speech") >= 3


@pytest.mark.parametrize("left", [0.3, 1.2])
def test_the_end_of_a_turn_is_looked_at_just_before_it_is_over(left: float) -> None:
    async def body(rig: Rig) -> None:
        rig.sight.shift(Gears(Adaptive()))
        rig.camera.lively = True
        rig.publish()
        await asyncio.sleep(10)
        rig.sight.on_speech(True)
        await asyncio.sleep(2)
        rig.sight.on_speech(False, left=left)
        over = rig.loop.time() + left
        await asyncio.sleep(left + 1)
        (end,) = [at for at, reason in rig.sent if reason == "turn"]
        assert over - IN_TIME <= end < over

    with_rig(body, Adaptive)


def test_an_exchange_buys_no_pictures() -> None:
    allowance = Allowance(tokens=1000, each=100)
    gears = Gears(Steady(1.0, allowance))
    sent = sent_within(gears, 100.0, 20.0)
    gears.shift(120.0, Adaptive(allowance))
    sent += sent_within(gears, 120.0, 30.0)
    assert len(sent) <= 10


def test_the_eyes_do_not_wait_for_the_old_pace_to_end() -> None:
    async def body(rig: Rig) -> None:
        rig.publish()
        await asyncio.sleep(30.2)
        before, shifted = len(rig.sent), rig.loop.time()
        rig.sight.shift(Steady(1.0))
        await asyncio.sleep(5)
        times = [at for at, _ in rig.sent[before:]]
        assert times[0] - shifted < 0.05
        assert len(times) == 5
        assert max(b - a for a, b in pairwise(times)) < 1.1

    with_rig(body, Adaptive)
