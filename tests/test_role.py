"""The agent becomes somebody else in mid-call, in a real AgentSession against the stand-in."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from livekit.agents import AgentSession

from offline.gemini.server import Service
from tests.environment import ENVIRONMENT
from tests.fakes.calls import Call as FakeCall
from tests.live.service import LOUD_10MS, SILENT_10MS, standin, until
from tools import TOOLS
from tools.context import ToolContext
from worker.config.settings import Settings
from worker.gemini.bounds import Bounds
from worker.gemini.lifeline import Lifeline
from worker.gemini.model import build_model
from worker.gemini.moves import State
from worker.gemini.taps import Taps
from worker.personas import VisionPacing, load_persona
from worker.role import KNOWN, Role


@dataclass
class Scene:
    role: Role
    session: AgentSession[ToolContext]
    lifeline: Lifeline
    service: Service
    looks: list[VisionPacing] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def speak(self) -> None:
        """Say something, and be silent for as long as the most patient persona waits."""
        for sound in [LOUD_10MS] * 60 + [SILENT_10MS] * 150:
            self.lifeline.hear(sound)

    async def connected(self, times: int) -> str:
        """Wait for so many connections; what the newest was set up with."""
        await until(lambda: len(self.service.accounts) == times)
        await until(lambda: self.service.accounts[-1].at("setup_complete"))
        return str(self.service.accounts[-1].setup)


@contextlib.asynccontextmanager
async def scene(monkeypatch: pytest.MonkeyPatch, **env: str) -> AsyncIterator[Scene]:
    settings = Settings.from_env({**ENVIRONMENT, **env})
    role = Role(settings, load_persona("guide", tools=TOOLS))
    userdata = FakeCall()
    async with standin() as (service, tls):
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", service.url)
        bounds = Bounds()
        lifeline = Lifeline(taps=Taps(), bounds=bounds, clock=time.monotonic, jitter=lambda: 0.0)
        model = build_model(settings, voice=role.voice, lifeline=lifeline, tls=tls)
        async with AgentSession(llm=model, vad=None, userdata=userdata.context) as session:
            held = Scene(role, session, lifeline, service)
            role.serve(session, held.looks.append, held.told.append)
            await session.start(role.agent(), record=False)
            await held.connected(1)
            yield held
        await userdata.aclose()


async def test_becomes_another_persona_and_keeps_the_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tutor = load_persona("tutor", tools=TOOLS)
    async with scene(monkeypatch) as s:
        s.speak()
        await until(lambda: s.service.accounts[0].at("turn_complete"))
        await s.role.become(tutor)
        setup = await s.connected(2)
        tools = {tool.info.name for tool in s.session.current_agent.tools}  # type: ignore[union-attr]
        s.speak()
        await until(lambda: s.service.accounts[1].turns)
        conversations = {account.conversation for account in s.service.accounts}
    assert "Never give away the answer" in setup
    assert "companion in a live call" not in setup
    assert tutor.voice in setup
    assert "1400" in setup
    assert tools == set(tutor.tools)
    assert s.looks == [tutor.vision]
    assert s.told == ["The agent is now: Tutor."]
    assert len(conversations) == 1
    assert len(s.service.accounts) == 2


async def test_the_settings_voice_stays_whoever_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    async with scene(monkeypatch, AGENT_VOICE="Leda") as s:
        await s.role.become(load_persona("reader", tools=TOOLS))
        assert "Leda" in await s.connected(2)


async def test_a_tool_of_googles_stands_in_the_setup_beside_our_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with scene(monkeypatch) as s:
        await s.role.become(load_persona("technician", tools=KNOWN))
        setup = await s.connected(2)
    assert "googleSearch" in setup
    assert "set_timer" in setup


async def test_speaks_with_another_voice_as_the_same_persona(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with scene(monkeypatch) as s:
        await s.role.speak_with("Kore")
        await s.role.speak_with("Kore")
        setup = await s.connected(2)
    assert s.told == ["The agent's voice is now: Kore."]
    assert "Kore" in setup
    assert "companion in a live call" in setup


async def test_who_it_is_already_it_becomes_without_another_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with scene(monkeypatch) as s:
        await s.lifeline.connected.wait()
        await s.role.become(load_persona("guide", tools=TOOLS))
        await s.role.speak_with(s.role.voice)
        s.role.listen(manual=False)
        assert s.lifeline.course.state is State.UP
        await s.role.speak_with("Kore")
        await s.role.become(load_persona("guide", tools=TOOLS))
        setup = await s.connected(2)
    assert s.role.persona.voice in setup, "a persona brings its voice"
    assert s.told == ["The agent's voice is now: Kore.", "The agent is now: Guide."]


async def test_a_role_without_a_session_cannot_change() -> None:
    role = Role(Settings.from_env(ENVIRONMENT), load_persona("guide"))
    with pytest.raises(RuntimeError, match="no session"):
        await role.become(load_persona("tutor"))
