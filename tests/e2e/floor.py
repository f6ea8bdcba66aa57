"""A bare participant beside the agent: what the transport alone costs, in the same room and run.

A program of its own, as the worker is (`python -m tests.e2e.floor URL CALLER`, the token as the
first line of standard input, then questions and answers as JSON lines): in the caller's process it
would hear late whenever that is busy, and flatter the worker.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from livekit import rtc

from offline.gemini.vad import START_HIGH
from offline.speech import speak
from tests.e2e.neteq import Held, held

ROOT = Path(__file__).parents[2]
RATE = 24_000
FRAME = RATE // 20
"""Samples handed over at once: 50 ms, as the framework's audio output does."""
PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Floor:
    """The bare participant, as tests ask for it; all times are `time.monotonic`, which processes of
    one machine share."""

    process: asyncio.subprocess.Process
    sid: str
    """Of the track it speaks on."""

    async def speak(self, text: str) -> float:
        """Say it, in the stand-in's voice; return when the first samples were handed over."""
        return float(await self._ask("speak", text))

    async def hush(self) -> float:
        """Fall silent at once; return when."""
        return float(await self._ask("hush"))

    async def loud(self, since: float) -> list[float]:
        """When each loud 10 ms of the caller came from then on; what is loud is the stand-in's."""
        return list(await self._ask("loud", since))

    async def held(self) -> Held:
        """What its jitter buffer has counted so far, of the caller's voice."""
        return Held(*await self._ask("held"))

    async def _ask(self, what: str, about: object = None) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([what, about]).encode() + b"\n")
        return await _answer(self.process)


async def _answer(process: asyncio.subprocess.Process) -> Any:
    assert process.stdout is not None
    return json.loads(await asyncio.wait_for(process.stdout.readline(), PATIENCE))


@contextlib.asynccontextmanager
async def floor(url: str, token: str, caller: str) -> AsyncIterator[Floor]:
    """Run a bare participant that hears `caller`, for the length of the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.e2e.floor", url, caller),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdin is not None
    try:
        process.stdin.write(token.encode() + b"\n")
        yield Floor(process, sid=await _answer(process))
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), PATIENCE)
        except TimeoutError:
            process.kill()
            await process.wait()


class Bare:
    """Hears the caller as a worker would (16 kHz, 10 ms) and speaks as one would, with nothing
    between."""

    def __init__(self, caller: str) -> None:
        self._caller = caller
        self._room = rtc.Room()
        self._source = rtc.AudioSource(RATE, 1, queue_size_ms=200)
        self._tasks: list[asyncio.Task[None]] = []
        self._speech: asyncio.Task[None] | None = None
        self._loud: list[float] = []
        self._heard: rtc.Track | None = None

    async def join(self, url: str, token: str) -> str:
        """Join and publish; return the track's sid."""
        self._room.on("track_subscribed", self._on_track)
        self._room.on("track_published", self._on_published)
        # The voice alone: beside a picture WebRTC would hold it back to keep the two in step.
        await self._room.connect(url, token, rtc.RoomOptions(auto_subscribe=False))
        for participant in self._room.remote_participants.values():
            for publication in participant.track_publications.values():
                self._on_published(publication, participant)
        track = rtc.LocalAudioTrack.create_audio_track("floor", self._source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        return (await self._room.local_participant.publish_track(track, options)).sid

    async def answer(self, what: str, about: Any) -> object:
        """Do what is asked and say when, or what was heard."""
        if what == "speak":
            pcm = await asyncio.to_thread(speak, about)
            began: asyncio.Future[float] = asyncio.get_running_loop().create_future()
            self._speech = asyncio.create_task(self._speak(pcm, began), name="speech")
            return await began
        if what == "hush":
            if self._speech is not None:
                self._speech.cancel()
            self._source.clear_queue()
            return time.monotonic()
        if what == "held":
            assert self._heard is not None
            count = await held(self._heard)
            return count.seconds, count.samples
        return [at for at in self._loud if at >= about]

    async def leave(self) -> None:
        tasks = [*self._tasks, *([self._speech] if self._speech else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._room.disconnect()
        await self._source.aclose()

    async def _speak(self, pcm: bytes, began: asyncio.Future[float]) -> None:
        began.set_result(time.monotonic())
        for at in range(0, len(pcm), FRAME * 2):
            part = pcm[at : at + FRAME * 2]
            await self._source.capture_frame(rtc.AudioFrame(part, RATE, 1, len(part) // 2))

    def _on_published(
        self, publication: rtc.RemoteTrackPublication, who: rtc.RemoteParticipant
    ) -> None:
        if who.identity == self._caller and publication.kind == rtc.TrackKind.KIND_AUDIO:
            publication.set_subscribed(True)

    def _on_track(
        self, track: rtc.Track, _: rtc.RemoteTrackPublication, __: rtc.RemoteParticipant
    ) -> None:
        self._heard = track
        self._tasks.append(asyncio.create_task(self._listen(track), name="floor"))

    async def _listen(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=16_000, num_channels=1, frame_size_ms=10)
        try:
            async for event in stream:
                samples = np.frombuffer(event.frame.data, np.int16).astype(np.float32)
                if float(np.sqrt(np.mean(samples * samples))) >= START_HIGH:
                    self._loud.append(time.monotonic())
        finally:
            await stream.aclose()


async def _main(url: str, caller: str) -> None:
    """Answer until standard input ends."""
    asked = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    bare = Bare(caller)
    try:
        _say(await bare.join(url, (await asked.readline()).decode().strip()))
        while line := await asked.readline():
            _say(await bare.answer(*json.loads(line)))
    finally:
        await bare.leave()


def _say(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
