"""The unmodified LiveKit plugin as a client: one session and what it emitted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from google.genai import types
from livekit import rtc
from livekit.agents import llm
from livekit.plugins import google
from livekit.plugins.google.realtime.realtime_api import RealtimeSession

from offline.gemini.server import Service
from tests.conformance.clients import trust

PLUGIN_WARNS = pytest.mark.filterwarnings(
    "ignore:Setting `LiveConnectConfig.generation_config` is deprecated:DeprecationWarning"
)
"""What the plugin's use of google-genai warns of; without it no connection comes about."""


class Heard:
    """What one generation brought."""

    def __init__(self) -> None:
        self.text = ""
        self.audio = b""
        self.calls: list[llm.FunctionCall] = []


class Plugged:
    """A plugin session with its events as they came."""

    def __init__(self, service: Service, session: RealtimeSession) -> None:
        self.service, self.session = service, session
        self.generations: asyncio.Queue[llm.GenerationCreatedEvent] = asyncio.Queue()
        self.transcripts: list[llm.InputTranscriptionCompleted] = []
        self.metrics: asyncio.Queue[object] = asyncio.Queue()
        self.errors: list[llm.RealtimeModelError] = []
        self.speech_started = 0
        self.sounding = asyncio.Event()
        self.finished = asyncio.Event()
        """A whole generation is over: the plugin says so as the end of speech."""
        session.on("generation_created", self.generations.put_nowait)
        session.on("input_audio_transcription_completed", self.transcripts.append)
        session.on("metrics_collected", self.metrics.put_nowait)
        session.on("error", self.errors.append)
        session.on("input_speech_started", self._started)
        session.on("input_speech_stopped", lambda _: self.finished.set())

    def _started(self, _: llm.InputSpeechStartedEvent) -> None:
        self.speech_started += 1

    async def ready(self) -> None:
        """Wait for the connection: the plugin reports one as a metric."""
        await self.metrics.get()

    def push(self, pcm: bytes, *, rate: int = 16_000) -> None:
        """Push s16le mono in frames of 10 ms."""
        step = rate // 50
        for at in range(0, len(pcm), step):
            data = pcm[at : at + step]
            self.session.push_audio(rtc.AudioFrame(data, rate, 1, len(data) // 2))

    async def generation(self) -> Heard:
        """Take in the next generation to its end."""
        return await take_in(await self.generations.get(), sounding=self.sounding)


async def take_in(
    created: llm.GenerationCreatedEvent, *, sounding: asyncio.Event | None = None
) -> Heard:
    """Read all streams of a generation; set `sounding` at its first sound."""
    heard = Heard()

    async def messages() -> None:
        async for message in created.message_stream:
            async with asyncio.TaskGroup() as group:
                group.create_task(text(message))
                group.create_task(audio(message))

    async def text(message: llm.MessageGeneration) -> None:
        async for piece in message.text_stream:
            heard.text += str(piece)

    async def audio(message: llm.MessageGeneration) -> None:
        async for frame in message.audio_stream:
            heard.audio += bytes(frame.data)
            if sounding is not None:
                sounding.set()

    async def calls() -> None:
        async for one in created.function_stream:
            heard.calls.append(one)

    async with asyncio.TaskGroup() as group:
        group.create_task(messages())
        group.create_task(calls())
    return heard


@asynccontextmanager
async def plugged(
    service: Service, model: str = "gemini-3.8-live", **options: object
) -> AsyncIterator[Plugged]:
    """Open a session of the plugin against the service."""
    http = types.HttpOptions(base_url=service.url, async_client_args={"ssl": trust(service)})
    realtime = google.realtime.RealtimeModel(
        model=model,
        api_key="offline",
        http_options=http,
        **options,  # type: ignore[arg-type]
    )
    session = realtime.session()
    try:
        yield Plugged(service, session)
    finally:
        await session.aclose()
        await realtime.aclose()
