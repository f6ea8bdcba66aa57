"""Tools in a real AgentSession, against the stand-in: no result is lost, late or silenced."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from livekit.agents import Agent, AgentSession, RunContext, function_tool, llm
from livekit.agents.llm import ToolError
from livekit.agents.voice.events import ToolCallEnded, ToolCallStarted

from offline.gemini.senses import Actions
from offline.gemini.server import Service
from offline.gemini.slips import CancelCalls, OddCall
from offline.gemini.thought import Call, Prompt, Say
from tests.environment import ENVIRONMENT
from tests.fakes.calls import Call as FakeCall
from tests.live.service import LOUD_10MS, SILENT_10MS, standin, until
from tools.context import ToolContext
from tools.speakable import Tool, speakable
from worker.config.settings import Settings
from worker.gemini.bounds import Bounds
from worker.gemini.lifeline import Lifeline
from worker.gemini.model import build_model
from worker.gemini.taps import Taps
from worker.gemini.toolcalls import ToolCalls
from worker.hands import Hands


@dataclass
class Tools:
    """One that answers at once, one that waits for its gate, one that blocks, one that fails."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def all(self) -> list[Tool]:
        @function_tool
        async def quick(ctx: RunContext[ToolContext]) -> str:
            """Answer at once."""
            return f"quick {ctx.userdata is not None}"

        @function_tool
        async def slow(ctx: RunContext[ToolContext]) -> str:
            """Answer when the gate is open."""
            await self.gate.wait()
            return "slow"

        @function_tool  # type: ignore[type-var]
        def block(ctx: RunContext[ToolContext]) -> str:
            """Hold a thread."""
            time.sleep(0.05)
            return "blocked"

        @function_tool
        async def fail(ctx: RunContext[ToolContext]) -> str:
            """Fail."""
            raise ToolError("It is out of order.")

        return [speakable(quick), speakable(slow), speakable(block), speakable(fail)]


@dataclass
class Scene:
    session: AgentSession[ToolContext]
    lifeline: Lifeline
    service: Service
    tools: Tools
    updates: list[ToolCallStarted | ToolCallEnded]

    def answers(self) -> list[Mapping[str, Any]]:
        return [given for account in self.service.accounts for given in account.tool_responses]

    def speak(self) -> None:
        """Somebody says something."""
        for sound in (LOUD_10MS, SILENT_10MS):
            for _ in range(60):
                self.lifeline.hear(sound)

    def said(self) -> list[tuple[str, str]]:
        """What the service remembers."""
        turns = self.service.accounts[-1].turns if self.service.accounts else ()
        return [(str(turn["role"]), str(turn["text"])) for turn in turns]

    def statuses(self) -> list[str]:
        return [
            update.status if isinstance(update, ToolCallEnded) else update.function_call.name
            for update in self.updates
        ]


