"""The plugin's session with the lifeline in it, on a stand-in."""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from livekit import rtc
from livekit.agents import llm

from offline.gemini.senses import Actions
from offline.gemini.server import Service
from offline.gemini.thought import Prompt
from tests.environment import ENVIRONMENT
from tests.live.line import MODEL
from tests.live.service import say_yes, standin
from worker.config.settings import Settings
from worker.gemini.bounds import Bounds
from worker.gemini.lifeline import Lifeline
from worker.gemini.model import build_model
from worker.gemini.realtime import RealtimeSession
from worker.gemini.taps import Taps


@dataclass
class Witness:
    """The session's events, in order."""

    events: list[tuple[str, object]] = field(default_factory=list)

    def follow(self, session: RealtimeSession) -> None:
        for name in ("generation_created", "input_audio_transcription_completed"):
            session.on(name, lambda event, name=name: self.events.append((name, event)))

    def lines(self) -> list[llm.InputTranscriptionCompleted]:
        return [e for _, e in self.events if isinstance(e, llm.InputTranscriptionCompleted)]

    def generations(self) -> list[llm.GenerationCreatedEvent]:
        return [e for _, e in self.events if isinstance(e, llm.GenerationCreatedEvent)]


@contextlib.asynccontextmanager
async def session_with(
    think: Callable[[Prompt], Actions] = say_yes, *, model: str = MODEL
) -> AsyncIterator[tuple[RealtimeSession, Witness, Service]]:
    async with standin(think) as (service, tls):
        session = open_session(service.url, tls, model)
        witness = Witness()
        witness.follow(session)
        try:
            yield session, witness, service
        finally:
            await session.aclose()


def open_session(url: str, tls: ssl.SSLContext, name: str = MODEL) -> RealtimeSession:
    lifeline = Lifeline(taps=Taps(), bounds=Bounds(), clock=time.monotonic, jitter=lambda: 0.0)
    settings = Settings.from_env({**ENVIRONMENT, "AGENT_MODEL": name})
    model = build_model(settings, voice="Puck", lifeline=lifeline, tls=tls)
    session = model.session()
    assert session._lifeline._client is not None
    session._lifeline._client._api_client._http_options.base_url = url
    return session


def push(session: RealtimeSession, pcm: bytes, times: int) -> None:
    for _ in range(times):
        session.push_audio(rtc.AudioFrame(pcm, 16_000, 1, 160))
