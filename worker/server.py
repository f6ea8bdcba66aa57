"""LiveKit's server for workers, whose health port also answers for Gemini Live."""

from __future__ import annotations

from typing import Any

from livekit.agents import AgentServer

from worker.lookout import Lookout

PRIVATE_SURFACE = ("_http_server",)
"""What is reached into in `AgentServer`: it makes the application of its health port while it
starts, and takes no middleware after that. A test holds this against the pinned version."""


class Server(AgentServer):
    """`AgentServer` that looks out for Gemini Live."""

    def __init__(self, *, lookout: Lookout | None, **options: Any) -> None:
        self._lookout = lookout
        super().__init__(**options)
        if lookout is not None:
            self.on("worker_started", lookout.start)

    def __setattr__(self, name: str, value: Any) -> None:
        """Notice the health port's application as soon as there is one."""
        if name == "_http_server" and value is not None and self._lookout is not None:
            value.app.middlewares.append(self._lookout.middleware())
        super().__setattr__(name, value)

    async def aclose(self) -> None:
        """End looking out, and the worker."""
        if self._lookout is not None:
            await self._lookout.aclose()
        await super().aclose()
