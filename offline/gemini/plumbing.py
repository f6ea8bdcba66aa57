"""The pipe under a connection, made to misbehave: resets, back-pressure, missing pongs."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable

from aiohttp import web

from offline.gemini.fault import FOR_GOOD
from offline.gemini.outages import Pongs

SMALL, LARGE = 128 << 10, 1 << 20
"""Bytes that the kernel may take in for a service that does not read, and for one that does.

Less than two segments of loopback would stop the connection for much longer than asked.
"""


class Plumbing:
    """The transport of one request.

    Attributes:
        readable: cleared while nothing is to be taken in.
        writable: cleared while nothing is to be sent.
    """

    def __init__(self, request: web.Request, clock: Callable[[], float]) -> None:
        self._request, self._clock = request, clock
        self.readable, self.writable = asyncio.Event(), asyncio.Event()
        self._timers: list[asyncio.TimerHandle] = []
        self._pongs: Pongs | None = None
        self._pongs_until = 0.0
        self._paused = False
        self.readable.set()
        self.writable.set()

    def abort(self) -> None:
        """Drop the connection; nothing waits any longer."""
        self.release()
        if self._request.transport is not None:
            self._request.transport.abort()

    def reset(self) -> None:
        """Drop it with an RST instead of a FIN."""
        linger = struct.pack("ii", 1, 0)
        self._set(socket.SO_LINGER, linger)
        self.abort()

    def release(self) -> None:
        """Let everything go that waits, for the connection's end."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self.readable.set()
        self.writable.set()

    def restore(self) -> None:
        """Read and write again."""
        transport = self._request.transport
        if self._paused and transport is not None:
            self._narrow(transport, None, LARGE)
            transport.resume_reading()
        self._paused = False
        self.readable.set()
        self.writable.set()

    def stop_reading(self, seconds: float) -> None:
        """Let the client's messages pile up in the sockets, for a while or for good."""
        transport = self._request.transport
        if transport is None or transport.is_closing():
            return
        self._paused = True
        self.readable.clear()
        self._narrow(transport, 1, SMALL)
        transport.pause_reading()
        if seconds != FOR_GOOD:
            self._timers.append(asyncio.get_running_loop().call_later(seconds, self.restore))

    def swallow(self, seconds: float) -> None:
        """Neither read nor write."""
        self.writable.clear()
        self.stop_reading(seconds)

    def spoil_pongs(self, fault: Pongs) -> None:
        """Answer pings as the fault says from now on."""
        self._pongs = fault
        lasts = float("inf") if fault.seconds == FOR_GOOD else fault.seconds
        self._pongs_until = self._clock() + lasts

    @property
    def pong_delay(self) -> float | None:
        """Seconds after which a ping is answered, None for never."""
        if self._pongs is None or self._clock() >= self._pongs_until:
            return 0.0
        return None if self._pongs.late == FOR_GOOD else self._pongs.late

    def _narrow(self, transport: asyncio.Transport, tls: int | None, kernel: int) -> None:
        """Set how much is taken in before anyone reads; None is the usual."""
        self._set(socket.SO_RCVBUF, kernel)
        with contextlib.suppress(AttributeError):
            # TLS reads on into a buffer of its own unless that is small.
            transport.set_read_buffer_limits(tls)  # type: ignore[attr-defined]

    def _set(self, option: int, value: int | bytes) -> None:
        transport = self._request.transport
        found = None if transport is None else transport.get_extra_info("socket")
        if found is not None:
            with contextlib.suppress(OSError):
                found.setsockopt(socket.SOL_SOCKET, option, value)
