"""Section C, continued: content, instructions, context and tool responses."""

from __future__ import annotations

import json

import pytest

from offline.gemini.server import Service
from tests.conformance.clients import (
    INVALID,
    MODEL,
    MODEL_25,
    MODEL_31,
    MODEL_VERTEX,
    VERTEX,
    Raw,
    Script,
    begin_story,
    call,
    call_ids,
    kinds,
    quiet,
    raw,
    sound,
    tool,
    tools,
)
from tests.conformance.plugin import PLUGIN_WARNS, plugged, take_in


async def test_item_41_unfinished_content_is_silent(client: Raw, script: Script) -> None:
    await client.setup()
    await client.say(("user", "first"), final=False)
    await quiet(client)
    await client.say(("user", "second"))
    await client.turn()
    assert script.prompts[0].text == "first\nsecond"


async def test_item_41_unfinished_content_interrupts_without_a_reply(
    service: Service, client: Raw, script: Script
) -> None:
    await client.setup()
    await begin_story(client, service, script)
    await client.say(("user", "by the way"), final=False)
    assert kinds(await client.turn())[-2:] == ["interrupted", "turnComplete"]
    await quiet(client)


async def test_item_42_empty_turns_ask_for_what_was_sent(client: Raw, script: Script) -> None:
    await client.setup()
    await client.say(("user", "hello"), final=False)
    await client.say()
    assert "generationComplete" in kinds(await client.turn())
    assert script.prompts[0].text == "hello"


@PLUGIN_WARNS
async def test_item_42_the_plugin_asks_with_empty_turns(service: Service) -> None:
    async with plugged(service) as session:
        await session.ready()
        created = await session.session.generate_reply()
        assert created.user_initiated
        assert (await take_in(created)).text == "All is well here today."


@pytest.mark.parametrize(
    ("model", "turns"),
    [
        (MODEL_25, [("model", "Say hello."), ("user", ".")]),
        (MODEL, [("user", "<instructions>\nSay hello.\n</instructions>")]),
        (MODEL_31, [("user", "<instructions>\nSay hello.\n</instructions>")]),
    ],
)
async def test_item_43_instructions_for_one_reply(
    client: Raw, script: Script, model: str, turns: list[tuple[str, str]]
) -> None:
    await client.setup(model)
    await client.say(*turns)
    assert sound(await client.turn())
    assert (script.prompts[0].text, script.prompts[0].instructions) == ("", "Say hello.")


@PLUGIN_WARNS
@pytest.mark.parametrize("model", [MODEL_25, MODEL])
async def test_item_43_the_plugins_instructions_arrive(
    service: Service, script: Script, model: str
) -> None:
    async with plugged(service, model.removeprefix("models/")) as session:
        await session.ready()
        await take_in(await session.session.generate_reply(instructions="Say hello."))
    assert script.prompts[0].instructions == "Say hello."


async def test_item_43_a_lone_dot_gets_an_empty_turn_on_3x(client: Raw) -> None:
    await client.setup()
    await client.say(("user", "."))
    assert kinds(await client.turn()) == ["generationComplete", "turnComplete"]


@pytest.mark.parametrize(("model", "refused"), [(MODEL, True), (MODEL_25, False)])
async def test_item_44_3x_wants_a_role(client: Raw, model: str, refused: bool) -> None:
    await client.setup(model)
    turns = [{"parts": [{"text": "hello"}]}]
    await client.send(clientContent={"turns": turns, "turnComplete": True})
    if refused:
        assert await client.closed() == INVALID
    else:
        assert sound(await client.turn())


async def test_item_44_the_developer_api_has_no_system_role(client: Raw) -> None:
    await client.setup()
    await client.say(("system", "Be brief."))
    code, _ = await client.closed()
    assert code == 1007


async def test_item_44_vertex_replaces_the_system_instruction(service: Service) -> None:
    async with raw(service, VERTEX, {"Authorization": "Bearer t"}) as client:
        await client.setup(MODEL_VERTEX)
        await client.say(("system", "Be brief."), final=False)
        await client.say(("user", "hello"))
        assert sound(await client.turn())
    assert [turn["role"] for turn in service.accounts[0].turns] == ["user", "model"]


async def test_item_45_initial_history_asks_for_nothing(client: Raw, script: Script) -> None:
    await client.setup(historyConfig={"initialHistoryInClientContent": True})
    await client.say(("user", "long ago"), final=False)
    await client.say(("model", "Yes."))
    await quiet(client)
    await client.say(("user", "and now"))
    await client.turn()
    assert [prompt.text for prompt in script.prompts] == ["and now"]


async def test_item_46_context_updates_apply_in_order(client: Raw, script: Script) -> None:
    await client.setup()
    await client.send(contextUpdate={"tools": {"tools": tools(tool("look"))}})
    await client.say(("user", "one"))
    await client.turn()
    await client.send(contextUpdate={"tools": {"tools": []}})
    await client.say(("user", "two"))
    await client.turn()
    assert [[one.name for one in prompt.tools] for prompt in script.prompts] == [["look"], []]


async def test_item_47_responses_find_their_calls(client: Raw, script: Script) -> None:
    script.answers["time"] = (call(), call())
    await client.setup(tools=tools(tool(behavior="BLOCKING")))
    await client.say(("user", "time"))
    one, other = call_ids(await client.next())
    await client.respond("nobody", other)
    await quiet(client)
    await client.respond(one)
    assert sound(await client.turn())
    assert len(script.prompts[1].results) == 2


@pytest.mark.parametrize("inside", [True, False])
async def test_item_47_scheduling_at_either_place(
    client: Raw, script: Script, inside: bool
) -> None:
    script.answers["time"] = (call(),)
    await client.setup(tools=tools(tool()))
    await client.say(("user", "time"))
    [id_] = call_ids((await client.turn())[0])
    silent = {"scheduling": "SILENT"}
    await client.respond(id_, **({"response": silent} if inside else silent))
    await quiet(client)
    await client.respond(id_)
    await quiet(client)


@pytest.mark.parametrize(
    "frame", ["no json", "[]", "{}", '{"realtimeInput": 1}', '{"realtimeInput": {"audio": 7}}']
)
async def test_item_48_nonsense_is_an_invalid_argument(client: Raw, frame: str) -> None:
    await client.setup()
    await client.socket.send(frame)
    assert await client.closed() == INVALID


@pytest.mark.parametrize(
    ("message", "name"),
    [({"weather": {}}, "weather"), ({"realtimeInput": {"smell": 1}}, "smell")],
)
async def test_item_48_unknown_names_are_named(
    client: Raw, message: dict[str, object], name: str
) -> None:
    await client.setup()
    await client.socket.send(json.dumps(message))
    code, reason = await client.closed()
    assert code == 1007
    assert reason.startswith(f'Invalid JSON payload received. Unknown name "{name}"')
