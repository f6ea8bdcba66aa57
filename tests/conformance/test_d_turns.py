"""Section D: where speech begins and ends, and what belongs to a turn."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import numpy as np
import pytest

from offline.gemini.server import Service
from offline.gemini.temper import INSTANT
from offline.gemini.vad import RATE, START_HIGH, START_LOW, Found, Vad
from tests.conformance.clients import (
    MODEL,
    MODEL_25,
    Message,
    Raw,
    Script,
    content,
    genai_client,
    kinds,
    picture,
    quiet,
    silence,
    sound,
    tone,
)
from tests.conformance.plugin import PLUGIN_WARNS, plugged
from tests.conformance.virtual import Virtual

ALL_INPUT = {"turnCoverage": "TURN_INCLUDES_ALL_INPUT"}
ONLY_ACTIVITY = {"turnCoverage": "TURN_INCLUDES_ONLY_ACTIVITY"}


def feed(vad: Vad, pcm: bytes, at: int = 0) -> list[Found]:
    return vad.feed(np.frombuffer(pcm, np.int16), at, now=0.0)


def prompt_tokens(turn: list[Message]) -> dict[str, int]:
    usage = turn[-1]["usageMetadata"]
    assert isinstance(usage, dict)
    return {one["modality"]: one["tokenCount"] for one in usage["promptTokensDetails"]}


@pytest.mark.parametrize(
    ("level", "loudness", "found"),
    [
        (START_HIGH, 600, [Found.STARTED]),
        (START_LOW, 600, []),
        (START_LOW, 2000, [Found.STARTED]),
        (START_HIGH, 100, []),
    ],
)
def test_item_49_sensitivity_is_a_matter_of_loudness(
    level: float, loudness: int, found: list[Found]
) -> None:
    noise = np.full(1600, loudness, np.int16).tobytes()
    assert feed(Vad(start_level=level), noise) == found


def test_item_49_prefix_padding_wants_that_much_speech() -> None:
    vad = Vad(prefix=RATE // 10)
    assert feed(vad, tone(0.09)) == []
    assert feed(vad, tone(0.01), at=1440) == [Found.STARTED]


def test_item_49_a_click_is_forgotten() -> None:
    vad = Vad(start_delay=RATE // 5)
    assert feed(vad, tone(0.05) + silence(0.15) + tone(0.1)) == []


@pytest.mark.parametrize(("asked", "ends"), [(None, 800), (300, 300)])
async def test_item_49_silence_duration_is_800_unless_asked_for(
    client: Raw, asked: int | None, ends: int
) -> None:
    detection = {} if asked is None else {"silenceDurationMs": asked}
    await client.setup(realtimeInputConfig={"automaticActivityDetection": detection})
    await client.audio(tone(0.2))
    await client.audio(silence(ends / 1000 - 0.01))
    assert kinds([await client.next()]) == ["voiceActivity"]
    await quiet(client)
    await client.audio(silence(0.01))
    assert "generationComplete" in kinds(await client.turn())


@pytest.mark.parametrize(("offset", "text"), [(0.16, "0.160s"), (10.0, "10s"), (0.19, "0.160s")])
async def test_item_50_start_comes_after_its_delay_with_an_offset_of_40_ms(
    service: Service, client: Raw, offset: float, text: str
) -> None:
    service.temper = replace(INSTANT, vad_start_ms=180)
    await client.setup()
    await client.audio(silence(offset) + tone(0.17))
    await quiet(client)
    await client.audio(tone(0.02))
    assert await client.next() == {"voiceActivity": {"type": "ACTIVITY_START", "audioOffset": text}}


async def test_item_50_without_a_delay_the_first_loud_chunk_starts(client: Raw) -> None:
    await client.setup()
    await client.audio(silence(0.1))
    await client.audio(tone(0.01))
    assert kinds([await client.next()]) == ["voiceActivity"]


def test_item_50_it_comes_140_to_240_ms_after_the_first_sound(script: Script) -> None:
    connection = Virtual(script)
    connection.hear(silence(0.5))
    began = connection.now
    connection.hear(tone(0.5))
    [start] = connection.times("voiceActivity")
    assert 0.14 <= start - began <= 0.24


def test_item_51_it_comes_300_to_450_ms_after_800_ms_of_silence(script: Script) -> None:
    connection = Virtual(script)
    connection.run(1)
    connection.hear(tone(0.5))
    ended = connection.now
    connection.hear(silence(2))
    assert 1.1 <= connection.times("voiceActivity")[1] - ended <= 1.25


async def test_item_51_the_end_takes_some_processing(service: Service, client: Raw) -> None:
    service.temper = replace(INSTANT, vad_end_extra_ms=60)
    await client.setup()
    sent = time.monotonic()
    await client.speak()
    await client.next()
    end = await client.next()
    assert end["voiceActivity"] == {"type": "ACTIVITY_END", "audioOffset": "0.280s"}
    assert time.monotonic() - sent >= 0.06


async def test_item_51_speech_within_it_continues_the_utterance(
    service: Service, client: Raw, script: Script
) -> None:
    service.temper = replace(INSTANT, vad_end_extra_ms=100)
    await client.setup()
    await client.speak()
    await client.speak()
    marks = kinds(await client.turn())
    assert marks.count("voiceActivity") == 2
    assert len(script.prompts) == 1


async def test_item_52_transcription_then_end_then_audio(client: Raw) -> None:
    await client.setup(inputAudioTranscription={})
    await client.speak()
    assert kinds(await client.turn())[:4] == [
        "voiceActivity",
        "inputTranscription",
        "voiceActivity",
        "modelTurn",
    ]


async def test_item_53_without_more_audio_speech_does_not_end(client: Raw) -> None:
    await client.setup()
    await client.audio(tone(0.3))
    await client.next()
    await quiet(client, 0.05)


@pytest.mark.parametrize(
    ("model", "pieces"), [(MODEL, ["hello there"]), (MODEL_25, [" hello", " there"])]
)
async def test_item_54_transcription_in_the_familys_pieces(
    client: Raw, model: str, pieces: list[str]
) -> None:
    await client.setup(model, inputAudioTranscription={})
    await client.speak()
    found = [content(one).get("inputTranscription") for one in await client.turn()]
    assert [one["text"] for one in found if isinstance(one, dict)] == pieces


async def test_item_54_no_transcription_unless_asked_for(client: Raw) -> None:
    await client.setup()
    await client.speak()
    assert "inputTranscription" not in kinds(await client.turn())


@PLUGIN_WARNS
@pytest.mark.parametrize("model", [MODEL, MODEL_25])
async def test_item_54_the_plugin_hears_the_whole_sentence(service: Service, model: str) -> None:
    async with plugged(service, model.removeprefix("models/")) as session:
        await session.ready()
        session.push(tone(0.3) + silence(1))
        await session.generation()
        async with asyncio.timeout(2):
            await session.finished.wait()
    assert session.transcripts[-1].transcript == "hello there"
    assert session.transcripts[-1].is_final


@pytest.mark.parametrize(
    ("model", "coverage", "frames"),
    [(MODEL, {}, 3), (MODEL, ONLY_ACTIVITY, 1), (MODEL_25, {}, 1), (MODEL_25, ALL_INPUT, 3)],
    ids=["3.8", "3.8 only activity", "2.5", "2.5 all input"],
)
async def test_item_55_which_frames_belong_to_a_turn(
    client: Raw, model: str, coverage: dict[str, str], frames: int
) -> None:
    await client.setup(model, realtimeInputConfig=coverage)
    await client.picture(picture())
    await client.audio(tone(0.3))
    await client.picture(picture())
    await client.audio(silence(0.79))
    await client.send(realtimeInput={"audioStreamEnd": True})
    first = prompt_tokens(await client.turn())
    await client.picture(picture())
    await client.say(("user", "hello"))
    second = prompt_tokens(await client.turn())
    tokens = 70 if model == MODEL else 256
    assert first["VIDEO"] == min(frames, 2) * tokens
    assert second["VIDEO"] == frames * tokens


@pytest.mark.parametrize(("coverage", "seconds"), [({}, 1), (ALL_INPUT, 4)])
async def test_item_55_whether_silence_belongs_to_it(
    client: Raw, coverage: dict[str, str], seconds: int
) -> None:
    await client.setup(realtimeInputConfig=coverage)
    await client.audio(silence(2.15))
    await client.speak(1)
    assert prompt_tokens(await client.turn())["AUDIO"] == pytest.approx(25 * seconds, abs=1)


async def test_item_56_without_interruption_speech_is_the_next_turn(
    service: Service, client: Raw, script: Script
) -> None:
    script.word_ms = 200
    service.temper = replace(INSTANT, pace=1)
    await client.setup(realtimeInputConfig={"activityHandling": "NO_INTERRUPTION"})
    await client.say(("user", "hello"))
    await client.until(lambda message: bool(sound([message])))
    await client.speak()
    rest = kinds(await client.turn())
    assert "interrupted" not in rest
    assert "generationComplete" in rest
    assert sound(await client.turn())
    assert [prompt.text for prompt in script.prompts] == ["hello", "hello there"]


async def test_item_57_noise_gets_no_answer(client: Raw, script: Script) -> None:
    script.words = ""
    await client.setup(inputAudioTranscription={})
    await client.speak()
    messages = await client.until(lambda message: "waitingForInput" in content(message))
    assert kinds(messages) == ["voiceActivity", "voiceActivity", "waitingForInput"]
    await quiet(client)


async def test_item_57_google_genai_reads_waiting_for_input(
    service: Service, script: Script
) -> None:
    script.words = ""
    async with genai_client(service).aio.live.connect(model=MODEL) as session:
        for pcm in (tone(0.2), silence(1)):
            await session.send_realtime_input(audio={"data": pcm, "mime_type": "audio/pcm"})
        async for message in session.receive():
            if message.server_content and message.server_content.waiting_for_input:
                break
