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
    attributes: dict[str, str] = field(default_factory=dict)

    async def accept(self, *, name: str, attributes: dict[str, str]) -> None:
        if self.release is not None:
            await self.release.wait()
        self.answers.append(("accepted", name))
        self.attributes = attributes

    async def reject(self, *, terminate: bool = True) -> None:
        self.answers.append(("rejected", "for all" if terminate else "here"))
