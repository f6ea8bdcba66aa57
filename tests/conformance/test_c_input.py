"""Section C: what the client sends, and what it does to the turn."""

from __future__ import annotations

import base64
from dataclasses import replace

import numpy as np
import pytest
from google.genai import types

from offline.gemini.server import Service
from offline.gemini.temper import INSTANT
from tests.conformance.clients import (
    MODEL,
    Raw,
    Script,
    begin_story,
    genai_client,
    kinds,
    picture,
    quiet,
    raw,
    silence,
    sound,
    tone,
)

MANUAL = {"automaticActivityDetection": {"disabled": True}}


@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
async def test_item_31_base64_of_any_kind(
    service: Service, client: Raw, encode: object, padded: bool
) -> None:
    await client.setup()
    data = encode(b"\xff\xd8\xfb\xff").decode()  # type: ignore[operator]
    data = data if padded else data.rstrip("=")
    await client.send(realtimeInput={"video": {"data": data, "mimeType": "image/jpeg"}})
    await client.say(("user", "hello"))
    await client.turn()
    assert service.accounts[0].picture(0) == b"\xff\xd8\xfb\xff"


async def test_item_31_google_genai_sends_the_url_safe_kind(service: Service) -> None:
    async with genai_client(service).aio.live.connect(model=MODEL) as session:
        blob = types.Blob(data=b"\xff\xd8\xfb\xff", mime_type="image/jpeg")
        await session.send_realtime_input(video=blob)
        await session.send_realtime_input(text="hello")
        assert [message async for message in session.receive()]
    assert service.accounts[0].picture(0) == b"\xff\xd8\xfb\xff"


@pytest.mark.parametrize(
    ("mime", "rate"),
    [
        ("audio/pcm;rate=16000", 16_000),
        ("audio/pcm", 16_000),
        ("audio/pcm;rate=48000", 48_000),
        ("audio/pcm;rate=44100", 44_100),
    ],
)
async def test_item_32_any_rate_becomes_16_khz(
    service: Service, client: Raw, script: Script, mime: str, rate: int
) -> None:
    await client.setup(inputAudioTranscription={})
    pcm = tone(0.5, rate=rate) + silence(1, rate=rate)
    for at in range(0, len(pcm), 998):
        await client.audio(pcm[at : at + 998], mime=mime)
    await client.turn()
    assert service.accounts[0].samples == pytest.approx(24_000, abs=2)
    heard = np.frombuffer(script.heard[0], np.int16)
    assert np.count_nonzero(np.abs(heard) > 1000) == pytest.approx(7600, abs=300)


async def test_item_32_an_odd_byte_is_dropped(service: Service, client: Raw) -> None:
    await client.setup()
    await client.audio(b"\0" * 321)
    await client.say(("user", "hello"))
    await client.turn()
    assert service.accounts[0].samples == 160


async def test_item_33_offsets_count_received_samples(client: Raw) -> None:
    await client.setup()
    await client.audio(silence(1.0))
    await client.speak(0.32)
    start = await client.next()
    assert start == {"voiceActivity": {"type": "ACTIVITY_START", "audioOffset": "1s"}}
    end = (await client.turn())[0]
    assert end == {"voiceActivity": {"type": "ACTIVITY_END", "audioOffset": "1.320s"}}


async def test_item_33_the_clock_continues_across_resumption(service: Service) -> None:
    async with raw(service) as client:
        await client.setup(sessionResumption={})
        update = (await client.next())["sessionResumptionUpdate"]
        assert isinstance(update, dict)
        await client.audio(silence(2.0))
    async with raw(service) as client:
        await client.setup(sessionResumption={"handle": update["newHandle"]})
        await client.next()
        await client.speak()
        start = await client.next()
    assert start == {"voiceActivity": {"type": "ACTIVITY_START", "audioOffset": "2s"}}


@pytest.mark.parametrize(
    ("kind", "mime"), [(".jpg", "image/jpeg"), (".png", "image/png"), (".webp", "image/webp")]
)
async def test_item_34_pictures_of_three_formats(
    service: Service, client: Raw, kind: str, mime: str
) -> None:
    await client.setup()
    await client.picture(picture(kind, width=321, height=123), mime=mime)
    await client.say(("user", "hello"))
    await client.turn()
    [frame] = service.accounts[0].frames
    assert (frame.width, frame.height, frame.mime) == (321, 123, mime)
    assert service.accounts[0].opened < frame.at


