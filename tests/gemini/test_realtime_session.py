"""The plugin's session with the lifeline in it, against the stand-in."""

from __future__ import annotations

import asyncio

import pytest
from google.genai import types
from livekit.agents import llm

from offline.gemini.scenario import parse
from offline.gemini.senses import Actions
from offline.gemini.thought import Call, Prompt, Say
from tests.live.realtime import push, session_with
from tests.live.service import LOUD_10MS, SILENT_10MS, until
from worker.gemini.history import Said
from worker.gemini.toolcalls import ToolCalls


async def test_ten_milliseconds_go_out_as_they_came() -> None:
    async with session_with() as (session, _, service):
        push(session, LOUD_10MS, 30)
        await until(lambda: service.accounts and service.accounts[0].samples == 30 * 160)


async def test_the_users_line_is_final_before_the_reply_ends() -> None:
    async with session_with() as (session, witness, _):
        push(session, LOUD_10MS, 50)
        push(session, SILENT_10MS, 60)
        await until(lambda: any(line.is_final for line in witness.lines()))
        (generation,) = witness.generations()
        message = await anext(aiter(generation.message_stream))
        heard = [frame async for frame in message.audio_stream]
    assert heard
    assert [(line.transcript, line.is_final) for line in witness.lines()] == [("hello there", True)]


async def test_the_history_holds_the_users_line_once() -> None:
    async with session_with() as (session, _, service):
        push(session, LOUD_10MS, 50)
        push(session, SILENT_10MS, 60)
        await until(lambda: service.accounts and service.accounts[0].at("turn_complete"))
        await until(lambda: len(session.chat_ctx.items) == 2)
        roles = [item.role for item in session.chat_ctx.items if item.type == "message"]
    assert roles == ["user", "assistant"]


async def get_time() -> str:
    """Tell the time."""
    return "noon"


def ask_for_the_time(prompt: Prompt) -> Actions:
    if prompt.results:
        return (Say(text="Noon."),)
    return (Call(name="get_time", args={}), Say(text="One moment."))


async def test_what_the_model_says_after_a_call_belongs_to_the_same_reply() -> None:
    async with session_with(ask_for_the_time) as (session, witness, service):
        await session.update_tools([llm.function_tool(get_time)])
        push(session, LOUD_10MS, 50)
        push(session, SILENT_10MS, 60)
        await until(lambda: any(a.at("turn_complete") for a in service.accounts))
        await until(lambda: len(session.chat_ctx.items) == 2)
        said = [item.text_content for item in session.chat_ctx.items if item.type == "message"]
        (generation,) = witness.generations()
        calls = [call async for call in generation.function_stream]
    assert said == ["hello there", "One moment."]
    assert calls == []


async def test_what_is_said_of_a_result_does_not_cut_what_still_plays() -> None:
    cuts: list[object] = []
    gate = asyncio.Event()

    async def run(call: llm.FunctionCall) -> llm.FunctionCallOutput:
        await gate.wait()
        return llm.FunctionCallOutput(
            call_id=call.call_id, name=call.name, output="noon", is_error=False
        )

    async with session_with(ask_for_the_time) as (session, witness, _):
        ToolCalls(run=run, lifeline=session._lifeline)
        await session.update_tools([llm.function_tool(get_time)])
        push(session, LOUD_10MS, 50)
        push(session, SILENT_10MS, 60)
        await until(lambda: witness.generations())
        session.on("input_speech_started", cuts.append)
        gate.set()
        await until(lambda: len(witness.generations()) == 2)
        assert cuts == []
        push(session, LOUD_10MS, 50)
        push(session, SILENT_10MS, 60)
        await until(lambda: len(witness.generations()) == 3)
    assert cuts


async def test_calls_and_results_of_tools_do_not_go_through_the_plugin() -> None:
    async with session_with() as (session, _, service):
        await until(lambda: service.accounts)
        history = session.chat_ctx
        history.items += [
            llm.FunctionCall(call_id="c1", name="get_time", arguments="{}"),
            llm.FunctionCallOutput(call_id="c1", name="get_time", output="noon", is_error=False),
        ]
        history.add_message(role="user", content="thanks")
        await session.update_chat_ctx(history)
        await until(lambda: service.accounts[0].turns)
    assert [turn["text"] for turn in service.accounts[0].turns] == ["thanks"]
    assert service.accounts[0].tool_responses == []


def words(text: str) -> types.LiveServerContent:
    return types.LiveServerContent(input_transcription=types.Transcription(text=text))


def reply(text: str, *, heard: str = "") -> types.LiveServerContent:
    """Words of the reply, with late words of the user beside them where there are any."""
    content = types.LiveServerContent(output_transcription=types.Transcription(text=text))
    if heard:
        content.input_transcription = types.Transcription(text=heard)
    return content


