"""The stack of the demo with browsers before it, and visitors who use the page by its names."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, Playwright, Route, expect

from offline.page import PageHost
from tests.browser import chromium
from tests.e2e.rig import OUTPUT, Rig, until

PROBE = Path(__file__).with_name("probe.js")
PICTURES = OUTPUT / "pictures"
DESKTOP = (1280, 800)
PHONE = (390, 844)
AGENT_TIMEOUT = 20_000
"""Milliseconds until an agent is there and has done what it was asked for."""
MARKS = [
    pytest.mark.e2e,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(90, func_only=True),
]
HERE = "Listening|Speaking|Thinking|Ready|At work"
"""What the page says of an agent that is there."""
_visitors = itertools.count(1)


@contextlib.asynccontextmanager
async def browser(
    playwright: Playwright, *, film: Path, speech: Path, loop: bool = False, allow: bool = True
) -> AsyncIterator[Browser]:
    """Run a Chromium whose camera and microphone play these files.

    Args:
        loop: begin the speech again at its end.
        allow: what its user answers when a page asks for camera and microphone.
    """
    path = chromium.find()
    if path is None:
        pytest.fail(chromium.MISSING, pytrace=False)
    arguments = [
        "--use-fake-device-for-media-stream",
        f"--use-fake-ui-for-media-stream{'' if allow else '=deny'}",
        f"--use-file-for-fake-video-capture={film}",
        f"--use-file-for-fake-audio-capture={speech}{'' if loop else '%noloop'}",
        "--auto-select-desktop-capture-source=Entire screen",
        # Else a machine without any network but its own has no way to the server.
        "--allow-loopback-in-peer-connection",
    ]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    opened = await playwright.chromium.launch(executable_path=path, args=arguments)
    try:
        yield opened
    finally:
        await opened.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The stack and the server of its page."""

    rig: Rig
    host: PageHost

    @contextlib.asynccontextmanager
    async def visitor(
        self,
        browser: Browser,
        *,
        size: tuple[int, int] = DESKTOP,
        room: str = "",
        **options: Any,
    ) -> AsyncIterator[Visitor]:
        """Open the page in a fresh profile, for the length of the block.

        Args:
            room: the one to join, instead of one of the server's making.
            options: of the profile, such as its colour scheme.
        """
        width, height = size
        context = await browser.new_context(
            viewport={"width": width, "height": height}, accept_downloads=True, **options
        )
        try:
            await context.add_init_script(path=PROBE)
            await self._tell_apart(context, room)
            visitor = Visitor(page=await context.new_page())
            visitor.page.on("pageerror", lambda error: visitor.errors.append(str(error)))
            visitor.page.on("console", lambda message: visitor.console.append(message.text))
            await visitor.page.goto(self.host.url)
            yield visitor
        finally:
            await context.close()
        assert visitor.errors == []

    def room(self) -> str:
        """Return the name of the newest call's room."""
        return str(self.rig.entries("RoomIO linked to participant")[-1]["room"])

    def job(self) -> psutil.Process:
        """Return the process of the newest call."""
        return psutil.Process(self.rig.entries("RoomIO linked to participant")[-1]["pid"])

    async def _tell_apart(self, context: BrowserContext, room: str) -> None:
        """Give a visitor an address of its own: tokens are granted only so often to each."""
        address = f"10.0.0.{next(_visitors)}"

        async def forward(route: Route) -> None:
            headers = {**route.request.headers, "x-forwarded-for": address}
            body = json.loads(route.request.post_data or "{}")
            if room:
                body["room_name"] = room
            await route.continue_(headers=headers, post_data=json.dumps(body))

        await context.route("**/api/token", forward)


@dataclass(slots=True, kw_only=True)
class Visitor:
    """A person before the page, who finds things by role and name."""

    page: Page
    errors: list[str] = field(default_factory=list)
    """What the page's own code threw and nobody caught."""
    console: list[str] = field(default_factory=list)
    """All that was written to the browser's console."""

    async def join(self, name: str = "") -> None:
        """Join, and wait until the agent is there."""
        if name:
            await self.page.get_by_label("Your name").fill(name)
        await self.button("Join the call").click()
        await self.sees_state(HERE)

    async def type(self, text: str) -> None:
        """Type a line to the agent."""
        await self.page.get_by_label("Type to the agent").fill(text)
        await self.page.keyboard.press("Enter")

    async def end(self) -> None:
        """End the call."""
        await self.button("End the call").click()
        await expect(self.button("Call again")).to_be_visible()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def line(self, words: str) -> Locator:
        """The lines of the transcript in which these words stand."""
        transcript = self.page.get_by_role("list", name="Transcript")
        return transcript.get_by_role("listitem").filter(has_text=re.compile(words))

    async def sees_line(self, words: str) -> None:
        """Wait until these words (a pattern) stand in the transcript."""
        await expect(self.line(words).last).to_be_visible(timeout=AGENT_TIMEOUT)

    async def sees_state(self, words: str) -> None:
        """Wait until the page says one of these of the call (a pattern)."""
        status = self.page.get_by_role("status").filter(has_text=re.compile(f"^({words})"))
        await expect(status.first).to_be_visible(timeout=AGENT_TIMEOUT)

    async def saw_state(self, words: str, since: float) -> float:
        """Return when the page has said this of the call (a pattern), however briefly."""

        async def look() -> float | None:
            noted = (one for one in await self.probed("states") if one["at"] >= since)
            return next((one["at"] for one in noted if re.match(words, one["text"])), None)

        return await until("words of the state", look, AGENT_TIMEOUT / 1000)

    async def sees_sight(self, words: str) -> None:
        """Wait until the page says this of the agent's eyes (a pattern)."""
        status = self.page.get_by_role("status").filter(has_text=re.compile(f"^({words})"))
        await expect(status.first).to_be_visible(timeout=AGENT_TIMEOUT)

    async def picture(self, name: str) -> Path:
        """Keep a picture of what the visitor sees."""
        path = PICTURES / f"{name}.png"
        await self.page.screenshot(path=path, animations="disabled")
        return path

    async def probed(self, what: str) -> list[Any]:
        """Return what probe.js has noted: heard, captions, states, clicks or longTasks."""
        noted: list[Any] = await self.page.evaluate(f"window.probe.{what}")
        return noted

    async def now(self) -> float:
        """Return the page's clock, in milliseconds."""
        return float(await self.page.evaluate("performance.now()"))

    async def hears(self, since: float, timeout: float = 20.0) -> float:
        """Return when a sound was heard first since then, as soon as there was one."""

        async def look() -> float | None:
            return next((at for at in await self.probed("heard") if at >= since), None)

        return await until("sound", look, timeout)
