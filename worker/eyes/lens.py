"""Take frames from one video track, the newest and nothing but the newest.

A stream opened for one frame costs less than one that is kept (VP8 720p30, one frame a second, CPU
seconds a minute of the whole subscriber: 5.5 to 6.1 against 6.8), and its frame is younger (29 to
31 ms after the capture against 56 to 59). So `OnDemand` is what a camera gets, and it lets the
track rest between two frames, which saves most of what is left (worker/eyes/simulcast.py). A screen
may stand still for minutes, and then what it showed last must not have passed while no stream was
open: it gets `Held`.

A consumer of `rtc.VideoStream` waits for ever once the stream has ended, so every wait here has an
end, and whoever waits is cancelled before its stream is closed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

from livekit import rtc

from worker.eyes.reception import Reception
from worker.eyes.sources import Source

logger = logging.getLogger(__name__)

SILENCE = 5.0
"""Seconds without a frame after which the stream is opened anew: it may have ended unseen."""

STALE = 0.5
"""Seconds; an older frame waited while this process stood still, so one more is taken."""

BEHIND = 0.1
"""Seconds in which the frames after a stale one arrive."""

CLOSING = 1.0
"""Seconds a stream may take to close."""

REST = 1.0
"""Seconds after a stream that failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One frame as it came, neither upright nor shrunk."""

    frame: rtc.VideoFrame
    rotation: int
    """Degrees clockwise by which it must be turned."""
    at: float
    """When it arrived, by the clock."""


class Stream(Protocol):
    """What is used of rtc.VideoStream."""

    async def __anext__(self) -> rtc.VideoFrameEvent: ...
    async def aclose(self) -> None: ...


Opener = Callable[[], Stream]
Clock = Callable[[], float]


class Lens(Protocol):
    """The way frames come from one track."""

    @property
    def latest(self) -> Shot | None:
        """The last frame that came, if any."""

    async def next(self) -> Shot:
        """Wait for a frame that was not returned before."""

    async def newest(self, patience: float) -> Shot | None:
        """Return the newest frame there is, within `patience` seconds."""

    def again(self) -> None:
        """Let the frame of a picture that stands still be returned once more."""

    def will_grow(self, shot: Shot) -> bool:
        """Tell whether larger frames are about to come."""

    def attend(self, speaking: bool, left: float = 0.0) -> None:
        """Be ready to return frames at once while somebody speaks, or has a turn for `left` seconds
        more."""

    async def aclose(self) -> None: ...


def open_lens(source: Source, clock: Clock) -> Lens:
    """Look at a source that is received in the way that fits what it shows."""
    track, reception = source.track, source.receive()
    assert track is not None

    def opener() -> Stream:
        return rtc.VideoStream(track, capacity=1)

    kind = Held if source.kind == "screen" else OnDemand
    return kind(opener, clock, reception)


class OnDemand:
    """Opens a stream for every frame: nothing is copied that nobody looks at."""

    def __init__(self, opener: Opener, clock: Clock, reception: Reception) -> None:
        self._opener, self._clock, self._reception = opener, clock, reception
        self.latest: Shot | None = None

    async def next(self) -> Shot:
        with self._reception.taking():
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(SILENCE):
                        return await self._take()

    async def newest(self, patience: float) -> Shot | None:
        with suppress(TimeoutError), self._reception.looking():
            async with asyncio.timeout(patience):
                while not self._is_full(await self._take()):
                    pass
        return _fresh(self.latest, self._clock())

    def again(self) -> None:
        """Do nothing: of what moves, the next frame is better."""

    def will_grow(self, shot: Shot) -> bool:
        return self._reception.will_grow(shot.frame.width, shot.frame.height)

    def attend(self, speaking: bool, left: float = 0.0) -> None:
        self._reception.attend(speaking, left)

    async def aclose(self) -> None:
        self._reception.close()

    async def _take(self) -> Shot:
        async with _opened(self._opener) as stream:
            event = await stream.__anext__()
            if _is_stale(event, self._clock()):
                # Once only: stamps of some other clock must not blind us.
                event = await stream.__anext__()
            self.latest = _shot(event, self._clock())
            return self.latest

    def _is_full(self, shot: Shot) -> bool:
        return self._reception.is_full(shot.frame.width, shot.frame.height)


class Held:
    """Keeps a stream open and its last frame at hand."""

    def __init__(self, opener: Opener, clock: Clock, reception: Reception) -> None:
        self._opener, self._clock, self._reception = opener, clock, reception
        self.latest: Shot | None = None
        self._new, self._came = asyncio.Event(), asyncio.Event()
        self._reading = asyncio.create_task(self._read(), name="eyes lens")

    async def next(self) -> Shot:
        while True:
            await self._new.wait()
            self._new.clear()
            if self.latest is not None:
                return self.latest

    async def newest(self, patience: float) -> Shot | None:
        with suppress(TimeoutError), self._reception.looking():
            async with asyncio.timeout(patience):
                while self.latest is None or not self._is_full(self.latest):
                    self._came.clear()
                    await self._came.wait()
        return self.latest

    def will_grow(self, shot: Shot) -> bool:
        return self._reception.will_grow(shot.frame.width, shot.frame.height)

    def attend(self, speaking: bool, left: float = 0.0) -> None:
        """Do nothing: it flows all the time."""

    def again(self) -> None:
        if self.latest is not None:
            self._new.set()

    async def aclose(self) -> None:
        self._reception.close()
        self._reading.cancel()
        await asyncio.wait([self._reading])

    async def _read(self) -> None:
        while True:
            try:
                await self._follow()
            except TimeoutError:
                continue
            except Exception:
                logger.exception("video stream failed")
                await asyncio.sleep(REST)

    async def _follow(self) -> None:
        async with _opened(self._opener) as stream:
            while True:
                async with asyncio.timeout(SILENCE):
                    event = await stream.__anext__()
                self.latest = _shot(event, self._clock())
                self._came.set()
                if _is_stale(event, self._clock()):
                    # What comes right behind it will be taken; if nothing does, this is the newest.
                    asyncio.get_running_loop().call_later(BEHIND, self._new.set)
                else:
                    self._new.set()

    def _is_full(self, shot: Shot) -> bool:
        return self._reception.is_full(shot.frame.width, shot.frame.height)


@asynccontextmanager
async def _opened(opener: Opener) -> AsyncIterator[Stream]:
    stream = opener()
    try:
        yield stream
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSING):
                await stream.aclose()


def _is_stale(event: rtc.VideoFrameEvent, now: float) -> bool:
    # libwebrtc stamps what it decodes with the time to show it, by the clock of time.monotonic.
    return now - event.timestamp_us / 1e6 > STALE


def _fresh(shot: Shot | None, now: float) -> Shot | None:
    return shot if shot is not None and now - shot.at <= SILENCE else None


def _shot(event: rtc.VideoFrameEvent, now: float) -> Shot:
    return Shot(frame=event.frame, rotation=_degrees(event), at=now)


def _degrees(event: rtc.VideoFrameEvent) -> int:
    # Quarter turns; livekit annotates the enum's class where it hands out its values.
    turns: int = event.rotation  # type: ignore[assignment]
    return 90 * turns
