"""The running call as a file: in the answer if it fits, else as a stream to who asked."""

from __future__ import annotations

import json

import pysubs2
import pytest
import webvtt

from tests.live.service import until
from worker.minutes import Minutes
from worker.room.answers import MAX_BYTES, ExportAnswer, StatusAnswer, write
from worker.room.messages import Notice, Tool, Transcript
from worker.room.outbox import Outbox
from worker.room.requests import ExportRequest, HistoryRequest
from worker.steering.telling import TOPIC, Telling
from worker.tasks import Tasks


async def publish(packet: bytes) -> None:
    """Send it to nobody."""


async def status() -> StatusAnswer:
    raise NotImplementedError


class Desk:
    """A call that is not recorded, and what of it was delivered to whom."""

    def __init__(self) -> None:
        self.minutes = Minutes(call="AJ_1", outbox=Outbox(publish), socket="")
        self.minutes.open(room="demo", persona="guide", model="gemini-3.8-live")
        self.delivered: list[tuple[bytes, ExportAnswer, str]] = []
        self.tasks = Tasks()
        self.telling = Telling(self.minutes, status=status, deliver=self.deliver, tasks=self.tasks)

    async def deliver(self, data: bytes, answer: ExportAnswer, to: str) -> None:
        self.delivered.append((data, answer, to))

    def say(self, text: str, number: int = 1) -> None:
        said = Transcript(id=f"u{number}", who="user", identity="ann", text=text, final=True)
        self.minutes.put(said)

    async def export(self, format: str) -> ExportAnswer:
        return await self.telling.export("ann", ExportRequest(format=format))  # type: ignore[arg-type]


@pytest.fixture
async def desk() -> Desk:
    desk = Desk()
    desk.say("What time is it?")
    desk.minutes.put(Tool(id="t", name="get_time", status="done", summary="It is noon."))
    desk.minutes.put(Notice(id="n", level="info", text="I am back."))
    return desk


async def test_is_markdown_for_people(desk: Desk) -> None:
    answer = await desk.export("md")
    assert "What time is it?" in answer.text
    assert "Tool get\\_time, done: It is noon." in answer.text
    assert (answer.mime_type, answer.topic) == ("text/markdown", "")
    assert answer.bytes == len(answer.text.encode())


async def test_is_json_for_programs(desk: Desk) -> None:
    whole = json.loads((await desk.export("json")).text)
    assert (whole["id"], whole["room"], whole["reason"]) == ("AJ_1", "demo", None)
    assert [entry["kind"] for entry in whole["entries"]] == ["line", "tool", "remark"]


async def test_is_captions_for_players(desk: Desk) -> None:
    (cue,) = pysubs2.SSAFile.from_string((await desk.export("srt")).text)
    caption = webvtt.from_string((await desk.export("vtt")).text).captions[0]
    assert cue.plaintext == "- What time is it?"
    assert "What time is it?" in caption.text


@pytest.mark.parametrize("format", ["md", "json", "srt", "vtt"])
async def test_what_does_not_fit_follows_as_a_stream(desk: Desk, format: str) -> None:
    for number in range(9):
        desk.say('"' * 2_000, number)
    answer = await desk.export(format)
    assert (answer.text, answer.topic) == ("", TOPIC)
    assert len(write(answer)) < MAX_BYTES
    await until(lambda: desk.delivered)
    ((data, told, to),) = desk.delivered
    assert (len(data), told, to) == (answer.bytes, answer, "ann")


async def test_what_was_said_is_there_for_who_comes_late(desk: Desk) -> None:
    page = await desk.telling.history("ann", HistoryRequest())
    assert [(message["type"], message["seq"]) for message in page.messages] == [
        ("transcript", 1),
        ("tool", 2),
        ("notice", 3),
    ]