async def test_item_34_more_than_one_a_second_is_flagged(service: Service, client: Raw) -> None:
    await client.setup()
    for _ in range(3):
        await client.picture(picture())
    await client.say(("user", "hello"))
    await client.turn()
    assert [frame.early for frame in service.accounts[0].frames] == [False, True, True]


async def test_item_35_pictures_start_nothing(client: Raw) -> None:
    await client.setup()
    await client.picture(picture())
    await quiet(client)


async def test_item_35_pictures_interrupt_nothing(
    service: Service, client: Raw, script: Script
) -> None:
    await client.setup()
    script.word_ms = 100
    await client.say(("user", "hello"))
    await client.next()
    await client.picture(picture())
    assert "interrupted" not in kinds(await client.turn())


async def test_item_36_typed_text_starts_a_turn(client: Raw, script: Script) -> None:
    await client.setup()
    await client.text("good morning")
    await client.turn()
    assert (script.prompts[0].text, script.prompts[0].typed) == ("good morning", True)


async def test_item_36_typed_text_interrupts(service: Service, client: Raw, script: Script) -> None:
    await client.setup()
    await begin_story(client, service, script)
    await client.text("stop")
    assert kinds(await client.turn())[-2:] == ["interrupted", "turnComplete"]
    assert sound(await client.turn())


async def test_item_37_stream_end_ends_the_utterance(client: Raw, script: Script) -> None:
    await client.setup(inputAudioTranscription={})
    await client.audio(tone(0.3))
    await client.send(realtimeInput={"audioStreamEnd": True})
    assert "inputTranscription" in kinds(await client.turn())
    assert script.prompts[0].text == "hello there"


async def test_item_37_without_speech_it_does_nothing(client: Raw) -> None:
    await client.setup()
    await client.audio(silence(0.3))
    await client.send(realtimeInput={"audioStreamEnd": True})
    await quiet(client)


@pytest.mark.parametrize("mark", ["activityStart", "activityEnd"])
async def test_item_38_explicit_activity_needs_manual_mode(client: Raw, mark: str) -> None:
    await client.setup()
    await client.send(realtimeInput={mark: {}})
    sentence = (
        "Explicit activity control is not supported when automatic activity detection is enabled."
    )
    assert await client.closed() == (1007, sentence)


async def test_item_39_manual_mode_hears_between_the_marks(client: Raw, script: Script) -> None:
    await client.setup(realtimeInputConfig=MANUAL)
    await client.audio(tone(0.5))
    await client.send(realtimeInput={"activityStart": {}})
    await client.audio(tone(0.2))
    await quiet(client)
    await client.send(realtimeInput={"activityEnd": {}})
    assert "generationComplete" in kinds(await client.turn())
    assert [len(pcm) for pcm in script.heard] == [6400]


async def test_item_39_a_manual_start_interrupts(
    service: Service, client: Raw, script: Script
) -> None:
    await client.setup(realtimeInputConfig=MANUAL)
    await begin_story(client, service, script)
    await client.send(realtimeInput={"activityStart": {}})
    assert "interrupted" in kinds(await client.turn())


async def test_item_40_media_chunks_are_refused(client: Raw) -> None:
    await client.setup()
    await client.send(realtimeInput={"mediaChunks": [{"data": "", "mimeType": "audio/pcm"}]})
    sentence = "realtime_input.media_chunks is deprecated. Use audio, video, or text instead."
    assert await client.closed() == (1007, sentence)


async def test_item_40_lenient_mode_takes_the_first(service: Service, client: Raw) -> None:
    service.temper = replace(INSTANT, strict=False)
    await client.setup()
    chunk = {"data": base64.b64encode(silence(0.1)).decode(), "mimeType": "audio/pcm"}
    await client.send(realtimeInput={"mediaChunks": [chunk, chunk]})
    await client.say(("user", "hello"))
    await client.turn()
    assert service.accounts[0].samples == 1600
