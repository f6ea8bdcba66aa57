"""Talk over connections to a model that tells nothing of speech: a question is answered once."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
from google.genai import types

from offline.gemini.fault import Fault
from offline.gemini.outages import Close, Reset
from offline.gemini.senses import Actions, Senses
from offline.gemini.server import Service
from offline.gemini.sight import look
from offline.gemini.temper import INSTANT
from offline.gemini.thought import Prompt, Say
from tests.live.line import Diary, lifeline_to
from tests.live.service import LOUD_10MS, SILENT_10MS, until
from tests.live.test_words import WRITTEN_DOWN, newest
from worker.gemini.bounds import Bounds
from worker.gemini.lifeline import Lifeline

MODEL = "gemini-2.5-flash-native-audio-preview-12-2025"
REFUSED = Close(code=1007, reason="Invalid session handle")
LENGTHS = (60, 90)
"""Of the two questions, in 10 ms: the model knows each by its length."""


def words(pcm: bytes) -> str:
    loud = pcm.count(LOUD_10MS[:4]) * 2 / 16_000
    return "of Spain" if loud > 0.75 else "of France"


def answer(prompt: Prompt) -> Actions:
    return (Say(text=f"The capital {prompt.text}."),)


@dataclass
class Talk:
    """One who asks, whom our own ear hears, and what the model says."""

    lifeline: Lifeline
    service: Service
    diary: Diary
    said: str = ""

    def take_down(self, message: types.LiveServerMessage) -> None:
        content = message.server_content
        if content and (given := content.output_transcription) and given.text:
            self.said += given.text

    async def ask(self, frames: int, *, silence: int = 30) -> None:
        self.lifeline.on_speech(True)
        for _ in range(frames):
            self.lifeline.hear(LOUD_10MS)
            await asyncio.sleep(0.01)
        for _ in range(12):
            self.lifeline.hear(SILENT_10MS)
            await asyncio.sleep(0.01)
        self.lifeline.on_speech(False)
        await self.be_quiet(silence)

    async def be_quiet(self, frames: int) -> None:
        for _ in range(frames):
            self.lifeline.hear(SILENT_10MS)
            await asyncio.sleep(0.01)

    async def lose(self, *faults: Fault) -> None:
        count = len(self.diary.connected)
        newest(self.service, *faults)
        await until(lambda: len(self.diary.connected) > count)


@contextlib.asynccontextmanager
async def talking(think_ms: float = 300.0) -> AsyncIterator[Talk]:
    diary = Diary()
    senses = Senses(transcribe=words, look=look, think=answer, speak=lambda _: LOUD_10MS * 30)
    temper = replace(INSTANT, silence_ms=400.0, think_ms=think_ms)
    async with Service.start(senses=senses, temper=temper) as service:
        tls = ssl.create_default_context(cafile=service.ca_file)
        lifeline = lifeline_to(service.url, tls, diary, bounds=Bounds(steady=0.0))
        talk = Talk(lifeline, service, diary)
        lifeline.listeners.append(talk.take_down)
        async with lifeline.connect(model=MODEL, config=WRITTEN_DOWN):
            await until(lambda: lifeline.course.resumption.handle)
            yield talk
        await lifeline.aclose()


FRANCE, SPAIN = "The capital of France.", "The capital of Spain."


@pytest.mark.parametrize("fault", [Reset(), REFUSED], ids=["resumed", "fresh"])
@pytest.mark.parametrize("silence", [5, 55], ids=["before the service knows", "while it thinks"])
async def test_a_question_whose_connection_is_lost_is_answered_once(
    fault: Fault, silence: int
) -> None:
    async with talking() as talk:
        await talk.ask(LENGTHS[0], silence=0)
        while FRANCE not in talk.said:
            await talk.be_quiet(5)
        await until(lambda: talk.lifeline.course.talk.at_boundary)
        await talk.ask(LENGTHS[1], silence=silence)
        await talk.lose(fault)
        await talk.be_quiet(150)
    assert talk.said == FRANCE + SPAIN


@pytest.mark.parametrize("fault", [Reset(), REFUSED], ids=["resumed", "fresh"])
async def test_a_sentence_in_whose_middle_the_connection_is_lost_is_heard_whole(
    fault: Fault,
) -> None:
    async with talking() as talk:
        asking = asyncio.create_task(talk.ask(LENGTHS[1], silence=150))
        await asyncio.sleep(0.7)
        await talk.lose(fault)
        await asking
    assert talk.said == SPAIN


async def test_a_new_setting_waits_for_the_end_of_a_question_and_of_its_answer() -> None:
    async with talking() as talk:
        asking = asyncio.create_task(talk.ask(LENGTHS[1], silence=150))
        await asyncio.sleep(0.5)
        talk.lifeline.reconfigure(WRITTEN_DOWN)
        await asking
        await until(lambda: len(talk.diary.connected) == 2)
    assert talk.said == SPAIN
