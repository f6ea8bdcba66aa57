"""A lifeline to the stand-in whose model calls tools, and hands that run them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from google.genai import Client, types
from livekit.agents import llm

from offline.gemini.fault import Fault
from offline.gemini.outages import Reset
from offline.gemini.senses import Actions
from offline.gemini.server import Service
from offline.gemini.thought import Call, Prompt, Say
from tests.live.service import standin, until
from worker.gemini.bounds import Bounds
from worker.gemini.dial import client_options
from worker.gemini.lifeline import Lifeline
from worker.gemini.session import LiveSession
from worker.gemini.taps import Taps
from worker.gemini.toolcalls import ToolCalls

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
