"""A person in a room, made of a voice, a camera, a keyboard and a good memory; measures too."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import time
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Self

import numpy as np
from livekit import rtc

from offline.camera import Camera, CameraOptions, Drawing
from offline.errors import OfflineError
from offline.microphone import RATE, Microphone, Samples, Spoken
from offline.scene import Scene
from offline.speech import CALLER_WPM, VOICE_RATE, resample, speak
from offline.witness import Witness

TRANSCRIPTION = "lk.transcription"
CHAT = "lk.chat"
EVENTS = "sightline.events"
AGENT_STATE = "lk.agent.state"
ON_BEHALF = "lk.publish_on_behalf"
CONNECT_TIMEOUT = 15.0
LEAVE_TIMEOUT = 5.0
QR_TEXT = "SIGHTLINE-42"


@functools.lru_cache(maxsize=64)
def voice(text: str) -> Samples:
    """Return the caller's voice saying `text`: mono 48 kHz, sharp at both ends. Blocks ~20 ms."""
    pcm = resample(speak(text, words_per_minute=CALLER_WPM), rate_from=VOICE_RATE, rate_to=RATE)
    return np.frombuffer(pcm, np.int16)


class Caller(Witness):
    """One participant, inside its `async with`; leaves the room at the end of the block."""

    def __init__(
        self,
        *,
        url: str,
        token: str,
        identity: str,
        camera: CameraOptions | None = None,
        drawing: Drawing | None = None,
        hears_everyone: bool = False,
        lead: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare to join.

        Args:
            token: for this identity (offline.tokens.room_token).
            camera: publish a camera like this; None publishes none.
            drawing: what it films; a `Scene` with QR_TEXT when not given.
            hears_everyone: listen to every participant, not only to agents.
            lead: seconds that speech waits in a queue, against a busy machine; 0 to measure.
        """
        super().__init__(identity, clock=clock)
        self._url, self._token = url, token
        self._camera, self._drawing = camera, drawing
        self._hears_everyone = hears_everyone
        self._tasks: set[asyncio.Task[None]] = set()
        self.room = rtc.Room()
        self.microphone = Microphone(lead=lead, clock=clock)
        self.cameras: list[Camera] = []
        """Cameras and screens shown now, oldest first."""
        self.joined_at = 0.0
        self.on_joined: Callable[[], None] = lambda: None
        """Called when the room has let us in, before anything is published."""

    async def __aenter__(self) -> Self:
        """Join and publish.

        Raises:
            OfflineError: the room does not let us in.
        """
        self._listen_to_room()
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                await self.room.connect(self._url, self._token)
            self.joined_at = self.clock()
            self.on_joined()
            for participant in self.room.remote_participants.values():
                self._on_participant(participant)
            source = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
            self.microphone.start()
            await self.room.local_participant.publish_track(self.microphone.track, source)
            if self._camera is not None:
                await self.show(self._camera, self._drawing)
        except (rtc.ConnectError, TimeoutError) as error:
            await self.leave()
            why = getattr(error, "message", "") or f"no answer within {CONNECT_TIMEOUT:.0f} s"
            raise OfflineError(f"{self.identity} cannot join {self._url}: {why}") from error
        except BaseException:
            await self.leave()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.leave()

    @property
    def agents(self) -> list[rtc.RemoteParticipant]:
        """The agents in the room now; none in a room that was closed."""
        if not self.room.isconnected():
            return []
        return [p for p in self.room.remote_participants.values() if _is_agent(p)]

    async def wait_for_agent(self, timeout: float = 20.0) -> rtc.RemoteParticipant:
        """Return the first agent, as soon as there is one."""
        return await self.wait_until("agent", lambda: next(iter(self.agents), None), timeout)

    async def say(self, text: str) -> Spoken:
        """Speak a sentence; return when its last loud sample is out, with both times."""
        return await self.utter(await asyncio.to_thread(voice, text), text=text)

    async def utter(self, samples: Samples, *, text: str = "") -> Spoken:
        """Speak mono 48 kHz samples; return when the last loud one is out, with both times."""
        spoken = await self.microphone.say(samples)
        return Spoken(first_loud=spoken.first_loud, last_loud=spoken.last_loud, text=text)

    async def type(self, text: str) -> float:
        """Send a line of chat to whoever is in the room; return when it was sent."""
        at = self.clock()
        await self.room.local_participant.send_text(text, topic=CHAT)
        return at

    async def show(self, options: CameraOptions, drawing: Drawing | None = None) -> Camera:
        """Publish one more camera or screen."""
        drawing = drawing or Scene(options.width, options.height, QR_TEXT)
        camera = Camera(drawing, options, clock=self.clock)
        self.cameras.append(camera)
        camera.start()
        await self.room.local_participant.publish_track(camera.track, camera.publish_options())
        return camera

    async def hide(self, camera: Camera) -> None:
        """Take a camera or screen out of the room again."""
        self.cameras.remove(camera)
        await self.room.local_participant.unpublish_track(camera.track.sid)
        await camera.aclose()

    def mute(self, track: rtc.LocalAudioTrack | rtc.LocalVideoTrack | None = None) -> None:
        """Mute the microphone, or another track."""
        (track or self.microphone.track).mute()

    def unmute(self, track: rtc.LocalAudioTrack | rtc.LocalVideoTrack | None = None) -> None:
        """Unmute the microphone, or another track."""
        (track or self.microphone.track).unmute()

    async def rpc(self, method: str, payload: str = "", *, timeout: float = 10.0) -> str:
        """Call a method of the agent and return its answer.

        Raises:
            rtc.RpcError: the agent refused, or does not know the method.
        """
        agent = await self.wait_for_agent(timeout)
        return await self.room.local_participant.perform_rpc(
            destination_identity=agent.identity,
            method=method,
            payload=payload,
            response_timeout=timeout,
        )

    async def leave(self) -> None:
        """Leave the room; what was heard and read stays. Does nothing the second time."""
        await self.ear.aclose()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_TIMEOUT):
                await self.room.disconnect()
        await self.microphone.aclose()
        while self.cameras:
            await self.cameras.pop().aclose()

    def _listen_to_room(self) -> None:
        room = self.room
        room.register_text_stream_handler(TRANSCRIPTION, self._on_transcription)
        room.on("data_received", self._on_data)
        room.on("track_subscribed", self._on_track)
        room.on("participant_connected", self._on_participant)
        room.on("participant_disconnected", self._on_participant_left)
        room.on("participant_attributes_changed", self._on_attributes)

    def _on_participant(self, participant: rtc.RemoteParticipant) -> None:
        if _is_agent(participant):
            self.note_state(participant.identity, participant.attributes.get(AGENT_STATE, ""))

    def _on_participant_left(self, participant: rtc.RemoteParticipant) -> None:
        if _is_agent(participant):
            self.note_state(participant.identity, "")

    def _on_attributes(self, changed: dict[str, str], participant: rtc.Participant) -> None:
        if AGENT_STATE in changed and participant.identity != self.identity:
            self.note_state(participant.identity, changed[AGENT_STATE])

    def _on_track(
        self, track: rtc.Track, _: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant
    ) -> None:
        wanted = self._hears_everyone or _is_agent(participant)
        if isinstance(track, rtc.RemoteAudioTrack) and wanted:
            self.ear.listen(track)

    def _on_data(self, packet: rtc.DataPacket) -> None:
        if packet.topic == EVENTS:
            sender = packet.participant.identity if packet.participant is not None else ""
            self.note_message(packet.data, sender)

    def _on_transcription(self, reader: rtc.TextStreamReader, identity: str) -> None:
        self._spawn(self._read(reader, identity), name="caller-transcription")

    async def _read(self, reader: rtc.TextStreamReader, identity: str) -> None:
        info, text = reader.info, ""
        segment = (info.attributes or {}).get("lk.segment_id", info.stream_id)
        with contextlib.suppress(rtc.StreamError):
            async for part in reader:
                text += part
                self.note_text(segment, identity, text, final=False)
        final = (reader.info.attributes or {}).get("lk.transcription_final") == "true"
        self.note_text(segment, identity, text, final=final)

    def _spawn(self, work: Coroutine[None, None, None], *, name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _is_agent(participant: rtc.Participant) -> bool:
    agent = participant.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT
    return agent and ON_BEHALF not in participant.attributes
