"""Take one look after the other at what is in view: when it is due, and send what is worth it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from worker.errors import PictureError
from worker.eyes.alarm import Alarm
from worker.eyes.blindspot import BlindSpot
from worker.eyes.condition import UNSURE_GAP
from worker.eyes.layout import Layout
from worker.eyes.lens import Clock
from worker.eyes.pacing import Pacing
from worker.eyes.panes import Pane
from worker.eyes.picture import Picture
from worker.eyes.report import Counts, Vision
from worker.eyes.view import View

logger = logging.getLogger(__name__)

GROWING = 1.0
"""Seconds until the next look at most while the first frames of a source are small."""


class Shutter:
    """Has at most one frame in hand, and none in a queue."""

    def __init__(
        self,
        *,
        pacing: Pacing,
        alarm: Alarm,
        blind: BlindSpot,
        layout: Layout,
        send: Callable[[Picture, str], None],
        on_vision: Callable[[Vision], None],
        clock: Clock,
    ) -> None:
        """Take those whom it asks and tells; `send` and `on_vision` are `Sight`'s."""
        self._pacing, self._alarm, self._clock = pacing, alarm, clock
        self._blind, self._layout = blind, layout
        self._send, self._on_vision = send, on_vision
        self.counts = Counts()
        self.shown = asyncio.Event()
        """Set whenever a picture has been sent."""
        self.panes: tuple[Pane, ...] = ()
        """What the last picture that was sent shows."""
        self.turn = 0
        """Counts what is said or typed to the agent."""

    async def watch(self, view: View) -> None:
        """Look at it again and again, until cancelled."""
        while True:
            await self._attempt(view)

    async def _attempt(self, view: View) -> None:
        """Look once when it is time; whatever is wrong with a frame, the next gets its turn."""
        try:
            await self._alarm.wait()
            if not await view.take():
                await self._blind.tell("too_slow", view.label)
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
                await self._blind.tell(state, view.label)
            return
        if self._blind.shows:
            self._pacing.ask(now, "clear")
        reason = self._pacing.judge(now, change)
        if view.will_grow() and self._pacing.wait(now) > GROWING:
            self._pacing.skip(now, GROWING)
        if not reason:
            self._count("same")
            return
        await self._expose(view, reason)

    async def _expose(self, view: View, reason: str) -> None:
        """Make the picture and send it; what is not sent is not paid for."""
        try:
            picture = await view.develop()
            await self._layout.tell(view.eyes)
            self._send(picture, reason)
        except BaseException:
            self._pacing.refund()
            raise
        view.sent()
        self._count("sent")
        self._blind.clear()
        self.shown.set()
        self.panes = panes = view.panes()
        at, turn = self._clock(), self.turn
        told = Vision.of(picture, reason, source=view.label, at=at, view=panes, turn=turn)
        self._on_vision(told)

    def _count(self, what: Literal["seen", "sent", "same", "skipped", "failed"]) -> None:
        self.counts = replace(self.counts, **{what: getattr(self.counts, what) + 1})
