"""A real AgentSession in a role, without a room, on a stand-in whose model tells long stories."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
from livekit.agents import AgentSession

from offline.gemini.senses import Actions
from offline.gemini.server import Service
from offline.gemini.thought import Prompt, Say
from tests.environment import ENVIRONMENT
from tests.fakes.calls import Call as FakeCall
from tests.live.service import standin, until
from tools import TOOLS
from tools.context import ToolContext
from worker.asking import Asking
from worker.config.settings import Settings
from worker.gemini.bounds import Bounds
from worker.gemini.lifeline import Lifeline
from worker.gemini.taps import Taps
from worker.personas import load_persona
from worker.role import Role
from worker.voice import Voice


@dataclass(slots=True, kw_only=True)
class Scene:
    """One call, as far as the model and the framework go."""

    role: Role
    session: AgentSession[ToolContext]
    lifeline: Lifeline
    voice: Voice
    asking: Asking
    service: Service
    asked: list[str]
    """What the model was asked for, oldest first."""


@contextlib.asynccontextmanager
async def talking(
    monkeypatch: pytest.MonkeyPatch, think: Callable[[Prompt], Actions] | None = None
) -> AsyncIterator[Scene]:
    """Open a scene; the model says what it was asked for, nine times."""
    settings = Settings.from_env(ENVIRONMENT)
    role, asked = Role(settings, load_persona("guide", tools=TOOLS)), list[str]()

    def repeat(prompt: Prompt) -> Actions:
        asked.append(prompt.instructions or prompt.text)
        return tuple(Say(text=asked[-1]) for _ in range(9))

    call = FakeCall()
    async with standin(think or repeat) as (service, tls):
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", service.url)
        lifeline = Lifeline(taps=Taps(), bounds=Bounds(), clock=time.monotonic, jitter=lambda: 0.0)
        async with role.open(lifeline, tls, call.context) as session:
            role.serve(session, lambda _: None, lambda _: None)
            await session.start(role.agent(), record=False)
            await until(lifeline.connected.is_set)
            yield Scene(
                role=role,
                session=session,
                lifeline=lifeline,
                voice=Voice(session, lifeline),
                asking=Asking(session),
                service=service,
                asked=asked,
            )
        await call.aclose()
