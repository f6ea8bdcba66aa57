"""Section F: what a reply does when it is cut off."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from offline.gemini.server import Service
from offline.gemini.temper import INSTANT
from tests.conformance.clients import (
    MODEL,
    MODEL_25,
    MODEL_31,
    Raw,
    Script,
    begin_story,
    call,
    call_ids,
    kinds,
    quiet,
    silence,
    sound,
    tone,
    tool,
    tools,
    words,
)
from tests.conformance.plugin import PLUGIN_WARNS, plugged
from tests.conformance.virtual import greeted


async def test_item_70_a_voice_stops_the_reply_at_once(
    service: Service, client: Raw, script: Script
) -> None:
    service.temper = replace(INSTANT, interrupted_ms=10)
    await client.setup()
    await begin_story(client, service, script)
    await client.audio(tone(0.01))
    rest = await client.turn()
    at = kinds(rest).index("voiceActivity")
    assert kinds(rest[at:]) == ["voiceActivity", "interrupted", "turnComplete"]
    assert "usageMetadata" in rest[-1]
    account = service.accounts[0]
    assert account.at("generation_complete") == []
    assert account.at("interrupted") == account.at("activity_start")
    assert account.at("turn_complete")[0] - account.at("interrupted")[0] >= 0.01


@PLUGIN_WARNS
async def test_item_70_the_plugin_hears_the_interruption(service: Service, script: Script) -> None:
    service.temper = replace(INSTANT, pace=1)
    script.word_ms = 400
    async with plugged(service) as session:
        await session.ready()
        session.session.generate_reply()
        reading = asyncio.create_task(session.generation())
        await session.sounding.wait()
        session.push(tone(0.1))
        heard = await reading
        assert session.speech_started == 1
        assert len(heard.audio) < 2 * 48_000
        session.push(silence(1))
        assert (await session.generation()).text == "All is well here today."


async def test_item_71_between_the_last_chunk_and_the_end_of_playback(
    client: Raw, script: Script
) -> None:
    script.word_ms = 200
    await client.setup()
    await client.say(("user", "hello"))
    await client.until(lambda message: kinds([message]) == ["generationComplete"])
    await client.audio(tone(0.05))
    rest = kinds(await client.turn())
    assert rest == ["voiceActivity", "interrupted", "turnComplete"]


async def test_item_71_after_turn_complete_there_is_nothing_to_interrupt(client: Raw) -> None:
    await client.setup()
    await client.say(("user", "hello"))
    await client.turn()
    await client.audio(tone(0.05))
    assert kinds([await client.next()]) == ["voiceActivity"]
    await quiet(client)


def test_item_70_turn_complete_follows_within_30_ms(script: Script) -> None:
    connection = greeted(script, ago=0.5)
    connection.hear(tone(0.3))
    [cut], [start] = connection.times("interrupted"), connection.times("voiceActivity")
    assert cut == start
    assert 0.001 <= connection.times("turnComplete")[0] - cut <= 0.03


def test_item_72_text_interrupts_after_14_to_16_ms(script: Script) -> None:
    connection = greeted(script, ago=0.5)
    sent = connection.now
    connection.send(realtimeInput={"text": "stop"})
    connection.run(1)
    assert 0.014 <= connection.times("interrupted")[0] - sent <= 0.016


async def test_item_72_text_interrupts_on_the_wire(
    service: Service, client: Raw, script: Script
) -> None:
    service.temper = replace(INSTANT, text_interrupt_ms=15)
    await client.setup()
    await begin_story(client, service, script)
    sent = time.monotonic()
    await client.text("stop")
    await client.turn()
    assert service.accounts[0].at("interrupted")[0] - sent >= 0.015


async def test_item_72_content_interrupts_in_the_same_moment(
    service: Service, client: Raw, script: Script
) -> None:
    service.temper = replace(INSTANT, text_interrupt_ms=15)
    await client.setup()
    await begin_story(client, service, script)
    await client.say(("user", "stop"))
    await client.turn()
    account = service.accounts[0]
    assert account.at("interrupted") == account.at("client_content")[1:]


def test_item_72_of_turns_typed_while_a_reply_is_cut_the_last_is_answered(script: Script) -> None:
    connection = greeted(script, ago=0.5)
    for typed in ("first", "second", "third"):
        connection.say(typed)
        connection.run(0.002)
    connection.run(5)
    asked = [prompt.text for prompt in script.prompts]
    assert asked[1:] == ["third"]
    assert [turn["text"] for turn in connection.account.turns][-4:-1] == [
        "first",
        "second",
        "third",
    ]


async def test_item_73_history_keeps_what_was_delivered(
    service: Service, client: Raw, script: Script
) -> None:
    await client.setup(outputAudioTranscription={})
    begun = await begin_story(client, service, script)
    await client.audio(tone(0.01))
    delivered = "".join(words(begun + await client.turn()))
    assert delivered.startswith("Here is")
    assert [turn["text"] for turn in service.accounts[0].turns] == ["story", delivered]


@pytest.mark.parametrize(
    ("model", "behavior", "says", "kept"),
    [
        (MODEL, "NON_BLOCKING", False, True),
        (MODEL, "BLOCKING", False, False),
        (MODEL_25, "BLOCKING", True, False),
        (MODEL_31, "BLOCKING", True, False),
    ],
)
async def test_item_74_pending_calls_in_the_familys_way(
    client: Raw, script: Script, model: str, behavior: str, says: bool, kept: bool
) -> None:
    script.answers["time"] = (call(),)
    script.word_ms = 200
    await client.setup(model, tools=tools(tool(behavior=behavior)))
    await client.say(("user", "time"))
    [id_] = call_ids((await client.until(lambda message: "toolCall" in message))[-1])
    if kept:
        await client.turn()
    await client.say(("user", "never mind"))
    if kept:
        await client.until(lambda message: bool(sound([message])))
    else:
        cut = await client.turn()
        cancelled = {"toolCallCancellation": {"ids": [id_]}}
        assert (cancelled in cut) is says
    await client.text("stop")
    await client.until(lambda message: kinds([message]) == ["interrupted"])
    await client.turn()
    await client.turn()
    await client.respond(id_)
    if kept:
        assert sound(await client.turn())
    else:
        await quiet(client)
