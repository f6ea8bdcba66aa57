"""A bare participant beside the agent: what the transport alone costs, in the same room and run."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Self

import numpy as np
from livekit import rtc

from offline.gemini.vad import START_HIGH

RATE = 24_000
FRAME = RATE // 20
"""Samples handed over at once: 50 ms, as the framework's audio output does."""


class Floor:
    """Hears the caller as a worker would (16 kHz, 10 ms) and speaks as one would, with nothing
    between; the loudness that counts is the stand-in's."""

    def __init__(self, url: str, token: str, caller: str) -> None:
        self._url, self._token, self._caller = url, token, caller
        self._room = rtc.Room()
        self._source = rtc.AudioSource(RATE, 1, queue_size_ms=200)
        self._track = rtc.LocalAudioTrack.create_audio_track("floor", self._source)
        self._listening: asyncio.Task[None] | None = None
        self.loud: list[float] = []
        """When each loud 10 ms of the caller came, in `time.monotonic` seconds."""
        self.sid = ""

    async def __aenter__(self) -> Self:
        self._room.on("track_subscribed", self._on_track)
        await self._room.connect(self._url, self._token)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        publication = await self._room.local_participant.publish_track(self._track, options)
        self.sid = publication.sid
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
        await self._room.disconnect()
        await self._source.aclose()

    async def speak(self, pcm: bytes) -> float:
        """Say 24 kHz s16le mono; return when its first samples were handed over."""
        began = time.monotonic()
        for at in range(0, len(pcm), FRAME * 2):
            part = pcm[at : at + FRAME * 2]
            await self._source.capture_frame(rtc.AudioFrame(part, RATE, 1, len(part) // 2))
        return began

    def hush(self) -> float:
        """Fall silent at once; return when."""
        self._source.clear_queue()
        return time.monotonic()

    def first_loud(self, since: float) -> float:
        """When the first loud 10 ms from then on came."""
        return next(at for at in self.loud if at >= since)

    def last_loud(self, since: float) -> float:
        """When the last loud 10 ms from then on came."""
        return max(at for at in self.loud if at >= since)

    def _on_track(
        self,
        track: rtc.Track,
        _: rtc.RemoteTrackPublication,
        participant: rtc.RemoteParticipant,
    ) -> None:
        if participant.identity == self._caller and track.kind == rtc.TrackKind.KIND_AUDIO:
            self._listening = asyncio.create_task(self._listen(track), name="floor")

    async def _listen(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=16_000, num_channels=1, frame_size_ms=10)
        try:
            async for event in stream:
                samples = np.frombuffer(event.frame.data, np.int16).astype(np.float32)
                if float(np.sqrt(np.mean(samples * samples))) >= START_HIGH:
                    self.loud.append(time.monotonic())
        finally:
            await stream.aclose()
