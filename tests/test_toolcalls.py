"""Tool calls against the stand-in: each is run once and answered once, come what may."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from google.genai import Client, types
from livekit.agents import llm

from offline.gemini.fault import Fault
from offline.gemini.mind import Call, Prompt, Say
from offline.gemini.outages import Reset
from offline.gemini.senses import Actions
from offline.gemini.server import Service
from offline.gemini.slips import CancelCalls, OddCall, RepeatCall
from tests.live.service import standin, until
from worker.gemini.dial import client_options
from worker.gemini.failures import Bounds
from worker.gemini.lifeline import Lifeline
from worker.gemini.session import LiveSession
from worker.gemini.taps import Taps
from worker.gemini.toolcalls import FAILED, MOST, TOO_MANY, ToolCalls

MODEL = "gemini-3.8-live"
NAMES = ("get_time", "get_weather")
CONFIG = types.LiveConnectConfig(
    response_modalities=[types.Modality.AUDIO],
    output_audio_transcription=types.AudioTranscriptionConfig(),
    tools=[
        types.Tool(
            function_declarations=[
                types.FunctionDeclaration(
                    name=name, description=name, behavior=types.Behavior.NON_BLOCKING
                )
                for name in NAMES
            ]
        )
    ],
)


def calling(*names: str) -> Callable[[Prompt], Actions]:
    """A mind that calls these and then says what they gave."""

    def think(prompt: Prompt) -> Actions:
        if prompt.results:
            return (Say(text=" ".join(str(given.get("output")) for _, given in prompt.results)),)
        return tuple(Call(name=name, args={}) for name in names)

    return think


@dataclass
class Hand:
    """Runs the tools: at once, or when their gate is opened."""

    ran: list[llm.FunctionCall] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    broken: bool = False

    async def run(self, call: llm.FunctionCall) -> llm.FunctionCallOutput:
        self.ran.append(call)
        if self.broken:
            raise RuntimeError("a defect")
        try:
            if gate := self.gates.get(call.name):
                await gate.wait()
        except asyncio.CancelledError:
            self.cancelled.append(call.name)
            raise
        return llm.FunctionCallOutput(
            call_id=call.call_id, name=call.name, output=f"{call.name} says yes.", is_error=False
        )

    def hold(self, name: str = "get_time") -> asyncio.Event:
        return self.gates.setdefault(name, asyncio.Event())


@dataclass
class Scene:
    """A lifeline to a stand-in, with hands."""

    service: Service
    lifeline: Lifeline
    calls: ToolCalls
    session: LiveSession
    hand: Hand
    connections: list[str]

    async def ask(self, text: str = "well?") -> None:
        turn = types.Content(role="user", parts=[types.Part(text=text)])
        await self.session.send_client_content(turns=[turn], turn_complete=True)

    def do(self, fault: Fault) -> None:
        newest = self.service.newest()
        assert newest is not None
        newest.do(fault)

    def answers(self) -> list[Mapping[str, Any]]:
        return [given for account in self.service.accounts for given in account.tool_responses]

    def turns(self) -> list[tuple[str, str]]:
        """What the newest connection's session remembers."""
        return [(str(t["role"]), str(t["text"])) for t in self.service.accounts[-1].turns]

    async def called(self, times: int = 1) -> None:
        await until(lambda: len(self.hand.ran) == times)

    async def reconnected(self) -> None:
        count = len(self.connections)
        self.do(Reset())
        await until(lambda: len(self.connections) > count)


@contextlib.asynccontextmanager
async def scene(*names: str, resumable: bool = True) -> AsyncIterator[Scene]:
    """A scene whose mind calls these, or asks for the time."""
    async with standin(calling(*names or ("get_time",))) as (service, tls):
        if not resumable:
            service.temper = replace(service.temper, handle_ms=60_000)
        connections: list[str] = []
        taps = Taps(
            connected=lambda _, how: connections.append(how),
            cancelled=lambda ids: calls.cancel(ids),
        )
        lifeline = Lifeline(taps=taps, bounds=Bounds(), clock=time.monotonic, jitter=lambda: 0.0)
        options = client_options(tls)
        options.base_url = service.url
        lifeline.adopt(Client(vertexai=False, api_key="AIzaTest", http_options=options))
        hand = Hand()
        calls = ToolCalls(run=hand.run, lifeline=lifeline)
        async with lifeline.connect(model=MODEL, config=CONFIG) as session:
            await until(lambda: connections)
            yield Scene(service, lifeline, calls, session, hand, connections)
        await calls.aclose()
        await lifeline.aclose()


async def test_a_call_is_run_and_answered() -> None:
    async with scene() as s:
        await s.ask()
        await until(s.answers)
        (answer,) = s.answers()
    assert answer["known"]
    assert answer["response"] == {"output": "get_time says yes."}
    assert answer["scheduling"] in (None, "", "WHEN_IDLE")


async def test_of_two_calls_in_one_message_each_is_answered_when_it_is_ready() -> None:
    async with scene("get_time", "get_weather") as s:
        gate = s.hand.hold("get_time")
        await s.ask()
        await until(s.answers)
        gate.set()
        await until(lambda: len(s.answers()) == 2)
        ids = {call["id"] for call in s.service.accounts[0].tool_calls}
    assert [answer["name"] for answer in s.answers()] == ["get_weather", "get_time"]
    assert {answer["id"] for answer in s.answers()} == ids


async def test_a_defect_of_ours_is_an_answer_too() -> None:
    async with scene() as s:
        s.hand.broken = True
        await s.ask()
        await until(s.answers)
    assert [answer["response"] for answer in s.answers()] == [{"error": FAILED}]


