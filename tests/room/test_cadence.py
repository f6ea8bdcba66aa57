"""The words keep step with the voice, in the framework's own synchronizer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio
from livekit import rtc
from livekit.agents import io
from livekit.agents.voice import TranscriptSynchronizer

from worker.room.cadence import STEP, Cadence, Pauses, keep_step

RATE = 24_000
LOUD = 5_000
TEXT = "one two three four five six seven eight nine ten "


def sound(seconds: float, level: int = LOUD) -> rtc.AudioFrame:
    samples = np.tile(np.array([level, -level], np.int16), round(seconds * RATE) // 2)
    return rtc.AudioFrame(samples.tobytes(), RATE, 1, len(samples))


class Loudspeaker(io.AudioOutput):
    """Plays what it gets, from its first frame on."""

    def __init__(self) -> None:
        super().__init__(label="loudspeaker", capabilities=io.AudioOutputCapabilities(pause=False))
        self._playing = False

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        if not self._playing:
            self._playing = True
            self.on_playback_started(created_at=time.time())

    def flush(self) -> None:
        """All of it is there."""
        super().flush()

    def clear_buffer(self) -> None:
        """Nothing waits."""


class Page(io.TextOutput):
    """Notes what is shown, and how long after the voice began."""

    def __init__(self) -> None:
        super().__init__(label="page", next_in_chain=None)
        self.began = time.monotonic()
        self.shown: list[tuple[float, str]] = []

    async def capture_text(self, text: str) -> None:
        self.shown.append((time.monotonic() - self.began, text))

    def flush(self) -> None:
        """The line is complete."""

    def words(self, since: float, until: float) -> int:
        return sum(since <= at < until for at, text in self.shown if text.strip())


class Stage:
    def __init__(self) -> None:
        self.page = Page()
        self.synchronizer = TranscriptSynchronizer(
            next_in_chain_audio=Loudspeaker(), next_in_chain_text=self.page
        )

    async def say(self, text: str, *sounds: rtc.AudioFrame) -> None:
        """All of it is there before it is heard, as services send it."""
        await self.synchronizer.text_output.capture_text(text)
        self.page.began = time.monotonic()
        for frame in sounds:
            await self.synchronizer.audio_output.capture_frame(frame)
        # What the frames tell is taken in beside this.
        await asyncio.sleep(0.02)
        self.synchronizer.text_output.flush()
        self.synchronizer.audio_output.flush()


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    it = Stage()
    yield it
    await it.synchronizer.aclose()


async def test_the_frameworks_output_goes_by_it_from_the_first_words_on(stage: Stage) -> None:
    assert keep_step(stage.synchronizer.audio_output)
    await stage.synchronizer.barrier()
    assert isinstance(stage.synchronizer._impl._audio_data.sr_stream, Pauses)


@pytest.mark.parametrize("output", [None, Loudspeaker()])
def test_another_output_is_left_alone(output: io.AudioOutput | None) -> None:
    assert not keep_step(output)


async def test_words_wait_where_the_voice_does(stage: Stage) -> None:
    keep_step(stage.synchronizer.audio_output)
    await stage.say(TEXT, sound(0.8), sound(2.0, 0), sound(0.8))
    await asyncio.sleep(3.8)
    spans = (0, 1.1), (1.1, 2.8), (2.8, 4)
    spoken, paused, spoken_on = (stage.page.words(*span) for span in spans)
    assert paused <= 3, "at one speed it would be five"
    assert spoken >= 4
    assert spoken + paused + spoken_on >= 10


@pytest.mark.parametrize("span", [0.01, 0.02, 0.1, 1.0])
async def test_tells_of_each_tenth_of_a_second(span: float) -> None:
    stream = Cadence().stream()
    for level in (LOUD, 0):
        for _ in range(round(1 / span)):
            stream.push_frame(sound(span, level))
    stream.end_input()
    told = [(event.timestamp, event.speaking_rate) async for event in stream]
    assert [at for at, _ in told] == pytest.approx([STEP * n for n in range(1, 21)])
    assert [rate for _, rate in told] == [1.0] * 10 + [0.0] * 10


async def test_what_is_too_short_to_tell_of_is_told_at_the_end() -> None:
    stream = Cadence().stream()
    stream.push_frame(sound(0.03))
    stream.end_input()
    stream.push_frame(sound(0.2))
    assert [event.timestamp async for event in stream] == [pytest.approx(0.03)]
