"""Words over connections that drop: each is told once, and none is missing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from google.genai import types

from offline.gemini.fault import Fault
from offline.gemini.outages import Close, Pongs, Reset, StopReading
from offline.gemini.senses import Actions
from offline.gemini.server import Service
from offline.gemini.thought import Prompt, Say
from tests.live.line import CONFIG, MODEL, TEN_MS, Diary, ask, lifeline_to
from tests.live.service import LOUD_10MS, SILENT_10MS, standin, until
from worker.gemini.bounds import Bounds
from worker.gemini.lifeline import Lifeline
from worker.gemini.session import LiveSession

WRITTEN_DOWN = CONFIG.model_copy(
    update={"output_audio_transcription": types.AudioTranscriptionConfig()}
)
REFUSED = Close(code=1007, reason="Invalid session handle")


def repeat(prompt: Prompt) -> Actions:
    return (Say(text=f"You said {prompt.text}."),)


@contextlib.asynccontextmanager
async def talk(
    *, bounds: Bounds | None = None
) -> AsyncIterator[tuple[LiveSession, Lifeline, Service, Diary]]:
    diary = Diary()
    async with standin(repeat) as (service, tls):
        lifeline = lifeline_to(service.url, tls, diary, bounds=bounds or Bounds(steady=0.0))
        async with lifeline.connect(model=MODEL, config=WRITTEN_DOWN) as session:
            await until(lambda: lifeline.course.resumption.handle)
            yield session, lifeline, service, diary
        await lifeline.aclose()


def newest(service: Service, *faults: Fault) -> None:
    connection = service._open[max(service._open)]
    for fault in faults:
        connection.do(fault)


def told(service: Service) -> list[str]:
    """Everything that was sent as words by the user's side, over all connections."""
    turns = (turn for account in service.accounts for turn in account.turns)
    return [str(turn["text"]) for turn in turns if turn["role"] == "user"]


async def reconnected(diary: Diary, times: int) -> None:
    await until(lambda: len(diary.connected) == times + 1)


def say(session: LiveSession, text: str) -> asyncio.Task[None]:
    turn = types.Content(role="user", parts=[types.Part(text=text)])
    return asyncio.create_task(session.send_client_content(turns=[turn], turn_complete=True))


@pytest.mark.parametrize(
    "faults",
    [[], [Close()], [Reset()], [StopReading(), Reset()]],
    ids=["no drop", "close", "reset", "reset of what was not read"],
)
@pytest.mark.parametrize("order", ["then", "before"])
async def test_a_typed_question_arrives_once(faults: list[Fault], order: str) -> None:
    async with talk() as (session, _, service, diary):
        if order == "before":
            newest(service, *faults[:1])
        await say(session, "one question")
        await asyncio.sleep(0)
        newest(service, *faults[order == "before" :])
        await until(lambda: len(diary.connected) == 1 + bool(faults))
        await until(lambda: any("one question" in text for text in told(service)))
        await asyncio.sleep(0.1)
        assert told(service) == ["one question"]


ENDED = types.LiveServerMessage.model_validate(
    {"voice_activity": {"voice_activity_type": "ACTIVITY_END"}}
)
REPLIES = types.LiveServerMessage.model_validate(
    {"server_content": {"output_transcription": {"text": "So"}}}
)


@pytest.mark.parametrize(("before", "arrived"), [([ENDED], False), ([], True)])
async def test_a_reply_to_a_voice_does_not_show_that_what_was_typed_has_arrived(
    before: list[types.LiveServerMessage], arrived: bool
) -> None:
    async with talk() as (session, lifeline, service, diary):
        newest(service, StopReading())
        await say(session, "one question")
        await until(lambda: lifeline.mail.mark().posts)
        for message in (*before, REPLIES):
            await lifeline._read(message)
        newest(service, Reset())
        await reconnected(diary, 1)
        await ask(session, "the last")
        # The reply that was put in above may be what was waited for.
        await until(lambda: any("the last" in text for text in told(service)))
        assert told(service).count("one question") == (not arrived)


