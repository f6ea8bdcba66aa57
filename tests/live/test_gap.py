"""What is asked in a gap between two connections is answered from a picture of now."""

from __future__ import annotations

import asyncio

import cv2
import numpy as np
import pytest
from google.genai import types

from offline.gemini.fault import Fault
from offline.gemini.outages import Close, Reset
from offline.gemini.senses import Actions
from offline.gemini.thought import Prompt, Say
from tests.live.line import MODEL, Diary, ask, lifeline_to
from tests.live.service import LOUD_10MS, SILENT_10MS, standin, until
from tests.live.test_words import WRITTEN_DOWN, newest, say
from worker.gemini.lifeline import Lifeline

LATE = 0.1
"""Seconds after which the eyes have a picture."""


def name_colours(prompt: Prompt) -> Actions:
    colours = prompt.seen.colours if prompt.seen else ("nothing",)
    return (Say(text=f"I see {' and '.join(colours)}."),)


def plain(blue: int, green: int, red: int) -> bytes:
    picture = np.full((90, 160, 3), (blue, green, red), dtype=np.uint8)
    return bytes(cv2.imencode(".jpg", picture)[1])


RED, GREEN = plain(0, 0, 255), plain(0, 255, 0)


def speak(lifeline: Lifeline) -> None:
    for sound in (LOUD_10MS, SILENT_10MS):
        for _ in range(60):
            lifeline.hear(sound)


@pytest.mark.parametrize("how", ["typed", "spoken"])
@pytest.mark.parametrize(
    "fault", [Reset(), Close(code=1007, reason="Invalid session handle")], ids=["resumed", "fresh"]
)
async def test_what_is_asked_in_a_gap_is_answered_from_a_picture_of_now(
    fault: Fault, how: str
) -> None:
    diary, replies = Diary(), list[str]()

    def take_picture() -> bool:
        asyncio.get_running_loop().call_later(LATE, lambda: lifeline.see(GREEN))
        return True

    def write_down(message: types.LiveServerMessage) -> None:
        content = message.server_content
        if content and (said := content.output_transcription) and said.text:
            replies.append(said.text)

    diary.picture_comes = take_picture
    async with standin(name_colours) as (service, tls):
        lifeline = lifeline_to(service.url, tls, diary)
        async with lifeline.connect(model=MODEL, config=WRITTEN_DOWN) as session:
            await until(lambda: lifeline.course.resumption.handle)
            lifeline.see(RED)
            await ask(session, "what do you see?")
            lifeline.listeners.append(write_down)
            newest(service, fault)
            await until(lambda: not lifeline.connected.is_set())
            if how == "typed":
                await say(session, "and now?")
            else:
                speak(lifeline)
            await until(lambda: "." in "".join(replies))
        await lifeline.aclose()
    assert "green" in "".join(replies)
