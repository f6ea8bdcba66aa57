"""What is typed is asked at once, whatever the model is about to say."""

from __future__ import annotations

import asyncio
import dataclasses
import time

import pytest
from livekit.agents import ConversationItemAddedEvent
from livekit.agents.llm import ChatMessage

from offline.gemini.temper import INSTANT
from tests.e2e.figures import Figures
from tests.live.service import LOUD_10MS, SILENT_10MS, until
from tests.live.talking import talking

THINKS = 3.0
"""Seconds until the model answers what was said."""
UNDER_WAY = 0.2
"""Seconds in which the framework has begun to wait for the reply's first sound."""


async def test_while_the_model_thinks_of_what_was_said(
    monkeypatch: pytest.MonkeyPatch, figures: Figures
) -> None:
    async with talking(monkeypatch) as scene:
        lines: list[str | None] = []

        def on_item(event: ConversationItemAddedEvent) -> None:
            if isinstance(event.item, ChatMessage) and event.item.role == "user":
                lines.append(event.item.text_content)

        scene.session.on("conversation_item_added", on_item)
        quick = dataclasses.replace(INSTANT, silence_ms=100)
        scene.service.temper = dataclasses.replace(quick, think_ms=THINKS * 1000)
        for sound in [LOUD_10MS] * 30 + [SILENT_10MS] * 40:
            scene.lifeline.hear(sound)
        await until(lambda: lines)
        await asyncio.sleep(UNDER_WAY)
        typed = time.monotonic()
        assert await scene.asking.ask("And now?")
        asked = time.monotonic() - typed
        scene.service.temper = quick
        figures("typed while the model thinks: to being asked", asked * 1000, "ms", "< 1000")
        await until(lambda: scene.asked and scene.asked[-1].endswith("And now?"), within=10)
    assert asked < 1
    assert lines == ["hello there", "And now?"]
