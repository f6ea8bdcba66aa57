"""Faults within a conversation: late, torn, empty and malformed turns, calls and messages."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest
from google.genai import errors

from offline.gemini.server import Service
from offline.gemini.slips import SlowStart
from offline.gemini.temper import INSTANT
from tests.conformance.clients import (
    MODEL,
    MODEL_31,
    MODEL_SLOW,
    Message,
    Raw,
    Script,
    begin_story,
    call,
    call_ids,
    content,
    genai_client,
    kinds,
    parts,
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


HICCUP = 'when = "ready"\ndo = "hiccup"\nwhat = "{}"'


@pytest.mark.parametrize(
    ("what", "frame"),
    [
        ("malformed", b'{"serverContent": {"modelTurn": }}'),
        ("truncated", b'{\n  "serverContent": {\n    "outputTranscript'),
        ("empty frame", b""),
        ("empty message", b"{}"),
        ("unknown key", b'{\n  "somethingNew": {\n    "of": "tomorrow"\n  }\n}\n'),
    ],
)
async def test_fault_12_a_message_that_is_none(
    service: Service, client: Raw, what: str, frame: bytes
) -> None:
    play(service, HICCUP.format(what))
    await client.setup()
    assert await client.socket.recv() == frame
    await client.say(("user", "hello"))
    assert sound(await client.turn())


@pytest.mark.parametrize("what", ["error", "flat error"])
async def test_fault_12_an_error_in_a_message(service: Service, client: Raw, what: str) -> None:
    play(service, HICCUP.format(what))
    await client.setup()
    found = await client.next()
    error = found["error"] if what == "error" else found
    assert error == {"code": 500, "message": "Internal error encountered.", "status": "INTERNAL"}


@pytest.mark.parametrize(
    ("do", "raises"),
    [
        ('"hiccup"', ValueError),
        ('"hiccup"\nwhat = "unknown key"', TypeError),
        ('"hiccup"\nwhat = "flat error"', errors.ServerError),
        ('"bad base64"', ValueError),
        ('"huge frame"', errors.APIError),
    ],
)
async def test_fault_12_and_what_googles_client_makes_of_it(
    service: Service, do: str, raises: type[Exception]
) -> None:
    play(service, f'when = "ready"\ndo = {do}')
    async with genai_client(service).aio.live.connect(model=MODEL) as session:
        with pytest.raises(raises):
            await anext(session.receive())


async def test_fault_13_a_frame_above_one_mebibyte(service: Service, client: Raw) -> None:
    play(service, 'when = "ready"\ndo = "huge frame"')
    await client.setup()
    assert len(await client.socket.recv()) > 1 << 20


async def test_fault_14_data_that_is_not_base64(service: Service, client: Raw) -> None:
    play(service, 'when = "ready"\ndo = "bad base64"')
    await client.setup()
    [part] = parts([await client.next()])
    assert "@" in str(part["inlineData"])


async def test_fault_14_half_a_sample(service: Service, client: Raw) -> None:
    await asked(service, client, 'when = "agent speaks"\ndo = "odd samples"')
    assert [len(pcm) % 2 for pcm in sound(await client.turn())] == [0, 1]


@pytest.fixture
def calls(script: Script) -> None:
    script.answers["time"] = (call(),)


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize("model", [MODEL, MODEL_31])
async def test_fault_15_a_call_is_cancelled_before_its_answer(
    service: Service, client: Raw, model: str
) -> None:
    play(service, 'when = "tool is called"\ndo = "cancel the calls"')
    await client.setup(model, tools=tools(tool()))
    await client.say(("user", "time"))
    found = await client.until(lambda one: "toolCallCancellation" in one)
    ids = call_ids(next(one for one in found if "toolCall" in one))
    assert found[-1] == {"toolCallCancellation": {"ids": ids}}
    await client.respond(*ids)
    await quiet(client, 0.05)
    assert service.accounts[0].tool_responses[0]["known"] is False


@pytest.mark.usefixtures("calls")
async def test_fault_15_a_call_is_cancelled_after_its_answer(service: Service, client: Raw) -> None:
    await asked(service, client, 'when = "tool is answered"\ndo = "cancel the calls"', "time")
    ids = call_ids((await client.turn())[0])
    await client.respond(*ids)
    found = await client.turn()
    assert {"toolCallCancellation": {"ids": ids}} in found
    assert sound(found)


@pytest.mark.usefixtures("calls")
async def test_fault_15_a_call_comes_twice(service: Service, client: Raw) -> None:
    await asked(service, client, 'when = "tool is called"\ndo = "repeat the call"', "time")
    first, second = await two_calls(client)
    assert first == second


async def two_calls(client: Raw) -> list[Message]:
    found: list[Message] = []
    while len(found) < 2:
        found += [one for one in [await client.next()] if "toolCall" in one]
    return found


@pytest.mark.parametrize(
    ("what", "name", "with_id"),
    [
        ("without an id", "get_time", False),
        ("unknown function", "no_such_function", True),
        ("wrong arguments", "get_time", True),
    ],
)
async def test_fault_15_a_call_that_is_odd(
    service: Service, client: Raw, what: str, name: str, with_id: bool
) -> None:
    play(service, f'when = "ready"\ndo = "odd call"\nwhat = "{what}"')
    await client.setup(tools=NON_BLOCKING)
    body = (await client.next())["toolCall"]
    assert isinstance(body, dict)
    [one] = body["functionCalls"]
    assert one["name"] == name
    assert ("id" in one) is with_id
    assert ("no_such_argument" in one["args"]) is (what == "wrong arguments")
    if with_id:
        await client.respond(one["id"])
        assert sound(await client.turn())


@pytest.mark.parametrize("when", ["ready", "user types"])
async def test_fault_15_a_call_that_failed(service: Service, client: Raw, when: str) -> None:
    await asked(service, client, f'when = "{when}"\ndo = "malformed call"')
    found = await client.turn()
    assert content(found[-1])["turnCompleteReason"] == "MALFORMED_FUNCTION_CALL"
    assert not sound(found)


async def test_fault_19_interrupted_by_nobody(
    service: Service, client: Raw, script: Script
) -> None:
    play(service, 'when = "agent speaks"\nspoken = 0.3\ndo = "interrupt"')
    await client.setup()
    await begin_story(client, service, script)
    assert (await answer(client))[-2:] == ["interrupted", "turnComplete"]
    assert service.accounts[0].turns[-1]["role"] == "model"


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


@pytest.mark.parametrize(
    ("more", "heard"),
    [('how = "twice"', ["hello there"] * 2), ('how = "late"\nseconds = 0.05', ["hello there"])],
)
async def test_fault_20_the_users_words_come_twice_or_late(
    service: Service, client: Raw, more: str, heard: list[str]
) -> None:
    play(service, f'when = "ready"\ndo = "transcripts"\n{more}')
    await client.setup(inputAudioTranscription={})
    await client.speak()
    found = await client.turn()
    texts = [content(one)["inputTranscription"] for one in found if "inputTr" in str(one)]
    assert [one["text"] for one in texts if isinstance(one, dict)] == heard
    order = kinds(found)
    late = order.index("inputTranscription") > order.index("modelTurn")
    assert late is ("late" in more)


@pytest.mark.parametrize("whose", ["user", "agent"])
async def test_fault_20_empty_transcriptions(service: Service, client: Raw, whose: str) -> None:
    play(service, f'when = "ready"\ndo = "transcripts"\nhow = "empty"\nwhose = "{whose}"')
    await client.setup()
    name = "inputTranscription" if whose == "user" else "outputTranscription"
    assert await client.next() == {"serverContent": {name: {"text": ""}}}
    assert await client.next() == {"serverContent": {name: {}}}


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


async def test_fault_25_words_before_their_sound(service: Service, client: Raw) -> None:
    await asked(service, client, 'when = "ready"\ndo = "words first"')
    for _ in range(2):
        assert (await answer(client))[:2] == ["outputTranscription", "modelTurn"]
        await client.say(("user", "hello"))


async def test_fault_25_usage_on_its_own(service: Service, client: Raw) -> None:
    play(service, 'when = "ready"\ndo = "usage alone"')
    await client.setup()
    assert list(await client.next()) == ["usageMetadata"]