TURN_COMPLETE = types.LiveServerContent(generation_complete=True, turn_complete=True)


@pytest.mark.parametrize(
    ("contents", "finals"),
    [
        ([words("what"), words(" time"), reply("It is noon."), TURN_COMPLETE], ["what time"]),
        (
            [words("what"), reply("It is"), words(" time"), reply(" noon."), TURN_COMPLETE],
            ["what", "what time"],
        ),
        ([words("what"), reply("It is", heard=" time"), TURN_COMPLETE], ["what time"]),
        ([reply("Hello."), TURN_COMPLETE], []),
    ],
    ids=["before the reply", "during the reply", "in one message with it", "none"],
)
async def test_the_users_words_are_final_once_and_again_only_when_more_came(
    contents: list[types.LiveServerContent], finals: list[str]
) -> None:
    async with session_with() as (session, witness, _):
        session._start_new_generation()
        for content in contents:
            session._handle_server_content(content.model_copy(deep=True))
        said = [item for item in session.chat_ctx.items if item.type == "message"]
    assert [line.transcript for line in witness.lines() if line.is_final] == finals
    assert [item.text_content for item in said if item.role == "user"] == finals[-1:]


async def test_words_of_a_turn_that_is_over_are_not_declared_final_again() -> None:
    async with session_with() as (session, witness, _):
        session._start_new_generation()
        session._handle_server_content(words("what time is it"))
        session._handle_server_content(TURN_COMPLETE)
        ended = types.VoiceActivity(voice_activity_type=types.VoiceActivityType.ACTIVITY_END)
        session._on_message(types.LiveServerMessage(voice_activity=ended))
    assert [line.transcript for line in witness.lines() if line.is_final] == ["what time is it"]


async def test_nobody_waits_for_a_second_message_of_a_reply() -> None:
    async with session_with() as (session, _, _):
        session._start_new_generation()
        generation = session._current_generation
        assert generation is not None
        messages = [message async for message in generation.message_ch]
        session._handle_server_content(reply("It is noon."))
        session._handle_server_content(TURN_COMPLETE)
        said = [text async for text in messages[0].text_stream]
    assert (len(messages), said) == (1, ["It is noon."])


CUT = """
story = "The connection is gone in the middle of a reply."
[temper]
pace = 1
[[on]]
connection = 1
when = "agent speaks"
spoken = 0.1
do = "reset"
"""


async def test_the_rest_of_a_reply_does_not_cut_what_plays_of_its_beginning() -> None:
    cuts: list[object] = []
    async with session_with() as (session, witness, service):
        session.on("input_speech_started", cuts.append)
        service.play(parse(CUT))
        push(session, LOUD_10MS, 50)
        push(session, SILENT_10MS, 60)
        await until(lambda: len(witness.generations()) == 1)
        before = len(cuts)
        await until(lambda: len(witness.generations()) == 2)
        assert len(cuts) == before
        push(session, LOUD_10MS, 50)
        await until(lambda: len(cuts) > before)


UNMARKED = """
story = "A turn is spoken to its end, which is never told."
[[on]]
connection = 1
when = "ready"
do = "withhold"
what = "turnComplete"
"""


async def heard(generation: llm.GenerationCreatedEvent) -> int:
    """Return how many samples a reply has."""
    parts = [
        frame.samples_per_channel
        async for message in generation.message_stream
        async for frame in message.audio_stream
    ]
    return sum(parts)


@pytest.mark.parametrize("typed", [True, False])
async def test_a_turn_whose_end_was_not_told_does_not_swallow_the_next_reply(typed: bool) -> None:
    async with session_with() as (session, witness, service):
        service.play(parse(UNMARKED))
        push(session, LOUD_10MS, 50)
        push(session, SILENT_10MS, 60)
        await until(lambda: service.accounts and service.accounts[0].at("turn_complete"))
        if typed:
            await session.generate_reply()
        else:
            push(session, LOUD_10MS, 50)
            push(session, SILENT_10MS, 60)
        await until(lambda: len(witness.generations()) == 2)
        samples = [await heard(generation) for generation in witness.generations()]
    assert samples == [4_800, 4_800]


@pytest.mark.parametrize("order", [{}, {"instructions": "Greet the user warmly."}])
@pytest.mark.parametrize(
    "model", ["gemini-3.8-live", "gemini-2.5-flash-native-audio-preview-12-2025"]
)
async def test_an_order_to_the_model_is_no_part_of_the_talk(
    model: str, order: dict[str, str]
) -> None:
    async with session_with(model=model) as (session, _, service):
        history = session._lifeline.letters.history
        await session.generate_reply(**order)
        await until(lambda: service.accounts[0].at("turn_complete"))
        await until(lambda: len(history))
    assert history.recall().turns == (Said("model", "Yes."),)
