"""A call with the bare participant: what the transport alone takes, measured as for an agent."""

from __future__ import annotations

import asyncio
import random

from offline.caller import Caller
from tests.bench.calls import HD, PHASE, SENTENCE, STOP
from tests.bench.drawings import TalkingHead
from tests.bench.entrants import Place
from tests.bench.metrics import FLOOR
from tests.bench.samples import Samples
from tests.e2e.floor import Floor, floor
from tests.e2e.rig import new_room

REST = 3.0
WORDS = "Once upon a time there was a long and winding road that led up to a house."


async def bare(place: Place, samples: Samples, turns: int) -> None:
    """Hold a call of so many turns, each with an interruption."""
    name = new_room("bench-floor")
    caller = Caller(
        url=place.server.url,
        token=place.token(name, "caller"),
        identity="caller",
        camera=HD,
        drawing=TalkingHead(HD.width, HD.height),
        hears_everyone=True,
    )
    async with caller, floor(place.server.url, place.token(name, "floor"), "caller") as other:
        await asyncio.sleep(REST)
        for _ in range(turns):
            for series, seconds in (await _turn(other, caller)).items():
                samples.add(FLOOR, series, seconds * 1000)


async def _turn(other: Floor, caller: Caller) -> dict[str, float]:
    """Return the seconds that each way took."""
    await asyncio.sleep(0.4 + random.random() * PHASE)
    spoken = await caller.say(SENTENCE)
    await asyncio.sleep(0.5)
    loud = await other.loud(spoken.first_loud)
    began = await other.speak(WORDS)
    heard = await caller.wait_for_sound(began)
    await asyncio.sleep(1.0 + random.random() * PHASE)
    cutting = await caller.say(STOP)
    await asyncio.sleep(0.3)
    over = await other.loud(cutting.first_loud)
    hushed = await other.hush()
    await caller.wait_for_quiet()
    last = max(sound.at for sound in caller.heard(began) if sound.audible)
    return {
        "turn_in": max(loud) - spoken.last_loud,
        "turn_out": heard - began,
        "barge_in": min(over) - cutting.first_loud,
        "barge_out": last - hushed,
    }
