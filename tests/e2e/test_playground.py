"""What LiveKit's playground needs of an agent, each rule seen from the room."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from livekit import rtc

from offline.caller import AGENT_STATE, voice
from offline.microphone import RATE
from offline.ports import free_port
from tests.e2e.figures import Figures
from tests.e2e.rig import MARKS, Guest, Rig, new_room, rig

pytestmark = MARKS

SERVERS_OWN = ("lk.agent_name", "lk.agent.name")
"""Attributes that livekit-server gives every agent, empty without explicit dispatch."""
PRE_CONNECT = "lk.agent.pre-connect-audio-buffer"


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=["away", "mute"])
async def unserved(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """A stack without a model: nobody listens on its port, or somebody who says nothing."""
    async with contextlib.AsyncExitStack() as opened:
        port = free_port()
        if request.param == "mute":
            deaf = await asyncio.start_server(hold, "127.0.0.1", port)
            opened.push_async_callback(deaf.wait_closed)
            opened.callback(deaf.close)
        env = {"GOOGLE_GEMINI_BASE_URL": f"https://127.0.0.1:{port}", "AGENT_GREETING": "on"}
        yield await opened.enter_async_context(rig(request.param, env=env))


async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accept a connection and say nothing on it until the other side has had enough."""
    with contextlib.suppress(ConnectionError):
        while await reader.read(4096):
            continue
    writer.close()


async def test_listens_and_says_so_when_the_model_is_not_there(
    unserved: Rig, figures: Figures
) -> None:
    async with unserved.guest(new_room()) as guest:
        listening = await guest.wait_for_state("listening")
        told = await guest.wait_for_message("notice", lambda m: m.type == "notice", 20)
        text = str(told.body["text"])
        await guest.until_text(text, 0.0)
        (line,) = [line for line in guest.said(by_agent=True) if line.text == text]
        agent = guest.agents[0].identity
    since = guest.joined_at
    assert figures("no model: to `listening`", listening.at - since, "s", "<= 20") <= 20
    assert figures("no model: to the notice", told.at - since, "s", "<= 20") <= 20
    assert told.body["level"] == "warning"
    assert line.identity == agent


async def test_shows_its_state_again_to_everybody_who_joins(
    stack: Rig, caller: Guest, figures: Figures
) -> None:
    await caller.wait_for_state("thinking", since=caller.joined_at)
    await caller.wait_for_state("listening")
    async with stack.guest(caller.room.name, "bob", camera=None) as bob:
        await bob.wait_for_state("thinking", since=bob.joined_at)
        await bob.wait_for_state("listening")
    for guest in (caller, bob):
        agent_came = max(guest.joined_at, guest.states[0].at)
        states = [change for change in guest.states if change.at > agent_came]
        assert [change.state for change in states[:2]] == ["thinking", "listening"]
        shown, true = (change.at for change in states[:2])
        figures(f"{guest.identity} sees the agent: to `thinking`", shown - agent_came, "s", "~1")
        assert 0.8 <= shown - agent_came <= 1.6
        assert 0.2 <= true - shown <= 0.6


async def test_comes_without_being_asked_for_and_has_a_name(stack: Rig, caller: Guest) -> None:
    status = await stack.status()
    assert status.get("agent_name", "") == ""
    (agent,) = caller.agents
    assert agent.name == "Sightline"
    assert agent.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT
    await caller.wait_until("voice track", lambda: agent.track_publications or None, 5)
    tracks = [(track.kind, track.source) for track in agent.track_publications.values()]
    assert tracks == [(rtc.TrackKind.KIND_AUDIO, rtc.TrackSource.SOURCE_MICROPHONE)]


async def test_has_no_attributes_but_its_state_whatever_happens(caller: Guest) -> None:
    asked = await caller.type("Look closer, please.")
    await caller.wait_for_sound(asked)
    await caller.say("What time is it in Paris?")
    await caller.hide(caller.cameras[0])
    await caller.wait_for_message("blind", lambda m: m.body.get("status") == "blind")
    first, *later = caller.changes
    assert set(first.attributes) <= {AGENT_STATE, *SERVERS_OWN}
    assert {name for change in later for name in change.attributes} == {AGENT_STATE}
    assert caller.agents[0].metadata == ""


async def test_keeps_segments_and_speakers_apart(caller: Guest) -> None:
    asked = await caller.type("Tell me a long story.")
    await caller.wait_for_sound(asked)
    spoken = await caller.say("What do you see?")
    await caller.wait_for_reply(spoken.last_loud)
    ids = {line.segment for line in caller.lines}
    for segment in ids:
        texts = [line for line in caller.lines if line.segment == segment]
        assert len({line.identity for line in texts}) == 1
        # Streams of one segment that come together may be read in another order.
        assert texts[-1].text in [line.text for line in texts if line.final]
        if texts[0].identity != caller.identity:
            pairs = zip(texts, texts[1:], strict=False)
            assert all(after.text.startswith(before.text) for before, after in pairs)
    assert {line.identity for line in caller.lines} == {caller.identity, caller.agents[0].identity}
    newest = {message["id"]: message["final"] for message in caller.shown("transcript")}
    assert all(newest.values()), "a line was left open"


async def test_answers_what_was_said_before_the_connection_stood(stack: Rig) -> None:
    async with stack.guest(new_room(), camera=None) as guest:
        local, spoken = guest.room.local_participant, guest.microphone.source
        await local.unpublish_track(guest.microphone.track.sid)
        source = rtc.TrackSource.SOURCE_MICROPHONE
        options = rtc.TrackPublishOptions(source=source, preconnect_buffer=True)
        # A track published twice in a row is sometimes never answered by the server.
        track = rtc.LocalAudioTrack.create_audio_track("microphone", spoken)
        published = await local.publish_track(track, options)
        agent = await guest.wait_for_agent()
        about = {"trackId": published.sid, "sampleRate": str(RATE), "channels": "1"}
        writer = await local.stream_bytes(
            "preconnect",
            topic=PRE_CONNECT,
            attributes=about,
            destination_identities=[agent.identity],
        )
        await writer.write(voice("Tell me a long story.").tobytes())
        await writer.aclose()
        await guest.until_text("Here is a long story", guest.joined_at)


@contextlib.asynccontextmanager
async def busy_processor() -> AsyncIterator[None]:
    """Keep one core busy for the length of the block."""
    burner = await asyncio.create_subprocess_exec(sys.executable, "-c", "while True: pass")
    try:
        yield
    finally:
        burner.kill()
        await burner.wait()


async def test_reports_a_load_of_sessions_not_of_the_processor(
    stack: Rig, figures: Figures
) -> None:
    async with busy_processor(), stack.guest(new_room(), camera=None) as guest:
        listening = await guest.wait_for_state("listening")
        loads = []
        while guest.clock() < listening.at + 3:
            await guest.wait_for_quiet(0.2)
            loads.append((await stack.status()).get("worker_load", 0.0))
    highest = figures("load, one core busy and one call", max(loads), "", "0 < x < 0.1")
    assert 0 < highest < 0.1
