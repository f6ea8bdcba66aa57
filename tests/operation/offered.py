"""A job as LiveKit offers it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field


@dataclass
class Request:
    """A job that is offered."""

    id: str = "AJ_1"
    answers: list[tuple[str, str]] = field(default_factory=list)
    release: asyncio.Event | None = None

    async def accept(self, *, name: str) -> None:
        if self.release is not None:
            await self.release.wait()
        self.answers.append(("accepted", name))

    async def reject(self, *, terminate: bool = True) -> None:
        self.answers.append(("rejected", "for all" if terminate else "here"))
