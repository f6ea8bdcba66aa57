"""Every state of the page, on every screen, is fit to be used by everybody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.browser.rig import AGENT_TIMEOUT, DESKTOP, HERE, MARKS, PHONE, House, Visitor

pytestmark = MARKS

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = ("serious", "critical")
FACES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("desktop-light", {"size": DESKTOP, "color_scheme": "light"}),
    ("desktop-dark", {"size": DESKTOP, "color_scheme": "dark"}),
    ("phone-dark", {"size": PHONE, "color_scheme": "dark", "has_touch": True, "is_mobile": True}),
)


@pytest.mark.parametrize(("name", "face"), FACES, ids=[name for name, _ in FACES])
async def test_nothing_is_in_anybodys_way(
    house: House, chromium: Browser, name: str, face: dict[str, Any]
) -> None:
    async with house.visitor(chromium, **face) as visitor:
        await expect(visitor.button("Join the call")).to_be_enabled()
        await fits(visitor, f"{name}-join")
        await visitor.join()
        await visitor.type("What time is it?")
        await visitor.sees_line("The clock says")
        await fits(visitor, f"{name}-call")
        await visitor.button("Settings").click()
        await expect(visitor.page.get_by_role("dialog", name="Settings")).to_be_visible()
        await fits(visitor, f"{name}-settings")
        await visitor.button("Done").click()
        await visitor.button("What the agent sees").click()
        frame = visitor.page.get_by_role("region", name="What the agent sees").get_by_role("img")
        # In a room where nothing happens the next picture may be half a minute away.
        await visitor.type("What do you see?")
        await expect(frame.first).to_be_visible(timeout=AGENT_TIMEOUT)
        await fits(visitor, f"{name}-frames")
        await visitor.end()
        await fits(visitor, f"{name}-after")


async def fits(visitor: Visitor, name: str) -> None:
    """Keep a picture; nothing juts out sideways, and axe finds nothing serious."""
    await visitor.picture(name)
    wide = "[document.documentElement.scrollWidth, window.innerWidth]"
    content, window = await visitor.page.evaluate(wide)
    assert content <= window, name
    await visitor.page.evaluate(AXE.read_text() + "; undefined")
    found = await visitor.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    serious = [
        (one["id"], [node["target"] for node in one["nodes"]])
        for one in found["violations"]
        if one["impact"] in SERIOUS
    ]
    assert serious == [], name


async def test_a_call_can_be_had_by_keyboard_alone(visitor: Visitor) -> None:
    keyboard = visitor.page.keyboard
    await expect(visitor.button("Join the call")).to_be_enabled()
    await visitor.page.get_by_label("Your name").press("Enter")
    await visitor.sees_state(HERE)
    await keyboard.press("/")
    await keyboard.type("Who are you?")
    await keyboard.press("Enter")
    await visitor.sees_line("I follow fixed rules")
    await keyboard.press("Tab")
    await visitor.button("Microphone").focus()
    await keyboard.press("m")
    await expect(visitor.button("Microphone")).to_have_attribute("aria-pressed", "false")
    await visitor.button("End the call").focus()
    await keyboard.press("Enter")
    await expect(visitor.button("Call again")).to_be_visible()
