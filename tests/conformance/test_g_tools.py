"""Section G: function calls, their responses, and when the model speaks about them."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from google.genai import types
from livekit.agents import function_tool, llm

from offline.gemini.server import Service
from offline.gemini.temper import INSTANT
from offline.gemini.thought import Say
from tests.conformance.clients import (
    MODEL,
    MODEL_25,
    Raw,
    Script,
    call,
    call_ids,
    genai_client,
    kinds,
    quiet,
    silence,
    sound,
    tone,
    tool,
    tools,
)
from tests.conformance.plugin import PLUGIN_WARNS, Plugged, plugged
from tests.conformance.virtual import Virtual

BLOCKING = tools(tool(behavior="BLOCKING"))
NON_BLOCKING = tools(tool(behavior="NON_BLOCKING"))


@function_tool
async def get_time() -> str:
    """Tell the time."""
    return "noon"


async def called(client: Raw, *, declared: list[dict[str, object]], model: str = MODEL) -> str:
    """Make the model call one function; return the id."""
    await client.setup(model, tools=declared)
    await client.say(("user", "time"))
    [id_] = call_ids(await client.next())
    return id_


@pytest.fixture(autouse=True)
def calls_when_asked(script: Script) -> None:
    script.answers["time"] = (call(),)


@pytest.mark.parametrize(
    ("model", "declared", "begins"),
    [
        (MODEL, NON_BLOCKING, "call_"),
        (MODEL, BLOCKING, "fc_"),
        (MODEL_25, BLOCKING, "function-call-"),
    ],
)
async def test_item_75_calls_have_an_id_a_name_and_arguments(
    client: Raw, model: str, declared: list[dict[str, object]], begins: str
) -> None:
    await client.setup(model, tools=declared)
    await client.say(("user", "time"))
    body = (await client.next())["toolCall"]
    assert isinstance(body, dict)
    [one] = body["functionCalls"]
    assert one["id"].startswith(begins)
    assert (one["name"], one["args"]) == ("get_time", {})


async def test_item_75_ids_are_unique(client: Raw, script: Script) -> None:
    script.answers["time"] = (call(),) * 20
    await client.setup(tools=NON_BLOCKING)
    await client.say(("user", "time"))
    assert len(set(call_ids(await client.next()))) == 20


async def test_item_76_a_non_blocking_call_ends_its_turn_at_once(
    service: Service, client: Raw
) -> None:
    service.temper = replace(INSTANT, tool_reply_ms=50, generation_complete_ms=27)
    await client.setup(tools=NON_BLOCKING)
    await client.say(("user", "time"))
    burst = await client.turn()
    assert kinds(burst) == ["toolCall", "generationComplete", "turnComplete"]
    account = service.accounts[0]
    assert account.at("tool_call") == account.at("turn_complete")
    await client.respond(*call_ids(burst[0]))
    assert sound(await client.turn())
    assert account.at("first_audio")[0] - account.at("tool_response")[0] >= 0.05


def test_item_76_the_reply_comes_500_to_900_ms_after_the_response(script: Script) -> None:
    connection = Virtual(script, tools=NON_BLOCKING)
    connection.run(1)
    connection.say("time")
    connection.run(1)
    answered = connection.now
    id_ = connection.account.tool_calls[0]["id"]
    connection.send(toolResponse={"functionResponses": [{"id": id_, "name": "get_time"}]})
    connection.run(3)
    assert 0.5 <= connection.times("modelTurn")[0] - answered <= 0.9


async def test_item_77_a_blocking_call_holds_the_turn(client: Raw) -> None:
    await client.setup(tools=BLOCKING)
    await client.say(("user", "time"))
    ids = call_ids(await client.next())
    await quiet(client)
    await client.respond(*ids)
    rest = kinds(await client.turn())
    assert rest == ["modelTurn", "generationComplete", "turnComplete"]


async def test_item_78_blocking_calls_are_waited_for_together(client: Raw, script: Script) -> None:
    script.answers["time"] = (call(), call())
    await client.setup(tools=BLOCKING)
    await client.say(("user", "time"))
    first, second = call_ids(await client.next())
    await client.respond(first)
    await quiet(client)
    await client.respond(second)
    await client.turn()
    assert len(script.prompts[-1].results) == 2


async def test_item_78_non_blocking_calls_are_answered_one_by_one(
    client: Raw, script: Script
) -> None:
    script.answers["time"] = (call(), call())
    await client.setup(tools=NON_BLOCKING)
    await client.say(("user", "time"))
    for id_ in call_ids((await client.turn())[0]):
        await client.respond(id_)
        assert sound(await client.turn())
    assert [len(prompt.results) for prompt in script.prompts] == [0, 1, 1]


async def test_item_79_silent_says_nothing(client: Raw) -> None:
    await client.setup(tools=NON_BLOCKING)
    await client.say(("user", "time"))
    await client.respond(*call_ids((await client.turn())[0]), scheduling="SILENT")
    await quiet(client)


@pytest.mark.parametrize(("scheduling", "interrupts"), [("WHEN_IDLE", False), ("INTERRUPT", True)])
async def test_item_79_a_response_waits_for_the_turn_or_cuts_it(
    client: Raw, script: Script, scheduling: str, interrupts: bool
) -> None:
    script.word_ms = 120
    await client.setup(tools=NON_BLOCKING)
    await client.say(("user", "time"))
    ids = call_ids((await client.turn())[0])
    await client.say(("user", "hello"))
    await client.until(lambda message: bool(sound([message])))
    await client.respond(*ids, scheduling=scheduling)
    assert ("interrupted" in kinds(await client.turn())) is interrupts
    assert sound(await client.turn())
    assert script.prompts[-1].results


async def test_item_79_interrupt_waits_while_the_user_speaks(client: Raw, script: Script) -> None:
    await client.setup(tools=NON_BLOCKING)
    await client.say(("user", "time"))
    ids = call_ids((await client.turn())[0])
    await client.audio(tone(0.2))
    await client.next()
    await client.respond(*ids, scheduling="INTERRUPT")
    await quiet(client)
    await client.audio(silence(0.85))
    await client.turn()
    await client.turn()
    assert [bool(prompt.results) for prompt in script.prompts[1:]] == [True, False]


async def test_item_80_a_filler_may_come_before_the_call(client: Raw, script: Script) -> None:
    script.answers["time"] = (Say(text="Let me look at the clock."), call())
    await client.setup(tools=NON_BLOCKING)
    await client.say(("user", "time"))
    order = kinds(await client.turn())
    assert order == ["modelTurn", "toolCall", "generationComplete", "turnComplete"]


async def test_item_80_google_genai_makes_the_round_trip(service: Service) -> None:
    declaration = types.FunctionDeclaration(name="get_time")
    config = types.LiveConnectConfig(tools=[types.Tool(function_declarations=[declaration])])
    async with genai_client(service).aio.live.connect(model=MODEL, config=config) as session:
        await session.send_realtime_input(text="time")
        found = [one.tool_call async for one in session.receive() if one.tool_call]
        assert found[0].function_calls is not None
        [one] = found[0].function_calls
        answer = types.FunctionResponse(id=one.id, name=one.name, response={"output": "noon"})
        await session.send_tool_response(function_responses=answer)
        assert any([message.data async for message in session.receive()])
    assert service.accounts[0].tool_responses[0]["response"] == {"output": "noon"}


async def answer_tool(session: Plugged, calls: list[llm.FunctionCall]) -> None:
    """Give the plugin the result of each call, as AgentSession does."""
    context = session.session.chat_ctx.copy()
    for one in calls:
        context.items.append(one)
        context.items.append(
            llm.FunctionCallOutput(
                call_id=one.call_id, name=one.name, output="noon", is_error=False
            )
        )
    await session.session.update_chat_ctx(context)


@PLUGIN_WARNS
@pytest.mark.parametrize("model", [MODEL, MODEL_25])
async def test_item_81_speech_after_a_response_is_a_new_generation(
    service: Service, script: Script, model: str
) -> None:
    script.words = "time"
    async with plugged(service, model.removeprefix("models/")) as session:
        await session.ready()
        await session.session.update_tools([get_time])
        session.push(tone(0.2) + silence(1))
        first = await session.generation()
        assert [one.name for one in first.calls] == ["get_time"]
        await answer_tool(session, first.calls)
        async with asyncio.timeout(3):
            second = await session.generation()
    assert second.text == "The tool said so."
    assert session.errors == []
