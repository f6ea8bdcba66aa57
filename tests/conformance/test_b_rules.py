"""Section B, continued: what each family takes and refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from google.genai import types

from offline.gemini.server import Service
from offline.gemini.temper import INSTANT
from tests.conformance.clients import (
    INVALID,
    MODEL,
    MODEL_25,
    MODEL_31,
    MODEL_SLOW,
    Message,
    Raw,
    genai_client,
    tool,
    tools,
)

READY: Message = {"setupComplete": {}}


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
