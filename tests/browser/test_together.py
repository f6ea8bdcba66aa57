"""Several visitors, and one who comes back."""

from __future__ import annotations

import re

from playwright.async_api import Browser, expect

from tests.browser.rig import AGENT_TIMEOUT, HERE, MARKS, House, Visitor
from tests.e2e.rig import new_room

pytestmark = MARKS


async def test_two_visitors_of_a_room_read_the_same_talk(house: House, chromium: Browser) -> None:
    room = new_room("page")
    async with (
        house.visitor(chromium, room=room) as ann,
        house.visitor(chromium, room=room) as ben,
    ):
        await ann.join("Ann")
        await ben.join("Ben")
        await ann.type("Who are you?")
        await ann.sees_line("I follow fixed rules")
        await ben.sees_line("I follow fixed rules")
        await expect(ann.line(r"^\s*You.*Who are you\?")).to_have_count(1)
        await expect(ben.line(r"^\s*Ann.*Who are you\?")).to_have_count(1)
        other = ben.page.get_by_label(re.compile("The camera of Ann"))
        await expect(other).to_be_visible(timeout=AGENT_TIMEOUT)
        await ben.picture("together")


async def test_a_reload_in_mid_call_brings_the_history_back(caller: Visitor) -> None:
    await caller.type("Who are you?")
    await caller.sees_line("I follow fixed rules")
    await caller.page.reload()
    await caller.sees_state(HERE)
    await caller.sees_line("I follow fixed rules")
    await expect(caller.line(r"^\s*You.*Who are you\?")).to_have_count(1)
    for device in ("Microphone", "Camera"):
        await expect(caller.button(device)).to_have_attribute("aria-pressed", "true")
    await caller.picture("reloaded")
    await caller.type("What time is it?")
    await caller.sees_line("The clock says")
