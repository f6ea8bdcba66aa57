"""The pictures the model was sent, for those in the room who ask to see them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

logger = logging.getLogger(__name__)

TOPIC = "sightline.frame"
LEASE = 30.0
"""Seconds for which one who asked is sent pictures; who wants more asks again before."""
MAX_VIEWERS = 8
"""Who asks when so many are sent pictures already is refused: each of them is one more copy."""
SEND_TIMEOUT = 5.0
"""Seconds one picture may take to leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """One picture as the model got it."""

    jpeg: bytes
    at: float
    """When it was handed over to be sent, Unix seconds."""
    source: str
    """`camera`, `screen`, several joined by `+`, or `card`: words of ours."""
    reason: str

    def attributes(self) -> dict[str, str]:
        """Say what it is, for the head of its stream."""
        return {"at": f"{self.at:.3f}", "source": self.source, "reason": self.reason}


class Post(Protocol):
    """Sends one picture to these participants."""

    async def __call__(self, picture: Print, to: Sequence[str]) -> None: ...


class Album:
    """Shows pictures to whoever holds a lease; one at a time, newest wins.

    A picture that comes while another one leaves takes the place of any that waits already; nothing
    waits for those who look on. Without a lease nothing is kept and no task runs.
    """

    def __init__(
        self,
        post: Post,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._post, self._clock, self._now = post, clock, now
        self._leases: dict[str, float] = {}
        self._waiting: Print | None = None
        self._came = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def open(self, identity: str) -> bool:
        """Show pictures to this participant for `LEASE` seconds; False: too many look on."""
        viewers = self._viewers()
        if self._closed or (len(viewers) >= MAX_VIEWERS and identity not in viewers):
            return False
        self._leases[identity] = self._clock() + LEASE
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="album")
        return True

    def shut(self, identity: str) -> None:
        """Show this participant nothing more."""
        self._leases.pop(identity, None)

    def put(self, jpeg: bytes, *, source: str, reason: str) -> None:
        """Show a picture to those who asked; never blocks."""
        if not self._viewers():
            return
        self._waiting = Print(jpeg=jpeg, at=self._now(), source=source, reason=reason)
        self._came.set()

    async def aclose(self) -> None:
        """Stop; what waits is left out."""
        self._closed = True
        self._leases.clear()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    def _viewers(self) -> list[str]:
        now = self._clock()
        self._leases = {who: until for who, until in self._leases.items() if until > now}
        return list(self._leases)

    async def _run(self) -> None:
        while self._viewers():
            try:
                async with asyncio.timeout(LEASE):
                    await self._came.wait()
            except TimeoutError:
                continue
            self._came.clear()
            await self._show()

    async def _show(self) -> None:
        picture, self._waiting = self._waiting, None
        viewers = self._viewers()
        if picture is None or not viewers:
            return
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                await self._post(picture, viewers)
        except Exception:
            # Whatever the room's side raises, the next picture is tried all the same.
            logger.warning("picture not shown", exc_info=True)
