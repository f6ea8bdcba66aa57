"""Speech in the browser: what is said is heard, the answer comes in time with its captions."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Playwright, expect

from offline.caller import QR_TEXT
from tests.browser.media import write_speech
from tests.browser.rig import MARKS, House, browser
from tests.e2e.figures import Figures

pytestmark = MARKS

LISTENS = 12.0
"""Seconds from the page's opening until it is joined and its agent has greeted."""


async def test_says_something_and_is_answered_with_what_the_camera_shows(
    house: House, playwright: Playwright, film: Path, tmp_path: Path
) -> None:
    speech = tmp_path / "speech.wav"
    write_speech(speech, LISTENS, "what do you see", 60.0)
    async with (
        browser(playwright, film=film, speech=speech) as opened,
        house.visitor(opened) as visitor,
    ):
        await visitor.join()
        await visitor.sees_line("You.*what do you see")
        asked = await visitor.now()
        await visitor.hears(asked)
        await visitor.picture("captions")
        await visitor.sees_line(f"Agent.*{QR_TEXT}")


async def test_a_story_stops_when_somebody_speaks(
    house: House, playwright: Playwright, film: Path, tmp_path: Path, figures: Figures
) -> None:
    speech = tmp_path / "speech.wav"
    write_speech(speech, LISTENS, "stop", 60.0)
    async with (
        browser(playwright, film=film, speech=speech) as opened,
        house.visitor(opened) as visitor,
    ):
        await visitor.join()
        await visitor.type("Tell me a long story.")
        await visitor.sees_line("Agent.*Once there was a lamp")
        await visitor.sees_line(r"\(interrupted\)")
        await visitor.sees_line("All right, I am quiet")
        await visitor.picture("interrupted")
        story = visitor.line("Once there was a lamp")
        await expect(story).not_to_contain_text("comes to its end")