@pytest.mark.parametrize("what", ["unknown function", "wrong arguments"])
async def test_an_odd_call_is_answered(what: Any) -> None:
    async with scene() as s:
        s.do(OddCall(what=what))
        await until(s.answers)
    assert len(s.answers()) == 1


async def test_a_picture_that_a_tool_sends_arrives_before_its_answer() -> None:
    async with scene() as s:
        gate = s.hand.hold()
        await s.ask()
        await s.called()
        s.lifeline.see(b"\xff\xd8 sharp", keep=True)
        gate.set()
        await until(s.answers)
        await until(lambda: s.service.accounts[0].frames)
        seen = s.service.accounts[0].frames[0].at
    assert seen <= s.answers()[0]["at"]


async def test_a_call_without_an_id_is_answered_in_words_and_nothing_gets_stuck() -> None:
    async with scene() as s:
        s.do(OddCall(what="without an id"))
        said = ("user", "[The tool get_time returned: get_time says yes.]")
        await until(lambda: said in s.turns())
        # The stand-in takes the words for a question, and asks for the time again.
        await until(s.answers)
    assert [call.call_id for call in s.hand.ran][1:] == [answer["id"] for answer in s.answers()]


async def test_the_same_call_again_is_not_run_again() -> None:
    async with scene() as s:
        gate = s.hand.hold()
        await s.ask()
        await s.called()
        s.do(RepeatCall())
        gate.set()
        await until(s.answers)
        s.do(RepeatCall())
        await s.ask("and now?")
        await until(lambda: len(s.answers()) == 2)
    assert [call.call_id for call in s.hand.ran] == [answer["id"] for answer in s.answers()]
    assert len({answer["id"] for answer in s.answers()}) == 2
    assert s.lifeline.course.talk.calls == 0


async def test_a_call_that_was_pending_in_a_drop_is_answered_over_the_next_connection() -> None:
    async with scene() as s:
        gate = s.hand.hold()
        await s.ask()
        await s.called()
        await until(lambda: s.lifeline.course.resumption.handle)
        await s.reconnected()
        gate.set()
        await until(s.answers)
        first, second = s.service.accounts
        await until(lambda: ("model", "get_time says yes.") in s.turns())
    assert s.connections == ["first", "resumed"]
    assert [answer["known"] for answer in second.tool_responses] == [True]
    assert [len(first.tool_calls), len(second.tool_calls), len(s.hand.ran)] == [1, 0, 1]


async def test_a_call_that_is_ready_during_a_drop_is_answered_once_after_it() -> None:
    async with scene() as s:
        gate = s.hand.hold()
        await s.ask()
        await s.called()
        await until(lambda: s.lifeline.course.resumption.handle)
        s.lifeline.taps.lost = lambda _: gate.set()
        s.do(Reset())
        await until(s.answers)
        await until(lambda: ("model", "get_time says yes.") in s.turns())
    assert len(s.answers()) == len(s.hand.ran) == 1


async def test_a_call_that_comes_again_after_a_drop_is_answered_again_but_not_run() -> None:
    async with scene() as s:
        await s.ask()
        await until(lambda: s.service.accounts and s.service.accounts[0].at("turn_complete")[1:])
        await until(lambda: s.lifeline.course.talk.at_boundary)
        call = s.service.accounts[0].tool_calls[0]
        await s.reconnected()
        s.service.accounts[-1].tool_calls.append(call)
        s.do(RepeatCall())
        await until(lambda: len(s.answers()) == 2)
    assert s.connections == ["first", "resumed"]
    assert len(s.hand.ran) == 1
    assert {answer["id"] for answer in s.answers()} == {call["id"]}
    assert s.lifeline.course.talk.calls == 0


async def test_a_fresh_connection_is_told_the_result_in_words() -> None:
    async with scene(resumable=False) as s:
        gate = s.hand.hold()
        await s.ask()
        await s.called()
        await s.reconnected()
        gate.set()
        said = ("user", "[The tool get_time returned: get_time says yes.]")
        await until(lambda: said in s.turns())
    assert s.connections[-1] == "fresh"
    assert s.hand.ran[0].call_id not in {answer["id"] for answer in s.answers()}


async def test_a_cancelled_call_is_ended_and_its_answer_dropped() -> None:
    async with scene() as s:
        s.hand.hold()
        await s.ask()
        await s.called()
        s.do(CancelCalls())
        await until(lambda: s.hand.cancelled)
        s.hand.gates.clear()
        await s.ask("again?")
        await until(s.answers)
    (cancelled, kept) = (call.call_id for call in s.hand.ran)
    assert [answer["id"] for answer in s.answers()] == [kept]


async def test_a_call_that_is_answered_already_cannot_be_cancelled() -> None:
    async with scene() as s:
        await s.ask()
        await until(s.answers)
        s.do(CancelCalls())
        await s.ask("again?")
        await until(lambda: len(s.answers()) == 2)
    assert s.hand.cancelled == []


async def test_no_more_calls_run_at_a_time_than_are_good_for_anybody() -> None:
    async with scene(*["get_time"] * (MOST + 2)) as s:
        gate = s.hand.hold()
        await s.ask()
        await until(lambda: len(s.answers()) == 2)
        gate.set()
        await until(lambda: len(s.answers()) == MOST + 2)
    assert [answer["response"] for answer in s.answers()[:2]] == [{"error": TOO_MANY}] * 2
    assert len(s.hand.ran) == MOST


async def test_what_runs_is_ended_with_the_call() -> None:
    async with scene() as s:
        s.hand.hold()
        await s.ask()
        await s.called()
        await s.calls.aclose()
        assert s.hand.cancelled == ["get_time"]
    assert s.answers() == []
