"""Look at the room: take the frames that are due, hand on pictures, and say when there is nothing.

At any moment there is at most one frame in hand and none in a queue: a frame is only taken when one
is due, made into a picture in the eyes' own thread, handed on and forgotten.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Container, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import replace
from typing import Literal

from worker.errors import PictureError
from worker.eyes.alarm import Alarm
from worker.eyes.allowance import Rank
from worker.eyes.blindspot import REMIND, BlindSpot
from worker.eyes.closer import take_look
from worker.eyes.condition import UNSURE_GAP
from worker.eyes.darkroom import Darkroom
from worker.eyes.darkroom import Profile as Profile
from worker.eyes.edges import Edges
from worker.eyes.eye import Eye, OpenLens
from worker.eyes.gears import Gears
from worker.eyes.layout import Layout
from worker.eyes.lens import Clock, open_lens
from worker.eyes.pacing import Pacing
from worker.eyes.picture import Picture, Region
from worker.eyes.report import Blindness, Counts, Look, Vision
from worker.eyes.sources import Source, Sources
from worker.eyes.view import Composed, Plain, View
from worker.tasks import end

logger = logging.getLogger(__name__)

GRACE = 0.5
"""Seconds without any source before that is told: between two cameras there is always a moment."""

GROWING = 1.0
"""Seconds until the next look at most while the first frames of a source are small."""


class Sight:
    """The eyes of one conversation."""

    def __init__(
        self,
        *,
        sources: Sources,
        pacing: Pacing,
        send: Callable[[Picture, str], None],
        send_card: Callable[[Picture], None],
        on_vision: Callable[[Vision], None],
        profile: Profile,
        clock: Clock = time.monotonic,
        remind: float = REMIND,
        open_lens: OpenLens = open_lens,
        executor: Executor | None = None,
    ) -> None:
        """Prepare to look.

        Args:
            send: Gets each picture and the reason it was taken for, on the loop; must not block.
            send_card: Gets words as a picture, for the model alone: what it cannot see.
            on_vision: Is told of every picture sent, and every time that sight is lost.
            clock: Seconds of time.monotonic; frames are stamped with it.
            remind: Seconds after which a card is repeated where a turn ends.
            executor: Where pictures are made; a thread of the eyes' own unless given.
        """
        self._sources = sources
        self._pacing = pacing = Gears(pacing)
        self._darkroom = Darkroom(profile, executor)
        self._send, self._on_vision = send, on_vision
        self._clock, self._open_lens = clock, open_lens
        self._counts = Counts()
        self._blind = BlindSpot(
            pacing=pacing,
            darkroom=self._darkroom,
            send_card=send_card,
            on_vision=on_vision,
            clock=clock,
            remind=remind,
        )
        self._layout = Layout(pacing, self._darkroom, send_card, clock)
        self._edges = Edges()
        self._paused = False
        self._eyes: list[Eye] = []
        self._alarm = Alarm(pacing, clock, on_standstill=sources.renew)
        self._changed, self._shown = asyncio.Event(), asyncio.Event()
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
        await end(self._running)
        self._darkroom.close()

    def pause(self, paused: bool) -> None:
        """Look away, and tell so, or look again."""
        self._paused = paused
        self._sources.pause(paused)
        self._changed.set()

    def shift(self, pacing: Pacing) -> None:
        """Look at another pace from now on; it must share the allowance of the one before."""
        self._pacing.shift(self._clock(), pacing)
        self._wake()

    def ask(self, reason: str) -> None:
        """Have one frame sent at once; requests that come together get one frame."""
        self._pacing.ask(self._clock(), reason)
        self._wake()
        if reason == "reconnect":
            self._remind(at_once=True)

    async def show(self, reason: str, patience: float) -> None:
        """Have one frame sent and wait until it is, for so many seconds at most."""
        self._shown.clear()
        self.ask(reason)
        if self._eyes and self._blind.reason is None:
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._shown.wait()

    def on_speech(self, began: bool, *, by_service: bool = False) -> None:
        """Somebody begins to speak to the agent, or ends: our ear says so, or the service."""
        now = self._clock()
        if self._edges.admit(now, began, by_service=by_service):
            self._pacing.on_speech(now, began)
            for eye in self._eyes:
                eye.lens.attend(began)
            self._wake()
            if not began:
                self._remind(at_once=False)

    def on_reply(self, running: bool) -> None:
        """The agent begins to speak, or ends."""
        self._pacing.on_reply(self._clock(), running)
        self._alarm.ask()

    async def look(self, region: Region | None, longest: int) -> Look:
        """Take the newest frame at its full resolution, or a part of it; nothing is sent.

        Raises:
            PictureError: there is nothing to look at, or no picture can be made of it, or pictures
                have cost enough in this minute; the sentence is fit to be spoken.
        """
        lens = self._eyes[0].lens if self._eyes else None
        source = self._sources.current()
        shot, picture = await take_look(source, lens, self._darkroom, region, longest)
        if (wait := self._pacing.charge(self._clock(), Rank.ASKED)) > 0:
            raise PictureError(f"enough pictures were looked at; again in {wait:.0f} seconds")
        age, view = self._clock() - shot.at, (source.pane(region),) if source is not None else ()
        return Look(picture=picture, age=age, source=view[0].source if view else "", view=view)

    async def _run(self) -> None:
        before: Sequence[Source] = ()
        while True:
            self._changed.clear()
            sources = self._sources.all()
            watching = asyncio.create_task(self._watch(sources, before), name="eyes watch")
            try:
                await self._changed.wait()
            finally:
                # A stream's consumer would wait for ever: it has to go before the stream does.
                await end(watching)
            before = sources

    async def _watch(self, sources: Sequence[Source], before: Sequence[Source]) -> None:
        """Look at the same sources for as long as nothing about them changes."""
        shown = [source for source in sources if not source.muted]
        if self._paused:
            await self._lose("paused")
        elif not sources:
            await asyncio.sleep(GRACE if self._blind.reason != "no_camera" else 0)
            await self._lose("no_camera")
        elif not shown:
            await self._lose("off", sources[0].kind)
        elif eyes := [
            Eye(source, self._open_lens(source, self._clock))
            for source in shown
            if source.track is not None
        ]:
            await self._behold(eyes, {source.sid for source in before if source.muted})

    async def _behold(self, eyes: list[Eye], muted: Container[str]) -> None:
        """Look through these eyes until cancelled."""
        self._eyes = eyes
        for eye in eyes:
            eye.lens.attend(self._edges.speaking)
        try:
            self.ask("unmuted" if eyes[0].source.sid in muted else "source")
            view = self._view()
            while True:
                await self._attempt(view)
        finally:
            self._eyes = []
            for eye in eyes:
                await eye.lens.aclose()

    def _view(self) -> View:
        eyes = self._eyes
        if len(eyes) == 1:
            return Plain(eyes[0], self._darkroom, self._clock)
        return Composed(eyes, self._darkroom, self._clock, self._speakers)

    def _speakers(self) -> frozenset[str]:
        heard = {self._sources.served} if self._edges.speaking else set()
        return self._sources.speaking | heard

    async def _attempt(self, view: View) -> None:
        """Look once when it is time; whatever is wrong with a frame, the next gets its turn."""
        try:
            await self._alarm.wait()
            if not await view.take():
                await self._lose("too_slow", view.label)
                return
            self._count("seen")
            await self._examine(view)
        except PictureError:
            self._count("skipped")
            self._pacing.failed(self._clock())
            logger.debug("frame skipped", exc_info=True)
        except Exception:
            self._count("failed")
            self._pacing.failed(self._clock())
            logger.exception("frame failed")

    async def _examine(self, view: View) -> None:
        """Send what was taken if it is worth it; if it shows nothing, tell that."""
        state, change = await view.examine()
        now = self._clock()
        if state != "clear":
            self._count("same")
            self._pacing.skip(now, UNSURE_GAP if state == "unsure" else None)
            if state != "unsure":
                await self._lose(state, view.label)
            return
        if self._blind.shows:
            self._pacing.ask(now, "clear")
        reason = self._pacing.judge(now, change)
        if view.will_grow() and self._pacing.wait(now) > GROWING:
            self._pacing.skip(now, GROWING)
        if not reason:
            self._count("same")
            return
        try:
            picture = await view.develop()
            await self._layout.tell(self._eyes)
            self._send(picture, reason)
        except Exception:
            self._pacing.refund()
            raise
        view.sent()
        self._count("sent")
        self._blind.clear()
        self._shown.set()
        at, panes = self._clock(), view.panes()
        self._on_vision(Vision.of(picture, reason, source=view.label, at=at, view=panes))

    def _wake(self) -> None:
        for eye in self._eyes:
            eye.lens.again()
        self._alarm.ask()

    async def _lose(self, reason: Blindness, source: str = "") -> None:
        """Tell that there is nothing to see; a call that never had a picture stays without one,
        because the service ends those with pictures sooner."""
        card = self._counts.sent > 0 or reason not in ("no_camera", "paused")
        await self._blind.tell(reason, source, card=card)

    def _remind(self, *, at_once: bool) -> None:
        """Have a blindness that lasts told to the model once more."""
        if self._blind.renew(at_once=at_once) and not self._eyes:
            self._changed.set()

    def _count(self, what: Literal["seen", "sent", "same", "skipped", "failed"]) -> None:
        self._counts = replace(self._counts, **{what: getattr(self._counts, what) + 1})
