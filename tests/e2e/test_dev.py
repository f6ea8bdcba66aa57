"""`python worker.py dev`: the same agent, with its doors open for the developer."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from livekit import rtc
from livekit.agents.voice.remote_session import RemoteSession

from offline.caller import AGENT_STATE
from tests.e2e.figures import Figures
from tests.e2e.rig import MARKS, Guest, Rig, new_room, rig, until

pytestmark = MARKS


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def dev() -> AsyncIterator[Rig]:
    """A worker in `dev`; its agent greets."""
    async with rig("dev", command="dev", env={"AGENT_GREETING": "on"}) as it:
        yield it


async def test_keeps_a_process_ready_and_greets_at_once(dev: Rig, figures: Figures) -> None:
    ready = dev.processes()
    async with dev.guest(new_room()) as guest:
        listening = await guest.wait_for_state(("listening", "thinking", "speaking"))
        greeting = await guest.wait_for_sound(guest.joined_at)
        await guest.until_text("offline stand-in", guest.joined_at)
    figures("dev: join to `listening`", listening.at - guest.joined_at, "s", "<= 20")
    figures("dev: join to the greeting's first sound", greeting - guest.joined_at, "s")
    assert len(ready) == 4, "main process, its tracker, the fork server, one ready process"
    assert listening.at - guest.joined_at <= 20


async def test_a_new_process_has_its_imports_already(stack: Rig, figures: Figures) -> None:
    # The stack runs in another folder than the repository's, as a service would.
    took = [entry["elapsed_time"] for entry in stack.entries("process initialized")]
    assert figures("a new process: to ready", min(took), "s", "<= 0.8") <= 0.8


@contextlib.asynccontextmanager
async def deaf_visitor(stack: Rig) -> AsyncIterator[rtc.Room]:
    """Somebody in a room who has not subscribed to anything yet."""
    room = rtc.Room()
    options = rtc.RoomOptions(auto_subscribe=False)
    await room.connect(stack.server.url, stack.token(new_room(), "ann"), options)
    try:
        yield room
    finally:
        await room.disconnect()


async def voice_of(room: rtc.Room, state: str) -> rtc.RemoteTrackPublication | None:
    """Return the voice of the room's agent, once it has that state."""
    for agent in room.remote_participants.values():
        if agent.attributes.get(AGENT_STATE) == state:
            return next(iter(agent.track_publications.values()), None)
    return None


async def test_greets_when_somebody_has_subscribed_and_not_before(
    dev: Rig, figures: Figures
) -> None:
    joined = time.monotonic()

    async def greeted() -> float | None:
        return next(iter((await dev.account(joined)).at("first_audio")), None)

    async with deaf_visitor(dev) as room:
        # One second after the join the state is shown once more: time enough to greet nobody.
        await until("state shown again", lambda: voice_of(room, "thinking"))
        voice = await until("agent's voice", lambda: voice_of(room, "listening"))
        subscribed = time.monotonic()
        voice.set_subscribed(True)
        greeting = await until("greeting", greeted)
    figures("subscribed: to the model's greeting", greeting - subscribed, "s", "> 0")
    assert greeting > subscribed


@contextlib.asynccontextmanager
async def remote(guest: Guest) -> AsyncIterator[RemoteSession]:
    """The way in that the playground's debug panel uses."""
    agent = await guest.wait_for_agent()
    await guest.wait_for_state("listening")
    session = RemoteSession.from_room(guest.room, agent.identity)
    await session.start()
    try:
        yield session
    finally:
        await session.aclose()


async def test_answers_the_debug_panel_in_dev(dev: Rig) -> None:
    async with dev.guest(new_room(), camera=None) as guest, remote(guest) as session:
        await session.wait_for_ready()
        info = await session.get_agent_info()
        assert "Sightline" in info.instructions


async def test_tells_nobody_its_instructions_in_start(caller: Guest) -> None:
    async with remote(caller) as session:
        with pytest.raises(TimeoutError):
            await session.wait_for_ready(3.0)
