"""Section E: what the model sends, in which pieces, order and time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from google.genai import types

from offline.gemini.server import Service
from offline.gemini.temper import INSTANT
from offline.gemini.thought import Say
from tests.conformance.clients import (
    MODEL,
    MODEL_25,
    MODEL_31,
    MODEL_SLOW,
    MODEL_TEXT,
    Raw,
    Script,
    call,
    content,
    genai_client,
    kinds,
    parts,
    sound,
    tools,
    words,
)
from tests.conformance.clients import tool as declared
from tests.conformance.plugin import PLUGIN_WARNS, plugged
from tests.conformance.virtual import greeted

SENTENCES = "This is one sentence of seven words. And this, which follows it, is another one."
GRID = 1920


async def spoken(client: Raw, text: str = "hello") -> list[dict[str, object]]:
    await client.say(("user", text))
    return await client.turn()


async def test_item_58_chunks_lie_on_the_grid_and_the_first_is_short(
    client: Raw, script: Script
) -> None:
    script.word_ms = 200
    await client.setup()
    sizes = [len(chunk) for chunk in sound(await spoken(client))]
    assert sizes[0] == 120 * 48
    assert all(size % GRID == 0 and size <= 32_768 for size in sizes)


async def test_item_58_sound_is_24_khz(client: Raw) -> None:
    await client.setup()
    inline = parts(await spoken(client))[0]["inlineData"]
    assert isinstance(inline, dict)
    assert inline["mimeType"] == "audio/pcm;rate=24000"


def test_item_58_sound_comes_four_times_faster_than_it_plays(script: Script) -> None:
    connection = greeted(script, ago=5)
    times = connection.times("modelTurn")
    last = 0.12 + 7 * 0.32
    assert times[-1] - times[0] == pytest.approx(last / 4, abs=0.001)


async def test_item_59_the_developer_api_names_no_role(client: Raw) -> None:
    await client.setup()
    turns = [content(one)["modelTurn"] for one in await spoken(client) if sound([one])]
    assert all(isinstance(turn, dict) and turn.keys() == {"parts"} for turn in turns)


async def test_item_60_words_come_in_fragments_with_the_sound(client: Raw, script: Script) -> None:
    script.answers["hello"] = (Say(text=SENTENCES),)
    script.word_ms = 100
    await client.setup(outputAudioTranscription={})
    messages = await spoken(client)
    fragments = words(messages)
    assert "".join(fragments) == SENTENCES
    assert all(2 <= len(one.split()) <= 5 for one in fragments)
    assert all(one.startswith(" ") for one in fragments[1:])
    order = kinds(messages)
    assert order[:2] == ["modelTurn", "outputTranscription"]
    assert "outputTranscription" not in order[order.index("generationComplete") :]


async def test_item_60_no_words_unless_asked_for(client: Raw) -> None:
    await client.setup()
    assert words(await spoken(client)) == []


@pytest.mark.parametrize(
    ("model", "together"), [(MODEL, True), (MODEL_31, True), (MODEL_25, False)]
)
async def test_item_61_3x_may_put_sound_and_words_in_one_message(
    service: Service, client: Raw, model: str, together: bool
) -> None:
    service.temper = replace(INSTANT, combine=True)
    await client.setup(model, outputAudioTranscription={})
    messages = await spoken(client)
    assert ("modelTurn+outputTranscription" in kinds(messages)) is together
    assert "".join(words(messages)) == "All is well here today."


@PLUGIN_WARNS
async def test_item_61_the_plugin_takes_both_out_of_one_message(service: Service) -> None:
    service.temper = replace(INSTANT, combine=True)
    async with plugged(service) as session:
        await session.ready()
        session.session.generate_reply()
        heard = await session.generation()
    assert heard.text == "All is well here today."
    assert len(heard.audio) == 120 * 48


async def test_item_62_generation_complete_is_alone_and_last(client: Raw) -> None:
    await client.setup(outputAudioTranscription={})
    order = kinds(await spoken(client))
    assert order[-2:] == ["generationComplete", "turnComplete"]
    assert order.count("generationComplete") == 1


def test_item_62_it_comes_within_50_ms_of_the_last_chunk(script: Script) -> None:
    connection = greeted(script, ago=5)
    [complete] = connection.times("generationComplete")
    assert 0 < complete - connection.times("modelTurn")[-1] <= 0.05


def test_item_63_turn_complete_comes_when_the_sound_has_played(script: Script) -> None:
    connection = greeted(script, ago=5)
    [done] = connection.times("turnComplete")
    assert done - connection.times("modelTurn")[0] == pytest.approx(2.52, abs=0.001)
    assert connection.times("generationComplete")[0] < done


async def test_item_63_it_does_so_on_the_wire(
    service: Service, client: Raw, script: Script
) -> None:
    script.word_ms = 80
    await client.setup()
    await spoken(client)
    account = service.accounts[0]
    assert account.at("turn_complete")[0] - account.at("first_audio")[0] >= 0.4


async def test_item_64_usage_comes_with_turn_complete_and_adds_up(client: Raw) -> None:
    await client.setup()
    counts = []
    for _ in range(2):
        usage = (await spoken(client))[-1]["usageMetadata"]
        assert isinstance(usage, dict)
        assert usage["totalTokenCount"] == usage["promptTokenCount"] + usage["responseTokenCount"]
        assert usage["responseTokensDetails"] == [{"modality": "AUDIO", "tokenCount": 3}]
        counts.append(usage["promptTokenCount"])
    # The second prompt holds the first question, the first answer and the second question.
    assert counts[1] == counts[0] + 3 + 2


async def test_item_64_google_genai_reads_the_modalities(service: Service) -> None:
    async with genai_client(service).aio.live.connect(model=MODEL) as session:
        await session.send_realtime_input(text="hello")
        usage = [message async for message in session.receive()][-1].usage_metadata
    assert usage is not None
    assert usage.prompt_tokens_details is not None
    assert [one.modality for one in usage.prompt_tokens_details] == [types.MediaModality.TEXT]
    assert usage.response_token_count == 3


async def test_item_65_thoughts_code_and_sources_come_where_they_were_asked_for(
    client: Raw,
) -> None:
    await client.setup(
        generationConfig={"thinkingConfig": {"includeThoughts": True}},
        tools=[{"googleSearch": {}}, {"codeExecution": {}}],
    )
    messages = await spoken(client, "search for code")
    found = parts(messages)
    assert found[0]["thought"] is True
    assert [next(iter(part)) for part in found[1:3]] == ["executableCode", "codeExecutionResult"]
    assert "groundingMetadata" in kinds(messages)


async def test_item_65_the_2_5_family_searches_by_code(client: Raw) -> None:
    await client.setup(model=MODEL_25, tools=[{"googleSearch": {}}])
    messages = await spoken(client, "search for cats")
    shown = [next(iter(part)) for part in parts(messages) if "inlineData" not in part]
    assert shown == ["executableCode", "codeExecutionResult"]
    found = kinds(messages)
    assert found.index("groundingMetadata") < found.index("generationComplete")


@PLUGIN_WARNS
async def test_item_65_the_plugin_survives_them(service: Service) -> None:
    thinking = types.ThinkingConfig(include_thoughts=True)
    async with plugged(service, thinking_config=thinking) as session:
        await session.ready()
        session.session.generate_reply()
        heard = await session.generation()
    assert heard.text == "All is well here today."
    assert session.errors == []


async def test_item_66_empty_messages_come_in_between(service: Service) -> None:
    async with genai_client(service).aio.live.connect(model=MODEL) as session:
        await session.send_realtime_input(text="hello")
        found = [message async for message in session.receive()]
    empty = [message.model_dump(exclude_none=True) for message in found]
    assert {} in empty
    assert {"server_content": {}} in empty


async def test_item_67_a_reason_comes_with_an_abnormal_end_only(
    client: Raw, script: Script
) -> None:
    script.answers["break"] = (call("undeclared"),)
    await client.setup(tools=tools(declared()))
    *before, last = await spoken(client, "break")
    assert content(last)["turnCompleteReason"] == "MALFORMED_FUNCTION_CALL"
    normal = await spoken(client)
    assert not any("turnCompleteReason" in content(one) for one in [*before, *normal])


async def test_item_68_text_comes_as_parts(client: Raw) -> None:
    await client.setup(MODEL_TEXT, generationConfig={"responseModalities": ["TEXT"]})
    messages = await spoken(client)
    assert "".join(str(part["text"]) for part in parts(messages)) == "All is well here today."
    assert kinds(messages)[-2:] == ["generationComplete", "turnComplete"]
    assert sound(messages) == []


async def test_item_68_google_genai_reads_it_as_text(service: Service) -> None:
    config = types.LiveConnectConfig(response_modalities=[types.Modality.TEXT])
    async with genai_client(service).aio.live.connect(model=MODEL_TEXT, config=config) as session:
        await session.send_realtime_input(text="hello")
        assert "".join([message.text or "" async for message in session.receive()]) == (
            "All is well here today."
        )


async def test_item_69_fillers_are_in_progress_and_the_answer_is_idle(client: Raw) -> None:
    await client.setup(MODEL_SLOW, outputAudioTranscription={})
    filler, answer = await spoken(client), await client.turn()
    assert content(filler[-1])["interactionStatus"] == "IN_PROGRESS"
    assert content(answer[-1])["interactionStatus"] == "IDLE"
    assert "".join(words(answer)) == "All is well here today."


async def test_item_69_google_genai_reads_on_to_the_answer(service: Service) -> None:
    config = types.LiveConnectConfig(output_audio_transcription=types.AudioTranscriptionConfig())
    async with genai_client(service).aio.live.connect(model=MODEL_SLOW, config=config) as session:
        await session.send_realtime_input(text="hello")
        contents = [one.server_content async for one in session.receive() if one.server_content]
    said = [one.output_transcription.text or "" for one in contents if one.output_transcription]
    assert "".join(said).endswith("All is well here today.")
    assert len([one for one in contents if one.turn_complete]) == 2
