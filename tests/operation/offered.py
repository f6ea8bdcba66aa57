"""A job as LiveKit offers it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from livekit.protocol import agent


@dataclass
class Request:
    """A job that is offered."""

    id: str = "AJ_1"
    answers: list[tuple[str, str]] = field(default_factory=list)
    release: asyncio.Event | None = None
    identity: str = ""
    failure: Exception | None = None

    @property
    def job(self) -> agent.Job:
        return agent.Job(id=self.id)

    async def accept(self, *, name: str, identity: str) -> None:
        self.identity = identity
        if self.failure is not None:
            raise self.failure
        if self.release is not None:
            await self.release.wait()
        self.answers.append(("accepted", name))

    async def reject(self, *, terminate: bool = True) -> None:
        self.answers.append(("rejected", "for all" if terminate else "here"))
