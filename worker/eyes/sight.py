"""Look at the room: take the frames that are due, hand on pictures, and say when there is nothing.

At any moment there is at most one frame in hand and none in a queue: a frame is only taken when one
is due, made into a picture in the eyes' own thread, handed on and forgotten.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from livekit import rtc

from worker.errors import PictureError
from worker.eyes.darkroom import Darkroom
from worker.eyes.darkroom import Profile as Profile
from worker.eyes.lens import Clock, Lens, Shot, open_lens
from worker.eyes.pacing import Pacing
from worker.eyes.picture import Picture, Region
from worker.eyes.sources import Kind, Source, Sources

logger = logging.getLogger(__name__)

GRACE = 0.5
"""Seconds without any source before that is told: between two cameras there is always a moment."""

STANDSTILL = 1.0
"""Seconds; woken so much too late, the process has stood still, and what comes now is old."""

SETTLING = 1.0
"""Seconds in which the source has been received from anew."""

PATIENCE = 0.4
"""Seconds a look waits for a frame; once simulcast layers are chosen, for a larger one too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vision:
    """A picture was sent, or there is none to send."""

    status: Literal["sent", "blind"]
    reason: str
    """Why it was sent: `steady`, `source`, `unmuted` or what was asked for; why there is none:
    `off` (there is a source, and it is muted) or `no_camera` (there is none)."""
    at: float
    """When, by the clock."""
    source: Kind | Literal[""] = ""
    width: int = 0
    height: int = 0
    bytes: int = 0
    """Size of the JPEG."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A picture taken on request."""

    picture: Picture
    age: float
    """Seconds since its frame arrived."""
    source: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of the frames so far."""

    seen: int = 0
    """Frames taken because one was due."""
    sent: int = 0
    skipped: int = 0
    """Frames no picture can be made of."""
    failed: int = 0
    """Frames lost to an error of ours or of a library."""


class Sight:
    """The eyes of one conversation."""

    def __init__(
        self,
        *,
        sources: Sources,
        pacing: Pacing,
        send: Callable[[Picture, str], None],
        on_vision: Callable[[Vision], None],
        profile: Profile,
        clock: Clock = time.monotonic,
        open_lens: Callable[[rtc.Track, Kind, Clock], Lens] = open_lens,
        executor: Executor | None = None,
    ) -> None:
        """Prepare to look.

        Args:
            send: Gets each picture and the reason it was taken for, on the loop; must not block.
            on_vision: Is told the same, and every time that sight is lost.
            clock: Seconds of time.monotonic; frames are stamped with it.
            executor: Where pictures are made; a thread of the eyes' own unless given.
        """
        self._sources, self._pacing = sources, pacing
        self._darkroom = Darkroom(profile, executor)
        self._send, self._on_vision = send, on_vision
        self._clock, self._open_lens = clock, open_lens
        self._counts = Counts()
        self._reason: str | None = None
        self._blind: str | None = None
        self._lens: Lens | None = None
        self._changed, self._asked = asyncio.Event(), asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        sources.on_change = self._changed.set

    @property
    def counts(self) -> Counts:
        """What became of the frames so far."""
        return self._counts

    def start(self) -> None:
        """Begin to look; whom at, `Sources.serve` says."""
        self._running = asyncio.create_task(self._run(), name="eyes")

    async def aclose(self) -> None:
        """Look away for good."""
        self._sources.close()
        await _end(self._running)
        self._darkroom.close()

    def ask(self, reason: str) -> None:
        """Have one frame sent at once; requests that come together get one frame."""
        self._reason = reason
        self._pacing.ask(self._clock())
        if self._lens is not None:
            self._lens.again()
        self._asked.set()

    def on_speech(self, began: bool) -> None:
        """Learn that somebody begins to speak, or ends; it changes nothing yet."""

    async def look(self, region: Region | None, longest: int) -> Look:
        """Take the newest frame at its full resolution, or a part of it; nothing is sent.

        Raises:
            PictureError: there is nothing to look at, or no picture can be made of it; the sentence
                is fit to be spoken.
        """
        source, lens = self._sources.current(), self._lens
        if source is None:
            raise PictureError("there is no camera or screen to look at")
        if source.muted:
            raise PictureError(f"the {source.kind} is turned off")
        shot = await lens.newest(PATIENCE) if lens is not None else None
        if shot is None:
            raise PictureError(f"no picture has come from the {source.kind} yet")
        picture = await self._darkroom.enlarge(shot, region, longest)
        return Look(picture=picture, age=self._clock() - shot.at, source=source.kind)

    async def _run(self) -> None:
        before: Source | None = None
        while True:
            self._changed.clear()
            source = self._sources.current()
            watching = asyncio.create_task(self._watch(source, before), name="eyes watch")
            try:
                await self._changed.wait()
            finally:
                # A stream's consumer would wait for ever: it has to go before the stream does.
                await _end(watching)
            before = source

    async def _watch(self, source: Source | None, before: Source | None) -> None:
        """Look at one source for as long as nothing about it changes."""
        if source is None:
            await asyncio.sleep(GRACE)
            self._lose("no_camera")
        elif source.muted:
            self._lose("off", source.kind)
        elif source.track is not None:
            unmuted = before is not None and before.muted and before.sid == source.sid
            self._lens = lens = self._open_lens(source.track, source.kind, self._clock)
            try:
                self.ask("unmuted" if unmuted else "source")
                while True:
                    await self._attempt(lens, source.kind)
            finally:
                self._lens = None
                await lens.aclose()

    async def _attempt(self, lens: Lens, kind: Kind) -> None:
        """Send one frame when it is due; whatever is wrong with it, the next gets its turn."""
        try:
            await self._until_due()
            shot = await lens.next()
            await self._show(shot, kind)
        except PictureError:
            self._count("skipped")
            logger.debug("frame skipped", exc_info=True)
        except Exception:
            self._count("failed")
            self._pacing.taken(self._clock())
            logger.exception("frame failed")

    async def _until_due(self) -> None:
        while (wait := self._pacing.wait(self._clock())) > 0:
            self._asked.clear()
            due = self._clock() + wait
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._asked.wait()
            if self._clock() > due + STANDSTILL:
                self._sources.renew()
                await asyncio.sleep(SETTLING)

    async def _show(self, shot: Shot, kind: Kind) -> None:
        self._count("seen")
        self._pacing.taken(self._clock())
        asked, self._reason = self._reason, None
        try:
            picture = await self._darkroom.develop(shot, kind)
            self._send(picture, asked or "steady")
        except Exception:
            # What was asked for is still owed.
            self._reason = self._reason or asked
            raise
        self._count("sent")
        self._blind = None
        self._on_vision(_sent(picture, asked or "steady", kind, self._clock()))

    def _lose(self, reason: str, kind: Kind | Literal[""] = "") -> None:
        if self._blind != reason:
            self._blind = reason
            self._on_vision(Vision(status="blind", reason=reason, at=self._clock(), source=kind))

    def _count(self, what: Literal["seen", "sent", "skipped", "failed"]) -> None:
        self._counts = replace(self._counts, **{what: getattr(self._counts, what) + 1})


def _sent(picture: Picture, reason: str, kind: Kind, at: float) -> Vision:
    size = {"width": picture.width, "height": picture.height, "bytes": len(picture.jpeg)}
    return Vision(status="sent", reason=reason, at=at, source=kind, **size)


async def _end(task: asyncio.Task[None] | None) -> None:
    if task is None:
        return
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("eyes stopped", exc_info=error)
