"""What was handed over for playing is not played any more, in WebRTC's own clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import numpy as np
import pytest_asyncio
from livekit import rtc
from livekit.agents import io
from livekit.agents.voice.room_io._output import _ParticipantAudioOutput

from worker.room.mouth import fall_silent

RATE = 24_000
FRAME = RATE // 20
LOUD = 5_000
FORTH = 0.5
"""Seconds into the sound at which it is cut."""
AT_WORK = 3
"""Frames of 10 ms that may be on their way when the queue is emptied."""


class Stage:
    """The framework's own output, whose track is listened to here and not in a room."""

    def __init__(self) -> None:
        options = rtc.TrackPublishOptions()
        self.output = _ParticipantAudioOutput(
            rtc.Room(), sample_rate=RATE, num_channels=1, track_publish_options=options
        )
        self.output.subscribed.set_result(None)
        source = self.output._audio_source
        self._track = rtc.LocalAudioTrack.create_audio_track("voice", source)
        self.heard: list[bool] = []

    async def play(self) -> None:
        samples = np.tile(np.array([LOUD, -LOUD], np.int16), FRAME // 2).tobytes()
        for _ in range(100):
            await self.output.capture_frame(rtc.AudioFrame(samples, RATE, 1, FRAME))

    async def listen(self) -> None:
        stream = rtc.AudioStream(self._track, sample_rate=RATE, num_channels=1, frame_size_ms=10)
        try:
            async for event in stream:
                peak = int(np.abs(np.frombuffer(event.frame.data, np.int16)).max())
                self.heard.append(peak > LOUD // 10)
        finally:
            await stream.aclose()


class Link(io.AudioOutput):
    """Something between the speech and what plays it, as the captions' synchronizer is."""

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        """Nothing is played through it here."""

    def flush(self) -> None:
        """Nothing is held here."""

    def clear_buffer(self) -> None:
        cast(io.AudioOutput, self.next_in_chain).clear_buffer()


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    it = Stage()
    forwarding = asyncio.create_task(it.output._forward_audio(), name="forwarding")
    listening = asyncio.create_task(it.listen(), name="listening")
    await it.play()
    yield it
    for task in (forwarding, listening):
        task.cancel()
    await asyncio.gather(forwarding, listening, return_exceptions=True)
    await it.output.aclose()


async def test_nothing_of_the_queue_is_heard(stage: Stage) -> None:
    await asyncio.sleep(FORTH)
    before = len(stage.heard)
    fall_silent(stage.output)
    await asyncio.sleep(FORTH)
    assert sum(stage.heard[:before]) > FORTH * 100 / 2, "it was not heard to begin with"
    assert sum(stage.heard[before:]) <= AT_WORK


async def test_the_framework_alone_plays_on(stage: Stage) -> None:
    """Or this module could go: nothing has flushed the speech yet."""
    await asyncio.sleep(FORTH)
    before = len(stage.heard)
    stage.output.clear_buffer()
    await asyncio.sleep(FORTH)
    assert sum(stage.heard[before:]) > AT_WORK


async def test_the_end_of_the_chain_is_what_plays(stage: Stage) -> None:
    link = Link(
        label="link",
        capabilities=io.AudioOutputCapabilities(pause=False),
        next_in_chain=stage.output,
    )
    await asyncio.sleep(FORTH)
    before = len(stage.heard)
    fall_silent(link)
    await asyncio.sleep(FORTH)
    assert sum(stage.heard[before:]) <= AT_WORK


async def test_where_it_was_cut_is_reckoned_as_before(stage: Stage) -> None:
    await asyncio.sleep(FORTH)
    queued = stage.output._audio_source.queued_duration
    fall_silent(stage.output)
    assert 0 < queued - stage.output._audio_source.queued_duration < queued
