"""Faults within a conversation: late, torn, empty and malformed turns, calls and messages."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from offline.gemini.server import Service
from offline.gemini.slips import SlowStart
from offline.gemini.temper import INSTANT
from tests.conformance.clients import (
    MODEL_SLOW,
    Message,
    Raw,
    Script,
    begin_story,
    content,
    kinds,
    quiet,
    sound,
    tool,
    tools,
)
from tests.conformance.test_faults_connection import play
from tests.conformance.test_h_lifetime import Life

DONE = ["generationComplete", "turnComplete"]
NON_BLOCKING = tools(tool(behavior="NON_BLOCKING"))


async def asked(service: Service, client: Raw, rule: str, text: str = "hello") -> None:
    """Set up with one rule in force and ask something."""
    play(service, rule)
    await client.setup(tools=NON_BLOCKING, outputAudioTranscription={}, inputAudioTranscription={})
    await client.say(("user", text))


async def answer(client: Raw) -> list[str]:
    return kinds(await client.turn())


@pytest.mark.parametrize("when", ["setting up", "user types"])
async def test_fault_07_the_first_word_is_late(service: Service, client: Raw, when: str) -> None:
    await asked(service, client, f'when = "{when}"\ndo = "slow first word"\nseconds = 0.1')
    await client.turn()
    account = service.accounts[0]
    assert account.at("first_audio")[0] - account.at("client_content")[0] >= 0.1


def test_fault_07_only_as_many_as_were_meant(script: Script) -> None:
    life = Life(script)
    life.suffer(SlowStart(seconds=7, turns=2))
    for _ in range(3):
        life.say("hello")
        life.run(10)
    assert life.times("modelTurn") == [7, 17, 20]


async def test_fault_07_every_first_word_is_late(service: Service, client: Raw) -> None:
    rule = 'when = "setting up"\ndo = "slow first word"\nseconds = 0.05\nturns = 0'
    await asked(service, client, rule)
    await client.turn()
    await client.say(("user", "hello"))
    await client.turn()
    account = service.accounts[0]
    began = account.at("client_content")
    times = zip(began, account.at("first_audio"), strict=True)
    assert min(at - since for since, at in times) >= 0.05


STALL = 'when = "agent speaks"\nspoken = 0.3\ndo = "stall"'


async def test_fault_08_speech_stops_in_mid_sentence_and_goes_on(
    service: Service, client: Raw, script: Script
) -> None:
    play(service, STALL + "\nseconds = 0.4")
    await client.setup()
    await begin_story(client, service, script)
    await client.next()
    await quiet(client, 0.1)
    assert sound(await client.until(lambda message: bool(sound([message]))))


async def test_fault_08_or_never_again_until_it_is_interrupted(
    service: Service, client: Raw, script: Script
) -> None:
    play(service, STALL)
    await client.setup()
    await begin_story(client, service, script)
    await client.next()
    await quiet(client, 0.4)
    await client.text("hello?")
    assert await answer(client) == ["interrupted", "turnComplete"]
    assert sound(await client.turn())


async def test_fault_09_audio_comes_slower_than_life(
    service: Service, client: Raw, script: Script
) -> None:
    script.word_ms = 120
    service.temper = replace(INSTANT, chunk_ms=120)
    await asked(service, client, 'when = "ready"\ndo = "slow speech"\npace = 2')
    found = await client.turn()
    account = service.accounts[0]
    took = account.at("generation_complete")[0] - account.at("first_audio")[0]
    plays = sum(map(len, sound(found))) / 48_000
    assert took >= (plays - 0.24) / 2


async def test_a_minute_of_audio_comes_at_once(
    service: Service, client: Raw, script: Script
) -> None:
    play(service, 'when = "agent speaks"\nspoken = 0.2\ndo = "burst"\nseconds = 60')
    await client.setup()
    await begin_story(client, service, script)
    found = await client.until(lambda one: "generationComplete" in content(one))
    assert sum(map(len, sound(found))) > 60 * 48_000
    account = service.accounts[0]
    assert account.at("generation_complete")[0] - account.at("fault")[0] < 3
    await client.text("enough")
    assert await answer(client) == ["interrupted", "turnComplete"]


async def noted(service: Service, kind: str) -> None:
    """Wait for the service itself to come to that event."""
    account, event = service.accounts[0], asyncio.Event()
    before = account.on_note

    def on_note(noted: str, at: float) -> None:
        if before is not None:
            before(noted, at)
        if noted == kind:
            event.set()

    account.on_note = on_note
    if not account.at(kind):
        await event.wait()


async def marks(service: Service, client: Raw, rule: str) -> list[str]:
    """Hold two turns, the second after the service is done with the first; return all marks."""
    await asked(service, client, rule)
    await noted(service, "turn_complete")
    await client.say(("user", "again"))

    def over(message: Message) -> bool:
        return (
            "turnComplete" in content(message) and len(service.accounts[0].at("turn_complete")) > 1
        )

    found = await client.until(over)
    return [kind for kind in kinds(found) if kind in DONE]


@pytest.mark.parametrize(
    ("what", "left"),
    [
        ("generationComplete", ["turnComplete", *DONE]),
        ("turnComplete", ["generationComplete", *DONE]),
        ("both", DONE),
    ],
)
async def test_fault_10_marks_are_missing_for_one_turn(
    service: Service, client: Raw, what: str, left: list[str]
) -> None:
    assert await marks(service, client, f'when = "ready"\ndo = "withhold"\nwhat = "{what}"') == left


async def test_fault_10_marks_come_late(service: Service, client: Raw) -> None:
    rule = 'when = "ready"\ndo = "delay"\nwhat = "both"\nseconds = 0.1'
    await asked(service, client, rule)
    await client.until(lambda one: "generationComplete" in content(one))
    account, now = service.accounts[0], time.monotonic()
    assert now - account.at("generation_complete")[0] >= 0.1
    assert await answer(client) == ["turnComplete"]


async def test_fault_11_audio_after_the_end_of_generation(service: Service, client: Raw) -> None:
    await asked(service, client, 'when = "agent has generated"\ndo = "speak on"\nseconds = 0.3')
    found = kinds(await client.turn())
    assert found.index("generationComplete") < len(found) - 1 - found[::-1].index("modelTurn")


async def test_fault_19_interrupted_by_nobody(
    service: Service, client: Raw, script: Script
) -> None:
    play(service, 'when = "agent speaks"\nspoken = 0.3\ndo = "interrupt"')
    await client.setup()
    await begin_story(client, service, script)
    assert (await answer(client))[-2:] == ["interrupted", "turnComplete"]
    assert service.accounts[0].turns[-1]["role"] == "model"


async def test_fault_19_interrupted_twice(service: Service, client: Raw, script: Script) -> None:
    play(service, 'when = "agent speaks"\nspoken = 0.3\ndo = "interrupt"\ntimes = 2')
    await client.setup()
    await begin_story(client, service, script)
    assert (await answer(client))[-3:] == ["interrupted", "interrupted", "turnComplete"]


@pytest.mark.parametrize("completes", [True, False])
async def test_fault_19_interrupted_though_nothing_was_said(
    service: Service, client: Raw, completes: bool
) -> None:
    rule = f'when = "ready"\ndo = "interrupt"\ncompletes = {str(completes).lower()}'
    play(service, rule)
    await client.setup()
    assert kinds([await client.next()]) == ["interrupted"]
    if completes:
        assert kinds([await client.next()]) == ["turnComplete"]
    await quiet(client)
    await client.say(("user", "hello"))
    assert sound(await client.turn())


async def test_fault_19_interrupted_and_never_complete(
    service: Service, client: Raw, script: Script
) -> None:
    play(service, 'when = "agent speaks"\nspoken = 0.3\ndo = "interrupt"\ncompletes = false')
    await client.setup()
    await begin_story(client, service, script)
    await client.until(lambda one: "interrupted" in content(one))
    await quiet(client, 0.05)


@pytest.mark.parametrize("when", ["ready", "user types"])
async def test_fault_22_a_turn_without_content(service: Service, client: Raw, when: str) -> None:
    await asked(service, client, f'when = "{when}"\ndo = "empty turn"')
    assert await answer(client) == ["turnComplete"]
    await client.say(("user", "hello"))
    assert sound(await client.turn())


async def test_fault_22_an_empty_turn_follows_one_that_is_not(
    service: Service, client: Raw
) -> None:
    await asked(service, client, 'when = "agent speaks"\ndo = "empty turn"')
    assert (await answer(client))[-2:] == DONE
    await client.say(("user", "hello"))
    assert await answer(client) == ["turnComplete"]


async def test_fault_07_a_slow_thinker_still_answers_once(service: Service, client: Raw) -> None:
    play(service, 'when = "user types"\ndo = "slow first word"\nseconds = 0.05')
    await client.setup(MODEL_SLOW)
    await client.say(("user", "hello"))
    turns = [await client.turn(), await client.turn()]
    assert [content(turn[-1])["interactionStatus"] for turn in turns] == ["IN_PROGRESS", "IDLE"]
    await quiet(client)


@pytest.mark.parametrize("when", ["ready", "user types"])
async def test_fault_22_no_reply_at_all(service: Service, client: Raw, when: str) -> None:
    await asked(service, client, f'when = "{when}"\ndo = "no reply"')
    await quiet(client, 0.15)
    await client.say(("user", "hello"))
    assert sound(await client.turn())
