"""The eyes of a conversation: what they look at, and what they are told of the talk."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import replace

from worker.eyes.alarm import Alarm
from worker.eyes.blindspot import REMIND, BlindSpot
from worker.eyes.closer import Aim, Closer
from worker.eyes.darkroom import Darkroom
from worker.eyes.darkroom import Profile as Profile
from worker.eyes.edges import Edges
from worker.eyes.eye import TOO_SLOW, OpenLens
from worker.eyes.gears import Gears
from worker.eyes.layout import Layout
from worker.eyes.lens import Clock, open_lens
from worker.eyes.opened import OpenEyes
from worker.eyes.pacing import Pacing
from worker.eyes.picture import Picture
from worker.eyes.report import Counts, Look, Vision
from worker.eyes.shutter import Shutter
from worker.eyes.sources import Source, Sources
from worker.eyes.view import Composed, Plain, View
from worker.tasks import end

GRACE = 0.5
"""Seconds without any source before that is told: between two cameras there is always a moment."""

INSIST = 1.5
"""Seconds until a track that has not come is asked for again; it takes 0.1 to 1."""

ANEW = ("question", "reconnect")
"""What is asked for so begins a turn: the model answers from what it is shown from then on."""


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
        self._clock = clock
        self._blind = BlindSpot(
            pacing=pacing,
            darkroom=self._darkroom,
            send_card=send_card,
            on_vision=on_vision,
            clock=clock,
            remind=remind,
        )
        self._alarm = Alarm(pacing, clock, on_standstill=sources.renew)
        self._shutter = Shutter(
            pacing=pacing,
            alarm=self._alarm,
            blind=self._blind,
            layout=Layout(pacing, self._darkroom, send_card, clock),
            send=send,
            on_vision=on_vision,
            clock=clock,
        )
        self._closer = Closer(self._darkroom, pacing, clock)
        self._edges = Edges()
        self._paused = False
        self._open = OpenEyes(open_lens, clock)
        self._view: View | None = None
        self._changed = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        sources.on_change = self._changed.set

    @property
    def counts(self) -> Counts:
        """What became of the frames so far."""
        return self._shutter.counts

    @property
    def _sees(self) -> bool:
        return bool(self._open.eyes) and self._blind.reason is None

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
        self._shutter.turn += reason in ANEW
        self._pacing.ask(self._clock(), reason)
        self._wake()

    def refresh(self) -> bool:
        """Have one frame sent to a model that has seen nothing yet; tells whether one is to come.

        Where there is nothing to see, it is told so once more.
        """
        self.ask("reconnect")
        self._remind(at_once=True)
        return self._sees

    async def show(self, reason: str, patience: float) -> None:
        """Have one frame sent and wait until it is, for so many seconds at most."""
        self._shutter.shown.clear()
        self.ask(reason)
        if self._sees:
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._shutter.shown.wait()

    def on_speech(self, began: bool, *, left: float = 0.0, by_service: bool = False) -> None:
        """Somebody begins to speak to the agent, or ends: our ear says so, or the service.

        Args:
            left: Seconds after an end in which the service takes the turn.
        """
        now = self._clock()
        if self._edges.admit(now, began, by_service=by_service):
            self._pacing.on_speech(now, began, left)
            self._shutter.turn += began
            for eye in self._open.eyes:
                eye.lens.attend(began, left)
            self._wake()
            if not began:
                self._remind(at_once=False)

    def on_reply(self, running: bool) -> None:
        """The agent begins to speak, or ends."""
        self._pacing.on_reply(self._clock(), running)
        self._alarm.ask()

    async def look(self, aim: Aim) -> Look:
        """Take the newest frame at its full resolution, or a part of it; nothing is sent.

        Raises:
            PictureError: as `Closer.look`; the sentence is fit to be spoken.
        """
        shown, offered = self._shutter.panes, self._sources.all()
        look = await self._closer.look(aim, self._open.eyes, shown, offered)
        return replace(look, turn=self._shutter.turn)

    async def _run(self) -> None:
        try:
            while True:
                self._changed.clear()
                sources = self._sources.all()
                news = await self._open.follow(sources, speaking=self._edges.speaking)
                if news:
                    self._view = self._compose()
                if news and self._view is not None:
                    self.ask(news)
                watching = asyncio.create_task(self._watch(sources), name="eyes watch")
                expecting = asyncio.create_task(self._expect(sources), name="eyes expect")
                try:
                    await self._changed.wait()
                finally:
                    await end(watching)
                    await end(expecting)
        finally:
            await self._open.aclose()

    async def _watch(self, sources: Sequence[Source]) -> None:
        """Look at the same sources for as long as nothing about them changes."""
        if self._paused:
            await self._blind.tell("paused")
        elif not sources:
            await asyncio.sleep(GRACE if self._blind.reason != "no_camera" else 0)
            await self._blind.tell("no_camera")
        elif all(source.muted for source in sources):
            await self._blind.tell("off", sources[0].kind)
        elif self._view is not None:
            await self._shutter.watch(self._view)
        else:
            await asyncio.sleep(TOO_SLOW)
            await self._blind.tell("too_slow", sources[0].kind)

    async def _expect(self, sources: Sequence[Source]) -> None:
        """Ask again, less and less often, for whatever should be received and is not."""
        gap = INSIST
        while any(source.track is None and not source.muted for source in sources):
            await asyncio.sleep(gap)
            self._sources.insist()
            gap *= 2

    def _compose(self) -> View | None:
        eyes = self._open.eyes
        if len(eyes) > 1:
            return Composed(eyes, self._darkroom, self._clock, self._speakers)
        return Plain(eyes[0], self._darkroom, self._clock) if eyes else None

    def _speakers(self) -> frozenset[str]:
        heard = {self._sources.served} if self._edges.speaking else set()
        return self._sources.speaking | heard

    def _wake(self) -> None:
        for eye in self._open.eyes:
            eye.lens.again()
        self._alarm.ask()

    def _remind(self, *, at_once: bool) -> None:
        """Have a blindness that lasts told to the model once more."""
        if self._blind.renew(at_once=at_once) and not self._open.eyes:
            self._changed.set()
