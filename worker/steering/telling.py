"""What an app is told of the call: how it stands, what was said so far, all of it as a file."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from livekit import rtc
from livekit.agents.utils import shortuuid

from worker.minutes import Minutes
from worker.record.export import FORMATS
from worker.room.answers import MAX_BYTES, ExportAnswer, HistoryAnswer, StatusAnswer, write
from worker.room.controls import Method
from worker.room.requests import ExportRequest, HistoryRequest, Request, StatusRequest
from worker.tasks import Tasks

TOPIC = "sightline.export"
MIME_TYPES: Mapping[str, str] = {
    "md": "text/markdown",
    "json": "application/json",
    "srt": "application/x-subrip",
    "vtt": "text/vtt",
}
SEND_TIMEOUT = 30.0
"""Seconds a file may take to leave."""


class Deliver(Protocol):
    """Sends a file to one participant."""

    async def __call__(self, data: bytes, answer: ExportAnswer, to: str) -> None: ...


class Telling:
    """Answers what asks and changes nothing."""

    def __init__(
        self,
        minutes: Minutes,
        *,
        status: Callable[[], Awaitable[StatusAnswer]],
        deliver: Deliver,
        tasks: Tasks,
    ) -> None:
        self._minutes, self._status = minutes, status
        self._deliver, self._tasks = deliver, tasks
        self.methods: Mapping[type[Request], Method] = {
            StatusRequest: self.status,
            HistoryRequest: self.history,
            ExportRequest: self.export,
        }

    async def status(self, _: str, asked: StatusRequest) -> StatusAnswer:
        """How the call stands, and what there is to choose from."""
        return await self._status()

    async def history(self, _: str, asked: HistoryRequest) -> HistoryAnswer:
        """One page of what was said and done."""
        return self._minutes.history.page(asked.after, asked.since)

    async def export(self, caller: str, asked: ExportRequest) -> ExportAnswer:
        """The conversation so far; what does not fit in the answer follows as a stream."""
        # Hours of talk take some tens of milliseconds to write, for which the voice does not wait.
        text = await asyncio.to_thread(FORMATS[asked.format], self._minutes.talk())
        data = text.encode()
        fits = _answer(asked.format, len(data), text=text)
        if len(write(fits).encode()) <= MAX_BYTES:
            return fits
        answer = _answer(asked.format, len(data), topic=TOPIC, stream=shortuuid("EX_"))
        self._tasks.spawn(self._send(data, answer, caller), "export")
        return answer

    async def _send(self, data: bytes, answer: ExportAnswer, to: str) -> None:
        async with asyncio.timeout(SEND_TIMEOUT):
            await self._deliver(data, answer, to)


def _answer(
    format: str, size: int, *, text: str = "", topic: str = "", stream: str = ""
) -> ExportAnswer:
    return ExportAnswer(
        format=format,
        mime_type=MIME_TYPES[format],
        bytes=size,
        text=text,
        topic=topic,
        stream=stream,
    )


def deliver_in(room: rtc.Room) -> Deliver:
    """Deliver as a byte stream to one participant of a room."""

    async def deliver(data: bytes, answer: ExportAnswer, to: str) -> None:
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
        writer = await room.local_participant.stream_bytes(
            f"conversation-{stamp}.{answer.format}",
            total_size=len(data),
            mime_type=answer.mime_type,
            attributes={"export": answer.stream},
            destination_identities=[to],
            topic=answer.topic,
        )
        await writer.write(data)
        await writer.aclose()

    return deliver
