"""The worker with tools that misbehave in the place of two of its own: `stressed.py start`.

The weather of a place of its own is what the tool does instead; asking for the time blocks. Job
processes import this file too, as multiprocessing has it.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable

from livekit.agents import RunContext, function_tool

from tools.context import ToolContext
from tools.speakable import speakable
from worker import main, role

DEADLINE = 4.0
BLOCKED = 5.0
STALLED = 3.0


async def _raise() -> object:
    raise ZeroDivisionError("words that only the log may hold")


async def _hang() -> object:
    return await asyncio.Event().wait()


async def _stall() -> object:
    time.sleep(STALLED)  # noqa: ASYNC251
    return "the loop stood still"


async def _flood() -> object:
    return "It rains. " * 500_000


async def _nan() -> object:
    return {"degrees": math.nan, "wind": math.inf}


async def _bytes() -> object:
    return b"\x00\xff" * 100


async def _cycle() -> object:
    ring: list[object] = ["round"]
    ring.append(ring)
    return ring


DOES: dict[str, Callable[[], Awaitable[object]]] = {
    "Ruin": _raise,
    "Limbo": _hang,
    "Stillwater": _stall,
    "Flood": _flood,
    "Nowhere": _nan,
    "Bytown": _bytes,
    "Ringside": _cycle,
}


@function_tool
async def get_weather(context: RunContext[ToolContext], place: str) -> object:
    """Tell the weather of a place.

    Args:
        place: Where.
    """
    return await DOES[place]() if place in DOES else f"In {place} all is well"


@function_tool  # type: ignore[type-var]  # LiveKit has no type for one that blocks
def get_time(context: RunContext[ToolContext], timezone: str) -> str:
    """Tell the time, after a while.

    Args:
        timezone: Where.
    """
    time.sleep(BLOCKED)
    return "it is late"


# Not where a test imports it for its figures: the tools of that process are those that ship.
if __name__ in ("__main__", "__mp_main__"):
    role.KNOWN = {
        **role.KNOWN,
        "get_weather": speakable(get_weather, deadline=DEADLINE),
        "get_time": speakable(get_time, deadline=BLOCKED + 5),
    }

if __name__ == "__main__":
    main()
