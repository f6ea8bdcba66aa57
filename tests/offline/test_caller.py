"""The caller in a real room, with a bare participant of kind agent as its only company."""

from __future__ import annotations

import asyncio
import contextlib
import statistics
from collections.abc import AsyncIterator
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from livekit import rtc
from numpy.typing import NDArray

from offline.caller import AGENT_STATE, CHAT, EVENTS, QR_TEXT, TRANSCRIPTION, Caller
from offline.camera import CameraOptions
from offline.errors import OfflineError
from offline.livekit import LiveKitServer
from offline.microphone import LOUD, RATE
from offline.scene import Scene
from offline.tokens import room_token

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

SMALL = CameraOptions(width=640, height=360, fps=15)


def tone(seconds: float) -> NDArray[np.int16]:
    return np.asarray(np.sin(np.arange(int(RATE * seconds)) * 0.06) * 9000, np.int16)


def participant(
    server: LiveKitServer, identity: str, *, camera: CameraOptions | None = None
) -> Caller:
    token = room_token(
        api_key=server.api_key,
        api_secret=server.api_secret,
        room="room",
        identity=identity,
        agent=identity == "agent",
    )
    return Caller(
        url=server.url,
        token=token,
        identity=identity,
        camera=camera,
        hears_everyone=identity == "agent",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A caller, and a caller that plays the agent."""

    server: LiveKitServer
    caller: Caller
    agent: Caller

    @property
    def as_agent(self) -> rtc.LocalParticipant:
        return self.agent.room.local_participant


@contextlib.asynccontextmanager
async def opened(camera: CameraOptions | None = None) -> AsyncIterator[Room]:
    async with (
        LiveKitServer.start() as server,
        participant(server, "agent") as agent,
        participant(server, "caller", camera=camera) as caller,
    ):
        await caller.wait_until("agent's track", lambda: caller.ear.tracks or None, 10)
        await agent.wait_until("caller's track", lambda: agent.ear.tracks or None, 10)
        yield Room(server=server, caller=caller, agent=agent)


async def test_a_sentence_is_heard_when_it_was_spoken() -> None:
    async with opened() as room:
        spoken = await room.caller.say("hello there")
        heard = await room.agent.wait_for_sound(spoken.first_loud)
        silent = await room.agent.wait_for_quiet(0.3)
    assert 0.01 < heard - spoken.first_loud < 0.5
    assert 0.01 < silent - spoken.last_loud < 0.6
    assert spoken.text == "hello there"


async def test_two_sentences_are_spoken_one_after_the_other() -> None:
    async with opened() as room:
        first, second = await asyncio.gather(room.caller.say("one"), room.caller.say("two"))
    assert second.first_loud > first.last_loud


async def test_the_microphone_keeps_the_clocks_pace() -> None:
    async with opened() as room:
        before, began = len(room.caller.microphone.delays), room.caller.clock()
        await asyncio.sleep(3)
        frames = len(room.caller.microphone.delays) - before
        elapsed = room.caller.clock() - began
        delays = sorted(room.caller.microphone.delays)
    assert room.caller.microphone.restarts == 0 or statistics.median(delays) > 0.005
    assert frames == pytest.approx(elapsed * 100, abs=15)


async def test_nothing_loud_cannot_be_said() -> None:
    async with opened() as room:
        with pytest.raises(ValueError, match="loud enough"):
            await room.caller.utter(np.full(RATE, LOUD - 1, np.int16))


async def test_a_muted_microphone_is_not_heard() -> None:
    async with opened() as room:
        room.caller.mute()
        await asyncio.sleep(0.3)
        since = room.caller.clock()
        await room.caller.utter(tone(0.3))
        await asyncio.sleep(0.3)
        assert room.agent.ear.first_audible(since) is None
        room.caller.unmute()
        await asyncio.sleep(0.3)
        again = await room.caller.utter(tone(0.3))
        await room.agent.wait_for_sound(again.first_loud)


async def test_a_reply_comes_with_voice_words_and_state() -> None:
    async with opened() as room:
        since = room.caller.clock()
        await room.as_agent.set_attributes({AGENT_STATE: "speaking"})
        writer = await room.as_agent.stream_text(
            topic=TRANSCRIPTION,
            attributes={"lk.segment_id": "SG_1", "lk.transcription_final": "false"},
        )
        await writer.write("Hello ")
        await room.agent.utter(tone(0.5))
        await writer.write("there.")
        await writer.aclose(attributes={"lk.transcription_final": "true"})
        await room.as_agent.set_attributes({AGENT_STATE: "listening"})
        reply = await room.caller.wait_for_reply(since)
        states = [change.state for change in room.caller.states]
    assert reply.text == "Hello there."
    assert reply.last_sound - reply.first_sound == pytest.approx(0.5, abs=0.25)
    assert states[-2:] == ["speaking", "listening"]


async def test_data_messages_are_kept_with_sender_and_time() -> None:
    async with opened() as room:
        since = room.caller.clock()
        await room.as_agent.publish_data(b'{"type":"notice"}', topic=EVENTS)
        await room.as_agent.publish_data(b"for somebody else", topic="other")
        message = await room.caller.wait_for_message("notice", lambda m: m.type == "notice")
    assert (message.sender, message.data) == ("agent", b'{"type":"notice"}')
    assert since < message.at < since + 5
    assert len(room.caller.messages) == 1


async def test_typed_text_and_rpc_reach_the_agent() -> None:
    typed: asyncio.Queue[str] = asyncio.Queue()
    reading: set[asyncio.Task[None]] = set()

    async def read(reader: rtc.TextStreamReader) -> None:
        typed.put_nowait(await reader.read_all())

    def on_chat(reader: rtc.TextStreamReader, _: str) -> None:
        reading.add(asyncio.create_task(read(reader)))

    async def answer(call: rtc.RpcInvocationData) -> str:
        return call.payload.upper()

    async with opened() as room:
        room.agent.room.register_text_stream_handler(CHAT, on_chat)
        room.as_agent.register_rpc_method("shout", answer)
        await room.caller.type("What is this?")
        assert await asyncio.wait_for(typed.get(), 10) == "What is this?"
        assert await room.caller.rpc("shout", "hi") == "HI"
        with pytest.raises(rtc.RpcError):
            await room.caller.rpc("whisper")


async def first_frame(room: Room) -> rtc.VideoFrame:
    def found() -> rtc.Track | None:
        person = room.agent.room.remote_participants.get("caller")
        tracks = [p.track for p in person.track_publications.values()] if person else []
        return next((t for t in tracks if isinstance(t, rtc.RemoteVideoTrack)), None)

    track = await room.agent.wait_until("video track", found, 10)
    stream = rtc.VideoStream(track, format=rtc.VideoBufferType.RGB24, capacity=1)
    try:
        async for event in stream:
            if event.frame.width >= 640:
                return event.frame
    finally:
        await stream.aclose()
    raise AssertionError("the video ended")


@pytest.mark.parametrize("simulcast", [True, False])
async def test_the_camera_shows_a_readable_code(simulcast: bool) -> None:
    camera = CameraOptions(width=640, height=360, fps=15, simulcast=simulcast)
    async with opened(camera) as room, asyncio.timeout(30):
        text = ""
        while text != QR_TEXT:
            frame = await first_frame(room)
            picture = np.frombuffer(frame.data, np.uint8).reshape(frame.height, frame.width, 3)
            text = cv2.QRCodeDetector().detectAndDecode(picture)[0]
        assert (frame.width, frame.height) == (640, 360)


async def test_a_screen_comes_and_goes_beside_the_camera() -> None:
    async with opened(SMALL) as room:
        screen = await room.caller.show(
            CameraOptions(width=320, height=180, fps=5, screen=True, simulcast=False),
            Scene(320, 180, ""),
        )
        local = room.caller.room.local_participant
        sources = {p.source for p in local.track_publications.values()}
        assert rtc.TrackSource.SOURCE_SCREENSHARE in sources
        await room.caller.hide(screen)
        assert len(local.track_publications) == 2
        assert len(room.caller.cameras) == 1


async def test_the_agent_may_come_later_and_leave_earlier() -> None:
    async with LiveKitServer.start() as server, participant(server, "caller") as caller:
        with pytest.raises(TimeoutError, match="no agent within"):
            await caller.wait_for_agent(0.2)
        async with participant(server, "agent") as agent:
            assert (await caller.wait_for_agent()).identity == "agent"
            await agent.room.local_participant.set_attributes({AGENT_STATE: "listening"})
            await caller.wait_for_state("listening")
        await caller.wait_for_state("")


async def test_two_voices_of_agents_are_both_heard() -> None:
    async with opened() as room:
        source = rtc.AudioSource(RATE, 1)
        second = rtc.LocalAudioTrack.create_audio_track("second", source)
        await room.as_agent.publish_track(
            second, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO)
        )
        await room.caller.wait_until(
            "second track", lambda: len(room.caller.ear.tracks) > 1 or None, 10
        )
        since = room.caller.clock()
        samples = tone(1.0)
        await source.capture_frame(rtc.AudioFrame(samples.tobytes(), RATE, 1, samples.size))
        await room.caller.wait_for_sound(since)
        heard = {sound.track for sound in room.caller.ear.audible(since)}
        assert heard == {second.sid}
        await source.aclose()


async def test_leaving_twice_is_leaving_once_and_keeps_what_was_heard() -> None:
    async with opened() as room:
        spoken = await room.agent.utter(tone(0.3))
        await room.caller.wait_for_sound(spoken.first_loud)
        await room.caller.leave()
        await room.caller.leave()
        assert room.caller.ear.first_audible(spoken.first_loud) is not None
        assert not [t for t in asyncio.all_tasks() if "caller-microphone" in t.get_name()][1:]


async def test_says_so_when_the_room_is_closed_to_it() -> None:
    async with LiveKitServer.start() as server:
        stranger = Caller(url=server.url, token="no token", identity="stranger")
        with pytest.raises(OfflineError, match=r"stranger cannot join ws://127\.0\.0\.1"):
            await stranger.__aenter__()


@pytest.mark.parametrize(("size", "codec"), [((640, 2), "vp8"), ((2, 360), "vp8"), ((64, 64), "x")])
def test_refuses_a_camera_that_would_abort_the_process(size: tuple[int, int], codec: str) -> None:
    with pytest.raises(ValueError, match=r"at least 4|one of"):
        CameraOptions(width=size[0], height=size[1], codec=codec)
