"""How a call's connection to Gemini Live fares: reported to the main process, and counted."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from worker.gemini.failures import Failure
from worker.gemini.taps import How
from worker.operation import metrics
from worker.operation.health import BEAT, Beat


class Reporter:
    """Sends reports to the worker's main process; one that does not get through is left out.

    Never waits: a main process that is busy or gone must not hold a call's event loop. The next
    report, `BEAT` seconds later at most, says it all again.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._socket: socket.socket | None = None
        if path:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._socket.setblocking(False)

    def send(self, beat: Beat) -> None:
        """Send one report; the next one makes up for one that does not get through."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.sendto(beat.encode(), self._path)

    def close(self) -> None:
        """Send nothing more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


@dataclass(slots=True)
class Vitals:
    """Listens to the taps of one call."""

    reporter: Reporter
    source: str
    dropped: Callable[[], int]
    """Samples of the microphone that were dropped so far, in all."""
    _state: Beat = field(init=False)
    _cause: str = ""
    """Why there is no connection, since there was one; empty while all is well."""
    _counted: int = 0

    def __post_init__(self) -> None:
        self._state = Beat(source=self.source, connected=False)

    def on_connected(self, seconds: float, how: How) -> None:
        """A connection is up."""
        self._count_samples()
        metrics.CONNECTIONS.labels(how).inc()
        if how != "first":
            metrics.GAP.labels(self._cause or metrics.RENEWAL).observe(seconds)
        self._cause = ""
        self._report(replace(self._state, connected=True, served=True, kind="", reason=""))

    def on_lost(self, failure: Failure | None) -> None:
        """A connection ended or could not be had; None: it was left for the next one."""
        cause = failure.kind.value if failure else metrics.RENEWAL
        if self._state.connected and not self._cause:
            metrics.LOSSES.labels(cause).inc()
        else:
            metrics.FAILED_DIALS.labels(cause).inc()
        self._cause = self._cause or cause
        if failure is not None:
            kind, reason = failure.kind.value, failure.operator
            self._report(replace(self._state, connected=False, kind=kind, reason=reason))

    def on_refused(self, failure: Failure) -> None:
        """Nothing more will be tried."""
        metrics.GIVEN_UP.labels(failure.kind.value).inc()
        kind, reason = failure.kind.value, failure.operator
        self._report(replace(self._state, connected=False, kind=kind, reason=reason, over=True))

    async def beat(self) -> None:
        """Report now and then, until cancelled: the state, whatever got lost before."""
        while True:
            self.reporter.send(self._state)
            self._count_samples()
            await asyncio.sleep(BEAT)

    def close(self) -> None:
        """The call ends: it no longer proves anything."""
        self._count_samples()
        if not self._state.over:
            # What it last knew was said before; that it ends is no failure.
            self._report(replace(self._state, connected=False, kind="", reason="", over=True))
        self.reporter.close()

    def _report(self, state: Beat) -> None:
        self._state = state
        self.reporter.send(state)

    def _count_samples(self) -> None:
        new = self.dropped() - self._counted
        if new > 0:
            self._counted += new
            metrics.SAMPLES_DROPPED.labels(self._cause or metrics.BACKLOG).inc(new)
