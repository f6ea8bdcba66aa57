"""Faults of messages, calls and transcripts: torn, odd, late, twice, empty."""

from __future__ import annotations

import pytest
from google.genai import errors

from offline.gemini.server import Service
from tests.conformance.clients import (
    MODEL,
    MODEL_31,
    Message,
    Raw,
    Script,
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
from tests.conformance.test_faults_turns import NON_BLOCKING, answer, asked

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


async def test_fault_25_words_before_their_sound(service: Service, client: Raw) -> None:
    await asked(service, client, 'when = "ready"\ndo = "words first"')
    for _ in range(2):
        assert (await answer(client))[:2] == ["outputTranscription", "modelTurn"]
        await client.say(("user", "hello"))


async def test_fault_25_usage_on_its_own(service: Service, client: Raw) -> None:
    play(service, 'when = "ready"\ndo = "usage alone"')
    await client.setup()
    assert list(await client.next()) == ["usageMetadata"]
