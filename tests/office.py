"""Mail with a clock that stands still, and a wire that remembers what it was given."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from worker.gemini.mail import Mail
from worker.gemini.outbound import Outbound
from worker.gemini.posts import Post

FRAME = b"\x01\x00" * 160


@dataclass
class Wire:
    """A connection that takes everything, and answers questions when it is told to."""

    got: list[object] = field(default_factory=list)
    questions: list[Callable[[], None]] = field(default_factory=list)
    session: Any = None
    room: bool = True
    """Whether the socket takes more at once."""

    def __post_init__(self) -> None:
        self.session = SimpleNamespace(take=self.take)

    async def take(self, thing: object) -> None:
        self.got.append(thing)

    def write(self, message: bytes) -> bool:
        if self.room:
            self.got.append(message)
        return self.room

    async def send(self, message: bytes) -> None:
        self.got.append(message)

    async def probe(self, on_pong: Callable[[], None]) -> None:
        self.questions.append(on_pong)

    def answer(self) -> None:
        questions, self.questions = self.questions, []
        for question in questions:
            question()


@dataclass
class Office:
    """Mail with a clock that stands still, and its delivery over one wire after the other."""

    now: float = 100.0
    mail: Mail = field(init=False)

    def __post_init__(self) -> None:
        self.mail = Mail(Outbound(), lambda: self.now)

    @contextlib.asynccontextmanager
    async def wire(self) -> AsyncIterator[Wire]:
        wire = Wire()
        delivering = asyncio.create_task(self.mail.deliver(wire))
        self.mail.open()
        await settle()
        try:
            yield wire
        finally:
            delivering.cancel()
            self.mail.close()


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def post(name: str, **facts: Any) -> Post:
    return Post(lambda session: session.take(name), **facts)  # type: ignore[attr-defined]
