"""Receive one publication only as far as somebody looks: ask the server to pause and to shrink it.

LiveKit's FFI has both requests and its Python leaves them out (livekit 1.1.21), so they are sent
from here; `tests/eyes/test_reception.py` says when a new version has changed them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from livekit import rtc
from livekit.rtc._ffi_client import FfiClient
from livekit.rtc._proto.ffi_pb2 import FfiRequest

from worker.eyes.change import COARSE
from worker.eyes.simulcast import Wanted, dimensions, wanted

LINGER = 0.7
"""Seconds for which the track still flows when the turn is over, which had its last frame before:
speech may go on, and for another key frame a second has to pass."""

WARMUP = 10.0
"""Seconds at the start in which it flows at full size: the server begins with a small layer, and
seems to learn from what it sends what the line carries; rested at once, it stayed with 320 for long
in our runs."""

NEARLY = 0.9
"""Share of the published size that counts as full size: encoders round, and adapt a little."""


class Wire(Protocol):
    """The two requests about one publication."""

    def set_enabled(self, enabled: bool) -> None: ...
    def set_dimensions(self, width: int, height: int) -> None: ...


class FfiWire:
    """Sends them to LiveKit's FFI."""

    def __init__(self, publication: rtc.RemoteTrackPublication) -> None:
        self._publication = publication

    def set_enabled(self, enabled: bool) -> None:
        request = FfiRequest()
        asked = request.enable_remote_track_publication
        asked.track_publication_handle = self._publication._ffi_handle.handle
        asked.enabled = enabled
        FfiClient.instance.request(request)

    def set_dimensions(self, width: int, height: int) -> None:
        request = FfiRequest()
        asked = request.update_remote_track_publication_dimension
        asked.track_publication_handle = self._publication._ffi_handle.handle
        asked.width, asked.height = width, height
        FfiClient.instance.request(request)


class Reception:
    """How one publication is received; belongs to the lens that looks at it."""

    def __init__(
        self,
        wire: Wire,
        size: tuple[int, int],
        *,
        edge: int,
        steady: bool,
        warmup: float = WARMUP,
    ) -> None:
        """Begin to receive.

        Args:
            size: Width and height as published; 0 where not known.
            edge: Pixels the pictures have on their longer side.
            steady: It flows all the time.
            warmup: Seconds in which it does so too, at full size.
        """
        self._wire, self._size, self._edge = wire, size, edge
        self._steady = steady
        self._speaking = False
        self._taking = self._looking = 0
        self._said: Wanted | None = None
        self._resting: asyncio.TimerHandle | None = None
        self._warming: asyncio.TimerHandle | None = None
        if warmup:
            self._warming = asyncio.get_running_loop().call_later(warmup, self._cool)
        if steady or warmup:
            self._settle()

    def is_full(self, width: int, height: int) -> bool:
        """Tell whether a frame has the size that is published, as far as that is known."""
        return max(width, height) >= NEARLY * max(self._size)

    def will_grow(self, width: int, height: int) -> bool:
        """Tell whether a frame is one of the first, small ones, which larger ones soon follow."""
        small = max(width, height) < COARSE and not self.is_full(width, height)
        return small and self._warming is not None

    def attend(self, speaking: bool, left: float = 0.0) -> None:
        """Keep it flowing while somebody speaks, while `left` seconds of their turn are left, and a
        moment longer."""
        self._stop_timer()
        if speaking:
            self._speaking = True
            self._settle()
        elif self._speaking:
            self._resting = asyncio.get_running_loop().call_later(LINGER + left, self._rest)

    @contextmanager
    def taking(self) -> Iterator[None]:
        """Let frames come within the block."""
        self._taking += 1
        self._settle()
        try:
            yield
        finally:
            self._taking -= 1
            self._settle()

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Let frames of full size come within the block."""
        self._looking += 1
        self._settle()
        try:
            yield
        finally:
            self._looking -= 1
            self._settle()

    def close(self) -> None:
        """Ask for nothing any more."""
        self._stop_timer()
        if self._warming is not None:
            self._warming.cancel()

    def _cool(self) -> None:
        self._warming = None
        self._settle()

    def _rest(self) -> None:
        self._resting = None
        self._speaking = False
        self._settle()

    def _stop_timer(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None

    def _settle(self) -> None:
        new = wanted(
            self._edge,
            steady=self._steady,
            speaking=self._speaking,
            taking=self._taking > 0,
            looking=self._looking > 0 or self._warming is not None,
        )
        before, self._said = self._said, new
        # The size first: what flows again begins with a key frame of one layer.
        if not new.paused and (before is None or new.edge != before.edge):
            self._wire.set_dimensions(*dimensions(*self._size, new.edge))
        if before is None or new.paused != before.paused:
            self._wire.set_enabled(not new.paused)
