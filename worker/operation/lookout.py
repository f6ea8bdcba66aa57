"""The main process looks out for Gemini Live: hears calls, probes in doubt, answers for health."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from math import inf
from multiprocessing import get_context
from pathlib import Path

from aiohttp import web

from worker.errors import MessageError
from worker.operation import metrics
from worker.operation.health import MAX_BYTES, Beat, Health, Verdict

logger = logging.getLogger(__name__)

SETTLE = 3.0
"""Seconds from the start to the first probe: registering comes first."""
TICK = 1.0
PROBE_LIMIT = 30.0
"""Seconds until a probe that has not come back is killed."""
AT_ONCE = 64
"""Reports taken before the event loop's other work has its turn."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def run_probe() -> None:
    """The probe's process: reports and ends. The main process never imports what it needs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        # It comes from a fork server that is shielded, and lasts no longer than its worker.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    logging.disable()
    from worker.operation.probe import report

    report()


class Lookout:
    """Owns the socket on which calls report, and the probes."""

    def __init__(self, path: Path, *, model: str, idle: float) -> None:
        """Prepare to look out.

        Args:
            path: where to make the socket.
            model: the model's name, for the metrics.
            idle: seconds without a call or probe after which a probe looks; 0: only in doubt.
        """
        self._path, self._model = path, model
        self._health = Health(idle=idle or inf, started=time.monotonic() + SETTLE)
        self._socket: socket.socket | None = None
        self._task: asyncio.Task[None] | None = None
        self._well = True
        self._mute: frozenset[str] = frozenset()

    def start(self) -> None:
        """Begin to listen and to probe."""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        try:
            self._socket.bind(str(self._path))
            self._path.chmod(0o600)
        except OSError:
            logger.warning("calls cannot report: no socket in the temporary folder", exc_info=True)
        asyncio.get_running_loop().add_reader(self._socket, self._on_readable)
        self._task = asyncio.create_task(self._run(), name="lookout")

    async def aclose(self) -> None:
        """Stop; the probe that runs is killed."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()

    def middleware(self) -> Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]:
        """What the health port says, with our word added to the framework's."""

        @web.middleware
        async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
            response = await handler(request)
            if response.status != 200 or not isinstance(response, web.Response):
                return response
            verdict = self._health.verdict(time.monotonic())
            if request.path == "/worker":
                return with_verdict(response, verdict)
            if request.path == "/" and not verdict.well:
                return web.Response(status=503, text=f"gemini live: {verdict.reason}")
            return response

        return answer

    def _on_readable(self) -> None:
        assert self._socket is not None
        for _ in range(AT_ONCE):
            try:
                beat = Beat.decode(self._socket.recv(MAX_BYTES))
            except BlockingIOError:
                break
            except MessageError:
                logger.warning("a report was not understood")
                continue
            self._health.on_beat(beat, time.monotonic())
        self._note_change()
        self._note_mute()

    async def _run(self) -> None:
        while True:
            self._note_change()
            self._note_mute()
            if self._health.due(time.monotonic()):
                await self._probe()
            await asyncio.sleep(TICK)

    async def _probe(self) -> None:
        # From the fork server, which holds the imports of a conversation already.
        linux = sys.platform == "linux"
        context = get_context("forkserver") if linux else get_context("spawn")
        process = context.Process(target=run_probe, name="gemini-probe", daemon=True)
        try:
            await asyncio.to_thread(process.start)
            await asyncio.to_thread(process.join, PROBE_LIMIT)
        except Exception:
            # Whatever keeps a process from being started, the next probe is tried all the same.
            logger.warning("cannot start a probe", exc_info=True)
        finally:
            if process.pid is not None:
                process.kill()

    def _note_change(self) -> None:
        verdict = self._health.verdict(time.monotonic())
        metrics.REACHABLE.labels(self._model).set(verdict.well)
        if verdict.well == self._well:
            return
        self._well = verdict.well
        if verdict.well:
            logger.info("gemini live can be reached again")
        else:
            logger.error("gemini live cannot be reached", extra={"cause": verdict.reason})

    def _note_mute(self) -> None:
        """Say of a call that hangs what the framework says only when it ends its process."""
        before, self._mute = self._mute, self._health.mute(time.monotonic())
        for job in self._mute - before:
            logger.warning(
                "a call does not report, its process hangs or is dead", extra={"job": job}
            )
        for job in before - self._mute:
            logger.info("a call reports again, or is forgotten", extra={"job": job})


def with_verdict(response: web.Response, verdict: Verdict) -> web.Response:
    """The framework's `GET /worker` with one key more: `gemini`."""
    status = json.loads(response.text or "{}")
    return web.json_response({**status, "gemini": asdict(verdict)})
