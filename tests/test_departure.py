"""A call that somebody ends says goodbye, waits for it, and closes its room; once."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest
from livekit.agents import JobContext

from tests.live.service import until
from worker import departure
from worker.departure import Departure
from worker.room.outbox import Outbox
from worker.room.posting import Posting
from worker.tasks import Tasks


class FakeContext:
    """A job, and what was done to it."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def delete_room(self) -> None:
        self.done.append("room deleted")

    def shutdown(self, *, reason: str) -> None:
        self.done.append(reason)


async def publish(packet: bytes) -> None:
    """Send it to nobody."""


class Scene:
    def __init__(self) -> None:
        self.context, self.tasks = FakeContext(), Tasks()
        self.departure = Departure(
            cast("JobContext", self.context),
            self.tasks,
            posting=cast("Posting", None),
            outbox=Outbox(publish),
        )
        self.said: list[str] = []

    async def farewell(self) -> None:
        self.said.append("goodbye")

    async def over(self) -> list[str]:
        await until(lambda: len(self.context.done) == 2)
        return self.context.done


OVER = ["room deleted", "somebody ended the call"]


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(departure, "ON_ITS_WAY", 0.01)


async def test_says_goodbye_and_closes_the_room() -> None:
    scene = Scene()
    scene.departure.end(scene.farewell)
    assert await scene.over() == OVER
    assert scene.said == ["goodbye"]


async def test_closes_it_without_a_word_where_none_is_wanted() -> None:
    scene = Scene()
    scene.departure.end(None)
    assert await scene.over() == OVER


async def test_is_ended_once() -> None:
    scene = Scene()
    scene.departure.end(scene.farewell)
    scene.departure.end(scene.farewell)
    scene.departure.part()
    await scene.over()
    await asyncio.sleep(0.05)
    assert (scene.context.done, scene.said) == (OVER, ["goodbye"])


@pytest.mark.parametrize("error", [RuntimeError("closing"), None])
async def test_ends_though_no_goodbye_can_be_said(
    monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    monkeypatch.setattr(departure, "FAREWELL", 0.01)

    async def mute() -> None:
        if error is not None:
            raise error
        await asyncio.Event().wait()

    scene = Scene()
    scene.departure.end(mute)
    assert await scene.over() == OVER


async def test_answers_before_the_room_is_gone() -> None:
    scene = Scene()
    scene.departure.end(None)
    await asyncio.sleep(0)
    assert scene.context.done == []
    await scene.over()
