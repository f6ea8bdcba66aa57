"""What a turn costs with the lifeline under the plugin, and with the plugin's own client."""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import AsyncIterator

import pytest
from livekit.plugins.google.realtime import realtime_api

from offline.gemini.senses import Actions
from offline.gemini.thought import Prompt, Say
from tests.e2e.figures import Figures, percentile
from tests.live.line import Diary, lifeline_to
from tests.live.service import standin
from worker.gemini.dial import client_options
from worker.gemini.realtime import RealtimeModel

TURNS = 150
MODEL = "gemini-3.8-live"


def say_it_short(_: Prompt) -> Actions:
    return (Say(text="Yes, I do."),)


@contextlib.asynccontextmanager
async def own_client(url: str, tls: ssl.SSLContext) -> AsyncIterator[realtime_api.RealtimeSession]:
    """The plugin as it comes."""
    options = client_options(tls)
    options.base_url = url
    model = realtime_api.RealtimeModel(model=MODEL, api_key="AIzaTest", http_options=options)
    session = model.session()
    try:
        yield session
    finally:
        await session.aclose()


@contextlib.asynccontextmanager
async def with_lifeline(
    url: str, tls: ssl.SSLContext
) -> AsyncIterator[realtime_api.RealtimeSession]:
    """The plugin with the lifeline in it."""
    options = client_options(tls)
    options.base_url = url
    lifeline = lifeline_to(url, tls, Diary())
    model = RealtimeModel(lifeline=lifeline, model=MODEL, api_key="AIzaTest", http_options=options)
    session = model.session()
    try:
        yield session
    finally:
        await session.aclose()


async def turn(session: realtime_api.RealtimeSession) -> float:
    """Milliseconds from asking for a reply to its first sound; the reply is heard to its end."""
    asked = time.perf_counter()
    created = await session.generate_reply()
    message = await anext(aiter(created.message_stream))
    sound = aiter(message.audio_stream)
    await anext(sound)
    waited = time.perf_counter() - asked
    async for _ in sound:
        pass
    async for _ in message.text_stream:
        pass
    return waited * 1000


@pytest.mark.timeout(60)
async def test_the_happy_path_pays_nothing_for_the_lifeline(figures: Figures) -> None:
    own: list[float] = []
    ours: list[float] = []
    async with (
        standin(say_it_short) as (service, tls),
        own_client(service.url, tls) as plain,
        with_lifeline(service.url, tls) as lifelined,
    ):
        for _ in range(TURNS // 2):
            own.append(await turn(plain))
            ours.append(await turn(lifelined))
            ours.append(await turn(lifelined))
            own.append(await turn(plain))
    without, beneath = percentile(own, 0.5), percentile(ours, 0.5)
    figures("turn with the plugin's own client, median", without, "ms")
    figures("turn with the lifeline, median", beneath, "ms")
    figures("turn: what the lifeline adds, median", beneath - without, "ms", "< 1")
    figures("turn: what it adds, shortest", min(ours) - min(own), "ms")
    asked = [len(account.at("client_content")) for account in service.accounts]
    assert asked == [len(own), len(ours)] == [TURNS, TURNS]
