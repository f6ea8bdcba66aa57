"""Section B: the setup, what is accepted and with which words it is refused."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from google import genai
from google.genai import errors, types

from offline.gemini.server import Service
from offline.gemini.temper import INSTANT
from tests.conformance.clients import (
    DEV,
    INVALID,
    MODEL,
    MODEL_25,
    MODEL_31,
    MODEL_SLOW,
    MODEL_TEXT,
    MODEL_VERTEX,
    VERTEX,
    Message,
    Raw,
    Script,
    content,
    genai_client,
    kinds,
    parts,
    raw,
    tool,
    tools,
)
from tests.conformance.plugin import PLUGIN_WARNS, plugged
from tests.conformance.tokens import create_token, post_token

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
    assert 0.04 <= time.monotonic() - began < 0.35


async def test_item_20_38_gives_one_handle_a_connection(service: Service, client: Raw) -> None:
    service.temper = replace(INSTANT, handle_ms=20)
    await client.setup(sessionResumption={})
    ready = time.monotonic()
    update = (await client.next())["sessionResumptionUpdate"]
    assert isinstance(update, dict)
    assert len(update["newHandle"]) == 36
    assert update["resumable"] is True
    assert time.monotonic() - ready > 0.015
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


@pytest.mark.parametrize(
    ("field", "name", "path"),
    [
        ({"wrong": 1}, "wrong", "setup"),
        ({"generationConfig": {"colour": 1}}, "colour", "setup.generation_config"),
        ({"sessionResumption": {"transparent": True}}, "transparent", "setup.session_resumption"),
        ({"tools": [{"hammer": {}}]}, "hammer", "setup.tools[0]"),
    ],
)
async def test_item_24_unknown_fields_are_named(
    client: Raw, field: dict[str, object], name: str, path: str
) -> None:
    await client.send(setup={"model": MODEL} | field)
    sentence = f"Invalid JSON payload received. Unknown name \"{name}\" at '{path}': "
    assert await client.closed() == (1007, f"{sentence}Cannot find field."[:123])


async def test_item_24_lenient_mode_overlooks_them(service: Service, client: Raw) -> None:
    service.temper = replace(INSTANT, strict=False)
    assert await client.setup(wrong=1) == READY


@pytest.mark.parametrize(
    ("model", "field"),
    [
        (MODEL, {"generationConfig": {"thinkingConfig": {"thinkingLevel": "LOW"}}}),
        (MODEL_SLOW, {"tools": tools(tool(behavior="BLOCKING"))}),
        (MODEL, {"proactivity": {"proactiveAudio": False}}),
        (MODEL_31, {"generationConfig": {"enableAffectiveDialog": True}}),
    ],
)
async def test_item_25_what_a_family_does_not_take(
    client: Raw, model: str, field: dict[str, object]
) -> None:
    await client.send(setup={"model": model} | field)
    assert await client.closed() == INVALID


@pytest.mark.parametrize(
    ("model", "field"),
    [
        (MODEL_SLOW, {"generationConfig": {"thinkingConfig": {"thinkingLevel": "LOW"}}}),
        (MODEL, {"tools": tools(tool(behavior="BLOCKING"))}),
        (MODEL_25, {"proactivity": {"proactiveAudio": False}}),
        (MODEL_25, {"generationConfig": {"enableAffectiveDialog": True}}),
    ],
)
async def test_item_25_what_another_family_takes(
    client: Raw, model: str, field: dict[str, object]
) -> None:
    assert await client.setup(model, **field) == READY


@pytest.mark.parametrize(
    "name",
    [
        "responseLogprobs",
        "logprobs",
        "responseMimeType",
        "responseSchema",
        "stopSequences",
        "routingConfig",
        "audioTimestamp",
    ],
)
async def test_item_26_generation_fields_that_live_does_not_have(client: Raw, name: str) -> None:
    await client.send(setup={"model": MODEL, "generationConfig": {name: {}}})
    assert await client.closed() == INVALID


async def test_item_27_google_genais_full_configuration_is_taken(service: Service) -> None:
    config = types.LiveConnectConfig(
        response_modalities=[types.Modality.AUDIO],
        temperature=0.5,
        media_resolution=types.MediaResolution.MEDIA_RESOLUTION_LOW,
        speech_config=types.SpeechConfig(
            language_code="en-US",
            voice_config=types.VoiceConfig(
                prebuilt_voice_config=types.PrebuiltVoiceConfig(voice_name="Puck")
            ),
        ),
        thinking_config=types.ThinkingConfig(include_thoughts=True),
        system_instruction="Be kind.",
        tools=[
            types.Tool(google_search=types.GoogleSearch()),
            types.Tool(code_execution=types.ToolCodeExecution()),
        ],
        realtime_input_config=types.RealtimeInputConfig(
            automatic_activity_detection=types.AutomaticActivityDetection(
                start_of_speech_sensitivity=types.StartSensitivity.START_SENSITIVITY_LOW,
                prefix_padding_ms=20,
                silence_duration_ms=500,
            ),
            activity_handling=types.ActivityHandling.NO_INTERRUPTION,
            turn_coverage=types.TurnCoverage.TURN_INCLUDES_ALL_INPUT,
        ),
        session_resumption=types.SessionResumptionConfig(),
        context_window_compression=types.ContextWindowCompressionConfig(
            trigger_tokens=104_857, sliding_window=types.SlidingWindow(target_tokens=52_428)
        ),
        input_audio_transcription=types.AudioTranscriptionConfig(),
        output_audio_transcription=types.AudioTranscriptionConfig(),
        proactivity=types.ProactivityConfig(proactive_audio=True),
        history_config=types.HistoryConfig(initial_history_in_client_content=True),
    )
    async with genai_client(service).aio.live.connect(model=MODEL, config=config):
        assert service.accounts[0].at("setup_complete")


@pytest.mark.parametrize("tokens", [1000, "1000"])
async def test_item_28_int64_as_string_or_number(client: Raw, tokens: object) -> None:
    compression = {"trigger_tokens": tokens, "sliding_window": {"target_tokens": tokens}}
    assert await client.setup(contextWindowCompression=compression) == READY


async def test_item_28_no_other_string_is_a_number(client: Raw) -> None:
    await client.send(setup={"model": MODEL, "contextWindowCompression": {"triggerTokens": "x"}})
    assert await client.closed() == INVALID


@pytest.mark.parametrize(
    ("mask", "model", "declared"),
    [
        (None, MODEL_SLOW, False),
        ("model", MODEL_SLOW, True),
        ("tools", MODEL, False),
        ("generation_config.temperature", MODEL, True),
    ],
    ids=["replaces", "model", "tools", "nested"],
)
async def test_item_29_a_tokens_setup_goes_over_the_clients(
    service: Service, script: Script, mask: str | None, model: str, declared: bool
) -> None:
    setup = {"model": MODEL_SLOW, "generationConfig": {"temperature": 1}}
    more = {"fieldMask": mask} if mask else {}
    token = await create_token(service, bidiGenerateContentSetup=setup, **more)
    path = f"{DEV.format('v1alpha')}Constrained?access_token={token}"
    async with raw(service, path, {}) as client:
        await client.setup(tools=tools(tool()))
        await client.say(("user", "hello"))
        await client.until(
            lambda message: (
                content(message).get("interactionStatus") != "IN_PROGRESS"
                and "turnComplete" in content(message)
            )
        )
    assert service.accounts[0].model == model
    assert bool(script.prompts[0].tools) is declared


async def test_item_30_a_token_is_good_for_its_uses(service: Service) -> None:
    token = await create_token(service, uses=1)
    path = f"{DEV.format('v1alpha')}Constrained?access_token={token}"
    async with raw(service, path, {}) as client:
        await client.setup(sessionResumption={})
        update = (await client.next())["sessionResumptionUpdate"]
        assert isinstance(update, dict)
    async with raw(service, path, {}) as client:
        resume = {"handle": update["newHandle"]}
        assert await client.setup(sessionResumption=resume) == READY
    async with raw(service, path, {}) as client:
        await client.send(setup={"model": MODEL})
        assert (await client.closed())[0] == 1008


@pytest.mark.parametrize("field", ["expireTime", "newSessionExpireTime"])
async def test_item_30_a_token_expires(service: Service, field: str) -> None:
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    token = await create_token(service, **{field: past})
    path = f"{DEV.format('v1alpha')}Constrained?access_token={token}"
    async with raw(service, path, {}) as client:
        await client.send(setup={"model": MODEL})
        assert (await client.closed())[0] == 1008


async def test_item_30_a_token_ends_a_session_that_outlives_it(service: Service) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=0.3)).isoformat()
    token = await create_token(service, expireTime=soon)
    path = f"{DEV.format('v1alpha')}Constrained?access_token={token}"
    async with raw(service, path, {}) as client:
        assert await client.setup() == READY
        assert (await client.closed())[0] == 1008


async def test_item_30_no_token_lives_for_a_day(service: Service) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(hours=24)).isoformat()
    status, answer = await post_token(service, expireTime=tomorrow)
    assert status == 400
    assert isinstance(answer["error"], dict)


@pytest.mark.filterwarnings("ignore:The SDK's ephemeral token support is experimental")
@pytest.mark.filterwarnings("ignore:The SDK's token creation implementation is experimental")
@pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession:DeprecationWarning")
async def test_item_30_google_genai_makes_tokens(service: Service) -> None:
    client: genai.Client = genai_client(service, version="v1alpha")
    token = await client.aio.auth_tokens.create(config=types.CreateAuthTokenConfig(uses=1))
    assert token.name is not None
    assert token.name.startswith("auth_tokens/")
