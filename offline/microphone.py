"""The caller's microphone: always running, paced by the clock, and sure of when it was loud."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from livekit import rtc
from numpy.typing import NDArray

RATE = 48_000
FRAME = RATE // 100
"""Samples of one frame: 10 ms."""
FRAME_SECONDS = FRAME / RATE
LOUD = 328
"""Absolute sample value from which a sample counts as loud: -40 dBFS."""
FALLEN_BEHIND = 0.1
"""Seconds of delay after which the pace starts anew instead of sending a burst."""
KEPT_DELAYS = 60_000

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """When an utterance went into the microphone, in seconds of the caller's clock."""

    first_loud: float
    """The frame with the first loud sample went to the encoder."""
    last_loud: float
    """The frame with the last loud sample went to the encoder."""
    text: str = ""

    @property
    def seconds(self) -> float:
        return self.last_loud - self.first_loud


class _Utterance:
    def __init__(self, samples: Samples, done: asyncio.Future[tuple[float, float]]) -> None:
        loud = np.flatnonzero(np.abs(samples.astype(np.int32)) >= LOUD)
        if loud.size == 0:
            raise ValueError("nothing in these samples is loud enough to be heard")
        whole = -(-samples.size // FRAME) * FRAME
        self.frames = np.pad(samples, (0, whole - samples.size)).reshape(-1, FRAME)
        self.first, self.last = int(loud[0]) // FRAME, int(loud[-1]) // FRAME
        self.position = 0
        self.first_at = 0.0
        self.done = done


class Microphone:
    """Publishes 10 ms frames by absolute deadlines: speech where there is some, else silence.

    Without a lead there is no queue inside the SDK: a frame is encoded as it is handed over, our
    pacing is the only one, and no second clock adds an unknown 0–10 ms (measured: 43 ms from here
    to another participant's ear, against 58 with a queue). That is for measuring. With a lead,
    frames wait so long in the SDK's queue and a busy machine tears fewer holes into the words.
    """

    def __init__(self, *, lead: float = 0.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lead = lead
        queue_ms = 2 * math.ceil(lead / FRAME_SECONDS) * 10
        self.source = rtc.AudioSource(RATE, 1, queue_size_ms=queue_ms)
        self.track = rtc.LocalAudioTrack.create_audio_track("microphone", self.source)
        self._utterances: deque[_Utterance] = deque()
        self._task: asyncio.Task[None] | None = None
        self.delays: deque[float] = deque(maxlen=KEPT_DELAYS)
        """Seconds by which each of the last frames was late, for the measuring run's report."""
        self.restarts = 0
        """How often the pace had fallen behind and started anew."""

    def start(self) -> None:
        """Begin with silence; the track must be published for anyone to hear it."""
        self._task = asyncio.create_task(self._run(), name="caller-microphone")

    async def say(self, samples: Samples) -> Spoken:
        """Speak mono 48 kHz samples after what is being said; return when the last loud one is out.

        Raises:
            ValueError: nothing in them is loud.
        """
        done: asyncio.Future[tuple[float, float]] = asyncio.get_running_loop().create_future()
        self._utterances.append(_Utterance(samples, done))
        first, last = await done
        return Spoken(first_loud=first, last_loud=last)

    def hush(self) -> None:
        """Say nothing more of what was begun or waits; whoever waits for it is cancelled."""
        while self._utterances:
            self._utterances.popleft().done.cancel()

    async def aclose(self) -> None:
        """Stop, cancelling whoever still waits for their words to be out."""
        self.hush()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self.source.aclose()

    async def _run(self) -> None:
        due = self._clock() - self._lead
        silence = np.zeros(FRAME, np.int16)
        while True:
            utterance = self._utterances[0] if self._utterances else None
            samples = silence if utterance is None else utterance.frames[utterance.position]
            handed = self._clock()
            self.delays.append(handed - due)
            await self.source.capture_frame(rtc.AudioFrame(samples.tobytes(), RATE, 1, FRAME))
            if utterance is not None:
                self._advance(utterance, handed + self._lead)
            due += FRAME_SECONDS
            late = self._clock() - due
            if late > FALLEN_BEHIND + self._lead:
                due, self.restarts = due + late, self.restarts + 1
            await asyncio.sleep(max(0.0, -late))

    def _advance(self, utterance: _Utterance, at: float) -> None:
        if utterance.position == utterance.first:
            utterance.first_at = at
        if utterance.position == utterance.last and not utterance.done.done():
            utterance.done.set_result((utterance.first_at, at))
        utterance.position += 1
        ended = utterance.position == len(utterance.frames)
        if ended and self._utterances and self._utterances[0] is utterance:
            self._utterances.popleft()
