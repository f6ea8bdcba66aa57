"""LiveKit's server for workers, whose health port also says when no call can be taken."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from livekit.agents import AgentServer

from worker.lookout import Handler, Lookout

PRIVATE_SURFACE = ("_http_server", "_proc_pool")
"""What is reached into in `AgentServer`: it makes the application of its health port while it
starts, and takes no middleware after that; and it has no word for processes that are ready. A test
holds this against the pinned version."""
DRAINING = "no new calls: the worker has been asked to stop"
NO_PROCESS = "no process is ready for a call"


class Server(AgentServer):
    """`AgentServer` that looks out for Gemini Live, and for its own processes."""

    def __init__(self, *, lookout: Lookout | None, **options: Any) -> None:
        self._lookout = lookout
        super().__init__(**options)
        if lookout is not None:
            self.on("worker_started", lookout.start)

    def __setattr__(self, name: str, value: Any) -> None:
        """Notice the health port's application as soon as there is one."""
        if name == "_http_server" and value is not None:
            value.app.middlewares.append(self._ready_first)
            if self._lookout is not None:
                value.app.middlewares.append(self._lookout.middleware())
        super().__setattr__(name, value)

    def unready(self) -> str:
        """Say why no call can be taken just now; empty when one can."""
        if self.draining:
            return DRAINING
        pool = self._proc_pool
        idle = not pool._warmed_proc_queue.empty()
        wanted = pool._default_num_idle_processes > 0
        return NO_PROCESS if wanted and not idle and not self.active_jobs else ""

    @web.middleware
    async def _ready_first(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == "/" and (reason := self.unready()):
            return web.Response(status=503, text=reason)
        return await handler(request)

    async def aclose(self) -> None:
        """End looking out, and the worker."""
        if self._lookout is not None:
            await self._lookout.aclose()
        await super().aclose()