async def test_a_question_from_a_gap_is_told_once_to_a_connection_that_begins_afresh() -> None:
    async with talk() as (session, lifeline, service, diary):
        await ask(session, "before")
        lifeline.course.resumption.forget()
        newest(service, Reset())
        await until(lambda: diary.lost)
        await ask(session, "during")
        await until(lambda: len(diary.connected) == 2)
        fresh = [str(turn["text"]) for turn in service.accounts[1].turns]
    assert diary.connected[1][1] == "fresh"
    assert fresh == ["before", "You said before.", "during", "You said during."]


async def test_a_resumed_connection_is_told_nothing_that_it_knows() -> None:
    async with talk() as (session, _, service, diary):
        for number in range(3):
            await ask(session, f"question {number}")
            newest(service, Reset())
            await reconnected(diary, number + 1)
        await ask(session, "the last")
    assert told(service) == ["question 0", "question 1", "question 2", "the last"]
    assert {how for _, how in diary.connected[1:]} == {"resumed"}


async def test_a_refused_handle_is_a_fresh_start_with_the_talk_so_far() -> None:
    async with talk(bounds=Bounds()) as (session, _, service, diary):
        await ask(session, "first")
        newest(service, REFUSED)
        await until(lambda: len(diary.connected) == 2)
        await ask(session, "second")
        fresh = [(turn["role"], turn["text"]) for turn in service.accounts[-1].turns]
    assert fresh == [
        ("user", "first"),
        ("model", "You said first."),
        ("user", "second"),
        ("model", "You said second."),
    ]
    assert diary.refreshed == 1


async def test_pongs_that_come_late_end_no_connection() -> None:
    bounds = Bounds(silence=1.0, unheard=0.0, idle=9.0)
    async with talk(bounds=bounds) as (session, lifeline, service, diary):
        newest(service, Pongs(late=2.0))
        lifeline.on_speech(True)
        for _ in range(10):
            lifeline.hear(TEN_MS)
            await asyncio.sleep(0.25)
            await ask(session, "still there?")
        assert len(diary.connected) == 1


async def test_what_the_services_ear_has_heard_is_not_sent_again_for_a_late_pong() -> None:
    async with talk() as (session, lifeline, service, diary):
        newest(service, Pongs(late=9.0))
        for _ in range(40):
            lifeline.hear(LOUD_10MS)
        for _ in range(60):
            lifeline.hear(SILENT_10MS)
        await until(lambda: diary.speech == [True, False])
        newest(service, Reset())
        await until(lambda: len(diary.connected) == 2)
        await asyncio.sleep(0.2)
        assert diary.speech == [True, False]
        assert lifeline.mail.outbound.samples_repeated <= 80 * 160


async def test_a_service_that_still_counts_the_old_socket_is_asked_again_in_quick_steps() -> None:
    async with talk(bounds=Bounds(overlap_step=0.1)) as (session, lifeline, service, diary):
        await ask(session, "first")
        early = {"refuse_early_resume": True, "resume_gap": 0.4, "refusal_ms": 50}
        service.temper = service.temper.changed(early)
        newest(service, Close())
        await reconnected(diary, 1)
    events = (event for account in service.accounts[1:] for event in account.events)
    refusals = [event["code"] for event in events if event["kind"] == "close"]
    assert refusals == [1011] * (len(service.accounts) - 2)
    assert 1 <= len(refusals) <= 4
    assert diary.connected[1][1] == "resumed"


async def test_what_is_said_is_heard_whole_by_a_connection_that_begins_in_its_middle() -> None:
    async with talk(bounds=Bounds()) as (_, lifeline, service, diary):
        for _ in range(40):
            lifeline.hear(LOUD_10MS)
        await until(lambda: diary.speech == [True])
        newest(service, REFUSED)
        await reconnected(diary, 1)
        for _ in range(40):
            lifeline.hear(LOUD_10MS)
        await until(lambda: service.accounts[-1].samples >= 80 * 160)
    assert diary.connected[1][1] == "fresh"
    assert service.accounts[-1].samples == 80 * 160
