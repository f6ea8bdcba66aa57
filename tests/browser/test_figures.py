"""How long a visitor waits: for the greeting, for captions, for the page to answer."""

from __future__ import annotations

import asyncio

from playwright.async_api import Browser

from tests.browser.rig import MARKS, House, Visitor
from tests.e2e.figures import Figures, percentile

pytestmark = MARKS

JOINS = 6
REPLIES = 8
IDLE = 8.0
PAUSE = 700.0
"""Milliseconds of silence that part two replies."""


async def greeted(visitor: Visitor) -> float:
    """Join and return the milliseconds from the click to the first sound of the greeting."""
    await visitor.button("Join the call").click()
    clicks = await visitor.probed("clicks")
    clicked = float(next(c["at"] for c in clicks if c["name"] == "Join the call"))
    return await visitor.hears(clicked) - clicked


async def test_the_greeting_is_heard_soon_after_the_click(
    house: House, chromium: Browser, figures: Figures
) -> None:
    waits = []
    for _ in range(JOINS):
        async with house.visitor(chromium) as visitor:
            # As a person would: the preview is there before they join.
            await asyncio.sleep(1.0)
            waits.append(await greeted(visitor) / 1000)
    figures("page: click to greeting, median", percentile(waits, 0.5), "s")
    figures(f"page: click to greeting, p95 of {JOINS}", percentile(waits, 0.95), "s", "<= 3")


async def test_captions_keep_step_with_the_voice(caller: Visitor, figures: Figures) -> None:
    first, last = [], []
    for _ in range(REPLIES):
        since = await quiet(caller)
        await caller.type("Who are you?")
        begins = await caller.hears(since)
        ends = await quiet(caller) - PAUSE
        shown = [c["at"] for c in await caller.probed("captions") if said_by_agent(c, since)]
        first.append(shown[0] - begins)
        last.append(shown[-1] - ends)
    for what, behind in (("first words behind the voice", first), ("last words", last)):
        figures(f"captions: {what}, median", percentile(behind, 0.5), "ms")
        figures(f"captions: {what}, p95 of {REPLIES}", percentile(behind, 0.95), "ms", "<= 150")


async def test_an_idle_call_leaves_the_browser_alone(caller: Visitor, figures: Figures) -> None:
    since = await quiet(caller)
    await asyncio.sleep(IDLE)
    tasks = [task["duration"] for task in await caller.probed("longTasks") if task["at"] > since]
    figures(f"page: longest task of {IDLE:.0f} idle seconds", max(tasks, default=0.0), "ms")
    figures("page: tasks above 100 ms while idle", sum(t > 100 for t in tasks), "", "<= 0")


def said_by_agent(caption: dict[str, object], since: float) -> bool:
    at = caption["at"]
    assert isinstance(at, float | int)
    return caption["who"] == "agent" and bool(caption["text"]) and at >= since


async def quiet(visitor: Visitor) -> float:
    """Wait until nothing has been heard for a while; return the page's time then."""
    while True:
        now, heard = await visitor.now(), await visitor.probed("heard")
        if heard and now - heard[-1] >= PAUSE:
            return float(heard[-1]) + PAUSE
        await asyncio.sleep(0.05)
