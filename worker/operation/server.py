"""LiveKit's server for workers, whose health port also says when no call can be taken."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web
from livekit.agents import NOT_GIVEN, AgentServer, NotGivenOr
from livekit.agents.ipc.job_executor import JobExecutor

from worker.operation.headstart import HeadStart
from worker.operation.lookout import Handler, Lookout

logger = logging.getLogger(__name__)

PRIVATE_SURFACE = ("_http_server", "_proc_pool", "_connecting")
"""What is reached into in `AgentServer`: it makes the application of its health port while it
starts, and takes no middleware after that; and it has no word for processes that are ready, nor for
its connection to LiveKit when that is lost. A test holds this against the pinned version."""
DRAINING = "no new calls: the worker has been asked to stop"
APART = "no connection to LiveKit"
NO_PROCESS = "no process is ready for a call"
GRACE = 5.0
"""Seconds after a call has begun or ended in which the next process may still be on its way, and
after a loss of LiveKit in which it may be back."""


class Server(AgentServer):
    """`AgentServer` that looks out for Gemini Live, and for its own processes."""

    def __init__(
        self,
        *,
        lookout: Lookout | None,
        abandon: Callable[[int], object] = os._exit,
        **options: Any,
    ) -> None:
        """Prepare to run.

        Args:
            abandon: ends this process, and nothing else, at once, with a status.
        """
        self._lookout, self._abandon = lookout, abandon
        self._stirred = time.monotonic()
        self._apart: float | None = None
        super().__init__(**options)
        if lookout is not None:
            self.on("worker_started", lookout.start)

    def __setattr__(self, name: str, value: Any) -> None:
        """Notice the health port's application and the processes as soon as there are any.

        And whether the worker is registered.
        """
        if name == "_http_server" and value is not None:
            value.app.middlewares.append(self._ready_first)
            if self._lookout is not None:
                value.app.middlewares.append(self._lookout.middleware())
        if name == "_proc_pool":
            ready = HeadStart(
                value,
                target=value._default_num_idle_processes,
                call_later=asyncio.get_running_loop().call_later,
            )
            value.on("process_job_launched", lambda _: ready.give())
            value.on("process_job_launched", self._stir)
            value.on("process_closed", self._stir)
        if name == "_connecting":
            self._apart = (self._apart or time.monotonic()) if value else None
        super().__setattr__(name, value)

    def _stir(self, process: JobExecutor) -> None:
        """A call has begun or ended; processes that cannot even be started have none."""
        if process.running_job is not None:
            self._stirred = time.monotonic()

    def unready(self) -> str:
        """Say why no call can be taken just now; empty when one can."""
        if self.draining:
            return DRAINING
        if self._apart is not None and time.monotonic() > self._apart + GRACE:
            return APART
        pool = self._proc_pool
        ready = self.active_jobs or not pool._warmed_proc_queue.empty()
        wanted = pool._default_num_idle_processes > 0
        patient = time.monotonic() < self._stirred + GRACE
        return "" if ready or patient or not wanted else NO_PROCESS

    @web.middleware
    async def _ready_first(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == "/" and (reason := self.unready()):
            return web.Response(status=503, text=reason)
        return await handler(request)

    async def drain(self, timeout: NotGivenOr[int | None] = NOT_GIVEN) -> None:
        """Let the calls end, and those that take too long as if the worker had been killed.

        They tell their rooms and close them (`worker.parting`). The framework would end them
        without a word, and nobody would send another agent.
        """
        try:
            await super().drain(timeout)
        except TimeoutError:
            logger.warning("calls last longer than the worker may wait, ending them")
            self._abandon(1)
            raise

    async def aclose(self) -> None:
        """End looking out, and the worker."""
        if self._lookout is not None:
            await self._lookout.aclose()
        await super().aclose()