@pytest.fixture
def open_scene(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    @contextlib.asynccontextmanager
    async def opened(*wanted: Call | Say) -> AsyncIterator[Scene]:
        def think(prompt: Prompt) -> Actions:
            if prompt.results:
                return (Say(text="They said " + ", ".join(map(said_by, prompt.results)) + "."),)
            return wanted

        async with standin(think) as (service, tls):
            monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", service.url)
            taps = Taps(cancelled=lambda ids: calls.cancel(ids))
            lifeline = Lifeline(
                taps=taps, bounds=Bounds(), clock=time.monotonic, jitter=lambda: 0.0
            )
            settings = Settings.from_env(ENVIRONMENT)
            hands, tools, userdata = Hands(), Tools(), FakeCall()
            calls = ToolCalls(run=hands.run, lifeline=lifeline)
            model = build_model(settings, voice="Puck", lifeline=lifeline, tls=tls)
            async with AgentSession(llm=model, vad=None, userdata=userdata.context) as session:
                hands.serve(session)
                scene = Scene(session, lifeline, service, tools, [])
                session.on("tool_execution_updated", lambda e: scene.updates.append(e.update))
                await session.start(Agent(instructions="", tools=[*tools.all()]), record=False)
                yield scene
                await calls.aclose()
            await userdata.aclose()

    return opened


def said_by(result: tuple[str, Mapping[str, object]]) -> str:
    return str(next(iter(result[1].values())))


def call(*names: str) -> list[Call]:
    return [Call(name=name, args={}) for name in names]


async def test_a_result_is_spoken_of_and_remembered(open_scene: Callable[..., Any]) -> None:
    async with open_scene(*call("quick")) as s:
        s.speak()
        await until(lambda: ("model", "They said quick True.") in s.said())
        items = [item for item in s.session.history.items if item.type.startswith("function")]
    asked, answer = items
    assert isinstance(asked, llm.FunctionCall)
    assert isinstance(answer, llm.FunctionCallOutput)
    assert (asked.name, answer.output, answer.is_error) == ("quick", "quick True", False)
    assert asked.call_id == answer.call_id == s.answers()[0]["id"]
    assert s.statuses() == ["quick", "done"]


async def test_results_are_not_silenced_when_the_model_talks_on_after_the_calls(
    open_scene: Callable[..., Any],
) -> None:
    async with open_scene(*call("quick", "slow", "block"), Say(text="One moment please.")) as s:
        s.speak()
        await until(lambda: ("model", "One moment please.") in s.said())
        s.tools.gate.set()
        await until(lambda: len(s.answers()) == 3)
        await until(lambda: s.service.accounts[0].at("turn_complete")[3:])
        lines = [i for i in s.session.history.items if isinstance(i, llm.ChatMessage)]
    assert {answer["scheduling"] for answer in s.answers()} <= {"", None, "WHEN_IDLE"}
    assert sorted(answer["name"] for answer in s.answers()) == ["block", "quick", "slow"]
    assert "One moment please." in [line.text_content for line in lines]
    assert not any(line.interrupted for line in lines)


async def test_somebody_who_talks_meanwhile_does_not_cost_the_result(
    open_scene: Callable[..., Any],
) -> None:
    async with open_scene(*call("slow")) as s:
        s.speak()
        await until(lambda: s.statuses() == ["slow"])
        s.speak()
        await until(lambda: s.statuses() == ["slow", "slow"])
        s.tools.gate.set()
        await until(lambda: len(s.answers()) == 2)
        ids = [made["id"] for made in s.service.accounts[0].tool_calls]
    assert sorted(answer["id"] for answer in s.answers()) == sorted(ids)
    assert {answer["scheduling"] for answer in s.answers()} <= {"", None, "WHEN_IDLE"}


async def test_the_talk_goes_on_while_a_tool_runs(open_scene: Callable[..., Any]) -> None:
    async with open_scene(*call("slow")) as s:
        s.speak()
        await until(lambda: s.statuses() == ["slow"])
        before = s.service.accounts[0].samples
        s.speak()
        await until(lambda: s.service.accounts[0].samples == before + 120 * 160)
        assert s.answers() == []


async def test_a_cancelled_tool_ends_and_the_room_can_be_told(
    open_scene: Callable[..., Any],
) -> None:
    async with open_scene(*call("slow")) as s:
        s.speak()
        await until(lambda: s.statuses() == ["slow"])
        s.service.newest().do(CancelCalls())
        await until(lambda: s.statuses() == ["slow", "cancelled"])
        s.tools.gate.set()
        await asyncio.sleep(0.05)
        assert s.answers() == []


@pytest.mark.parametrize(
    ("what", "words"),
    [("unknown function", "Unknown function: no_such_function"), ("wrong arguments", "quick True")],
)
async def test_an_odd_call_gets_an_answer_that_helps(
    open_scene: Callable[..., Any], what: Any, words: str
) -> None:
    async with open_scene(Say(text="Yes.")) as s:
        await until(s.lifeline.connected.is_set)
        s.service.newest().do(OddCall(what=what))
        await until(s.answers)
        (answer,) = s.answers()
    assert words in said_by(("", answer["response"]))


async def test_a_tool_that_fails_says_so_to_the_model(open_scene: Callable[..., Any]) -> None:
    async with open_scene(*call("fail")) as s:
        s.speak()
        await until(lambda: ("model", "They said It is out of order..") in s.said())
    assert s.answers()[0]["response"] == {"error": "It is out of order."}
    assert s.statuses() == ["fail", "error"]


async def test_without_a_session_there_is_an_error_and_no_silence() -> None:
    asked = llm.FunctionCall(call_id="c1", name="quick", arguments="{}")
    with pytest.raises(RuntimeError):
        await Hands().run(asked)
