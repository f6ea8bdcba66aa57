"""Section B: the setup, what is accepted and with which words it is refused."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import replace

import pytest
from google.genai import errors

from offline.gemini.server import Service
from offline.gemini.temper import INSTANT
from tests.conformance.clients import (
    INVALID,
    MODEL,
    MODEL_25,
    MODEL_TEXT,
    MODEL_VERTEX,
    VERTEX,
    Message,
    Raw,
    Script,
    genai_client,
    kinds,
    parts,
    raw,
)
from tests.conformance.plugin import PLUGIN_WARNS, plugged
from tests.conformance.virtual import Virtual

READY: Message = {"setupComplete": {}}

PLUGIN_SETUP: Mapping[str, object] = {
    "model": MODEL_25,
    "generationConfig": {
        "candidate_count": 1,
        "responseModalities": ["AUDIO"],
        "speechConfig": {"voice_config": {"prebuilt_voice_config": {"voice_name": "Puck"}}},
    },
    "systemInstruction": {"parts": [{"text": "You are X"}]},
    "tools": [
        {
            "functionDeclarations": [
                {
                    "description": "Get weather.",
                    "name": "get_weather",
                    "parameters": {
                        "properties": {"city_name": {"description": "city", "type": "STRING"}},
                        "property_ordering": ["city_name"],
                        "required": ["city_name"],
                        "type": "OBJECT",
                    },
                }
            ]
        }
    ],
    "sessionResumption": {},
    "inputAudioTranscription": {},
    "outputAudioTranscription": {},
}


async def test_item_16_nothing_comes_before_the_setup(client: Raw) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.socket.recv(), 0.05)


async def test_item_17_the_first_message_must_be_the_setup(client: Raw) -> None:
    await client.text("hello")
    assert await client.closed() == INVALID


async def test_item_17_a_second_setup_is_refused(client: Raw) -> None:
    await client.setup()
    await client.send(setup={"model": MODEL})
    assert await client.closed() == INVALID


async def test_item_18_vertex_names_the_session(service: Service) -> None:
    async with raw(service, VERTEX, {"Authorization": "Bearer t"}) as client:
        ready = await client.setup(MODEL_VERTEX)
    session = ready["setupComplete"]
    assert isinstance(session, dict)
    assert re.fullmatch(r"[0-9a-f-]{36}", session["sessionId"])


async def test_item_18_the_developer_api_does_not(client: Raw) -> None:
    assert await client.setup() == READY


async def test_item_19_setup_takes_its_time(service: Service, client: Raw) -> None:
    service.temper = replace(INSTANT, setup_ms=40)
    began = time.monotonic()
    await client.setup()
    assert time.monotonic() - began >= 0.04


def test_item_19_setup_takes_200_to_350_ms_and_the_handle_100_more(script: Script) -> None:
    connection = Virtual(script, sessionResumption={})
    connection.run(1)
    [ready], [handle] = (
        connection.times("setupComplete"),
        connection.times("sessionResumptionUpdate"),
    )
    assert 0.2 <= ready <= 0.35
    assert handle - ready == pytest.approx(0.1)


async def test_item_20_38_gives_one_handle_a_connection(client: Raw) -> None:
    await client.setup(sessionResumption={})
    update = (await client.next())["sessionResumptionUpdate"]
    assert isinstance(update, dict)
    assert len(update["newHandle"]) == 36
    assert update["resumable"] is True
    await client.say(("user", "hello"))
    assert "sessionResumptionUpdate" not in kinds(await client.turn())


async def test_item_20_25_gives_one_a_turn_and_none_while_busy(client: Raw) -> None:
    await client.setup(MODEL_25, sessionResumption={})
    first = await client.next()
    await client.say(("user", "hello"))
    busy, *_ = await client.turn()
    assert busy == {"sessionResumptionUpdate": {}}
    second = await client.next()
    assert kinds([first, second]) == ["sessionResumptionUpdate"] * 2
    assert first != second


async def test_item_21_takes_the_plugins_setup_as_recorded(
    service: Service, client: Raw, script: Script
) -> None:
    await client.send(setup=PLUGIN_SETUP)
    assert await client.next() == READY
    await client.say(("user", "hello"))
    await client.turn()
    [declared] = script.prompts[0].tools
    properties = declared.parameters["properties"]
    assert isinstance(properties, dict)
    assert list(properties) == ["city_name"]
    assert service.accounts[0].setup == {"setup": PLUGIN_SETUP}


async def test_item_21_snake_case_is_as_good_at_every_level(client: Raw, script: Script) -> None:
    detection = {"disabled": False, "silence_duration_ms": 100, "prefix_padding_ms": 20}
    await client.send(
        setup={
            "model": MODEL,
            "generation_config": {"response_modalities": ["AUDIO"], "top_p": 0.5},
            "realtime_input_config": {"automatic_activity_detection": detection},
            "output_audio_transcription": {},
            "context_window_compression": {"sliding_window": {"target_tokens": "5"}},
        }
    )
    assert await client.next() == READY
    await client.send(client_content={"turns": [], "turn_complete": True})
    assert "outputTranscription" in kinds(await client.turn())


@PLUGIN_WARNS
async def test_item_21_the_plugin_itself_gets_in(service: Service) -> None:
    async with plugged(service) as session:
        await session.ready()
    setup = service.accounts[0].setup
    assert setup is not None
    assert service.accounts[0].at("setup_complete")


@pytest.mark.parametrize("model", [MODEL, MODEL.removeprefix("models/")])
async def test_item_22_models_with_or_without_prefix(client: Raw, model: str) -> None:
    assert await client.setup(model) == READY


@pytest.mark.parametrize("model", ["models/gemini-9", "models/gemini-2.0-flash-live-001"])
async def test_item_22_unknown_and_retired_models_are_not_found(
    service: Service, model: str
) -> None:
    begins = rf"1008 None\. {model} is not found for API version v1, or is not supported for bidi"
    with pytest.raises(errors.APIError, match=begins):
        async with genai_client(service).aio.live.connect(model=model):
            pass


async def test_item_23_without_modalities_the_answer_is_audio(client: Raw) -> None:
    await client.setup()
    await client.say(("user", "hello"))
    assert "inlineData" in parts(await client.turn())[0]


async def test_item_23_native_audio_does_not_write(client: Raw) -> None:
    await client.send(setup={"model": MODEL, "generationConfig": {"responseModalities": ["TEXT"]}})
    code, reason = await client.closed()
    assert code == 1007
    assert reason.startswith("The requested combination of response modalities (TEXT) is not")


async def test_item_23_one_modality_at_a_time(client: Raw) -> None:
    both = {"responseModalities": ["AUDIO", "TEXT"]}
    await client.send(setup={"model": MODEL_TEXT, "generationConfig": both})
    assert await client.closed() == INVALID
