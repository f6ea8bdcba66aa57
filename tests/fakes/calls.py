"""A call for tools: what the worker would give them, and the way LiveKit calls them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from livekit.agents import AgentSession, RunContext
from livekit.agents.llm import FunctionCall, FunctionToolCall, execute_function_call
from livekit.agents.llm import ToolContext as Declared
from livekit.agents.voice.speech_handle import SpeechHandle

from tests import clock
from tools import TOOLS
from tools.context import LookResult, Region, Shown, ToolContext


@dataclass(slots=True)
class Clock(clock.Clock):
    """A clock by which tasks can sleep."""

    now: float = 1000.0
    _sleepers: list[tuple[float, asyncio.Future[None]]] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        sleeper = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.now + seconds, sleeper))
        await sleeper

    async def pass_by(self, seconds: float) -> None:
        """Let time pass, wake whoever is due, and let them finish."""
        await settle()
        self.now += seconds
        for due, sleeper in self._sleepers:
            if due <= self.now and not sleeper.done():
                sleeper.set_result(None)
        await settle()


async def settle() -> None:
    """Let every task that can run do so."""
    for _ in range(10):
        await asyncio.sleep(0)


@dataclass
class Call:
    """One call, with a camera that can be off, and an ear for what the agent announces."""

    clock: Clock = field(default_factory=Clock)
    weather_url: str = "http://127.0.0.1:9"
    blind: str = ""
    looked: list[tuple[str, Region | None, Shown]] = field(default_factory=list)
    pointed: list[tuple[Region, str]] = field(default_factory=list)
    announced: list[str] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    http: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(verify=False))

    def __post_init__(self) -> None:
        self.context = ToolContext(
            http=self.http,
            weather_url=self.weather_url,
            geocoding_url=self.weather_url,
            look=self._look,
            point=self._point,
            announce=self._announce,
            spawn=self._spawn,
            clock=self.clock,
            now=lambda: datetime(2026, 11, 21, 13, 5, tzinfo=UTC),
            sleep=self.clock.sleep,
        )

    async def answer(self, name: str, /, **arguments: object) -> tuple[bool, str]:
        """Call a tool as LiveKit does: whether it failed, and what the model is told."""
        return await self.answer_raw(name, arguments)

    async def answer_raw(self, name: str, arguments: Mapping[str, object]) -> tuple[bool, str]:
        written = json.dumps(arguments)
        session: AgentSession[ToolContext] = AgentSession(userdata=self.context)
        ctx = RunContext(
            session=session,
            speech_handle=SpeechHandle.create(),
            function_call=FunctionCall(call_id="call_1", name=name, arguments=written),
        )
        call = FunctionToolCall(call_id="call_1", name=name, arguments=written)
        result = await execute_function_call(call, Declared(list(TOOLS.values())), call_ctx=ctx)
        return result.fnc_call_out.is_error, result.fnc_call_out.output

    async def aclose(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.http.aclose()

    async def _look(
        self, _: str, question: str, region: Region | None, source: Shown
    ) -> LookResult:
        self.looked.append((question, region, source))
        if self.blind:
            return LookResult(blind=self.blind)
        return LookResult(width=1280, height=720, age=0.25, source=source or "screen+camera")

    def _point(self, region: Region, label: str) -> str:
        self.pointed.append((region, label))
        return self.blind

    async def _announce(self, sentence: str) -> None:
        self.announced.append(sentence)

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self.tasks.append(task)
        return task
