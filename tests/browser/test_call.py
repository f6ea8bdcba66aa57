"""A call as a visitor has it: join, read, type, take the transcript along."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.async_api import expect

from offline.caller import QR_TEXT
from tests.browser.rig import MARKS, Visitor
from tests.e2e.figures import Figures

pytestmark = [*MARKS, pytest.mark.slow]


async def test_joins_and_is_greeted_aloud(visitor: Visitor, figures: Figures) -> None:
    await expect(visitor.button("Join the call")).to_be_enabled()
    await visitor.picture("join")
    await visitor.join("Ann")
    (clicked,) = [c["at"] for c in await visitor.probed("clicks") if c["name"] == "Join the call"]
    heard = await visitor.hears(clicked)
    figures("page: click to greeting", (heard - clicked) / 1000, "s", "<= 3")
    await visitor.sees_line("stand-in, not a model")
    await visitor.picture("call")


async def test_a_typed_question_is_answered_aloud_and_in_words(caller: Visitor) -> None:
    typed = await caller.now()
    await caller.type("What do you see?")
    await caller.sees_line(f"You.*What do you see?")
    await caller.sees_line(QR_TEXT)
    await caller.hears(typed)
    await caller.picture("answer")


async def test_a_tool_has_a_card_of_its_own(caller: Visitor) -> None:
    await caller.type("What time is it?")
    await caller.sees_line("Get time.*done")
    await caller.sees_line("The clock says")
    await caller.picture("tool")


async def test_the_talk_can_be_taken_along_in_four_formats(
    caller: Visitor, tmp_path: Path
) -> None:
    await caller.type("Who are you?")
    await caller.sees_line("I follow fixed rules")
    await caller.end()
    await caller.picture("after")
    kept = {}
    for name in ("Markdown", "JSON", "SRT", "WebVTT"):
        async with caller.page.expect_download() as download:
            await caller.page.get_by_role("button", name=f"Save as {name}").click()
        path = tmp_path / (await download.value).suggested_filename
        await (await download.value).save_as(path)
        kept[path.suffix] = path.read_text()
    assert "I follow fixed rules" in kept[".md"]
    assert any("Who are you?" in str(line) for line in json.loads(kept[".json"])["lines"])
