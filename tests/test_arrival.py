"""The join: asked for at once, waited for later."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from livekit import rtc
from livekit.agents import AutoSubscribe, JobContext

from worker.arrival import arrive


@dataclass
class Door:
    """A job's context whose room lets us in when told to."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    locked: bool = False
    followed: list[str] = field(default_factory=list)
    at_the_end: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.room = self

    def on(self, event: str, _: Callable[[], None]) -> None:
        self.followed.append(event)

    def off(self, event: str, _: Callable[[], None]) -> None:
        self.followed.remove(event)

    def add_shutdown_callback(self, callback: Callable[[], Awaitable[None]]) -> None:
        self.at_the_end.append(callback)

    async def connect(self, **options: Any) -> None:
        self.asked.append(options)
        await self.opened.wait()
        if self.locked:
            raise rtc.ConnectError("no")


def arriving(door: Door) -> Any:
    return arrive(cast(JobContext, door))


async def test_the_room_is_asked_before_anything_else_is_done() -> None:
    door = Door()
    joining = await arriving(door)
    (options,) = door.asked
    assert not joining.done()
    door.opened.set()
    await joining
    assert options["auto_subscribe"] is AutoSubscribe.AUDIO_ONLY
    assert "single_peer_connection" not in options


async def test_a_later_reconnection_is_followed_until_the_job_ends() -> None:
    door = Door()
    door.opened.set()
    await (await arriving(door))
    assert door.followed == ["reconnected"]
    for callback in door.at_the_end:
        await callback()
    assert door.followed == []


async def test_whoever_waits_for_the_join_learns_that_it_failed() -> None:
    door = Door(locked=True)
    joining = await arriving(door)
    door.opened.set()
    with pytest.raises(rtc.ConnectError):
        await joining
