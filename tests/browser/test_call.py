"""A call as a visitor has it: join, read, type, take the transcript along."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pysubs2
import webvtt
from playwright.async_api import expect

from offline.caller import QR_TEXT
from tests.browser.rig import MARKS, Visitor
from tests.e2e.figures import Figures

pytestmark = MARKS


async def test_joins_and_is_greeted_aloud(visitor: Visitor, figures: Figures) -> None:
    await expect(visitor.button("Join the call")).to_be_enabled()
    await visitor.picture("join")
    await visitor.join("Ann")
    (clicked,) = [c["at"] for c in await visitor.probed("clicks") if c["name"] == "Join the call"]
    heard = await visitor.hears(clicked)
    figures("page: click to greeting", (heard - clicked) / 1000, "s", "<= 3")
    await visitor.sees_line("stand-in, not a model")
    await visitor.picture("call")


async def test_the_token_stays_in_memory_and_the_policy_holds(caller: Visitor) -> None:
    kept = await caller.page.evaluate(
        "JSON.stringify([location.href, {...localStorage}, {...sessionStorage}, document.cookie])"
    )
    assert "eyJ" not in kept
    assert [text for text in caller.console if "Content Security Policy" in text] == []


async def test_a_typed_question_is_answered_aloud_and_in_words(caller: Visitor) -> None:
    typed = await caller.now()
    await caller.type("What do you see?")
    await caller.sees_line("You.*What do you see?")
    await caller.sees_line(QR_TEXT)
    await caller.hears(typed)
    await caller.picture("answer")


async def test_a_tool_has_a_card_of_its_own(caller: Visitor) -> None:
    await caller.type("What time is it?")
    await caller.sees_line("Get time.*done")
    await caller.sees_line("The clock says")
    await caller.picture("tool")


async def test_the_persona_that_was_chosen_is_who_comes(visitor: Visitor) -> None:
    await visitor.page.get_by_label("Talk with").select_option("tutor")
    await visitor.join()
    await visitor.button("Settings").click()
    settings = visitor.page.get_by_role("dialog", name="Settings")
    await expect(settings.get_by_label("Persona")).to_have_value("tutor")


PARSERS: Mapping[str, Callable[[str], Iterable[str]]] = {
    ".md": str.splitlines,
    ".json": lambda text: (str(entry.get("text")) for entry in json.loads(text)["entries"]),
    ".srt": lambda text: (cue.plaintext for cue in pysubs2.SSAFile.from_string(text)),
    ".vtt": lambda text: (cue.text for cue in webvtt.from_string(text).captions),
}


async def test_the_talk_can_be_taken_along_in_four_formats(caller: Visitor, tmp_path: Path) -> None:
    await caller.type("Who are you?")
    await caller.sees_line("I follow fixed rules")
    await caller.end()
    await caller.picture("after")
    for name in ("Markdown", "JSON", "SubRip", "WebVTT"):
        async with caller.page.expect_download() as started:
            await caller.button(f"Save as {name}").click()
        file = await started.value
        path = tmp_path / file.suggested_filename
        await file.save_as(path)
        assert "fixed rules" in " ".join(PARSERS[path.suffix](path.read_text()))
