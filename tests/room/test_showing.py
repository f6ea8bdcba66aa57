"""Pictures go to who asked and is there; an agent that is cut off forgets nobody."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

from livekit import rtc

from worker.room.requests import FramesRequest
from worker.room.showing import Showing


@dataclass
class FakeRoom:
    remote_participants: dict[str, object] = field(default_factory=lambda: {"ann": object()})
    connected: bool = True
    sent: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.local_participant = self

    def isconnected(self) -> bool:
        return self.connected

    async def stream_bytes(self, _: str, **options: Any) -> FakeRoom:
        self.sent.append(options["destination_identities"])
        return self

    async def write(self, _: bytes) -> None:
        """Take it."""

    async def aclose(self) -> None:
        """End the stream."""


async def shown(showing: Showing) -> None:
    showing.album.put(b"jpeg", source="camera", reason="speech")
    await asyncio.sleep(0.01)


async def looking_on() -> tuple[FakeRoom, Showing]:
    room = FakeRoom()
    showing = Showing(cast("rtc.Room", room))
    await showing.answer("ann", FramesRequest(on=True))
    return room, showing


async def test_who_asked_is_shown_what_the_model_sees() -> None:
    room, showing = await looking_on()
    await shown(showing)
    assert room.sent == [["ann"]]
    await showing.album.aclose()


async def test_who_has_gone_is_shown_nothing_more() -> None:
    room, showing = await looking_on()
    ann = room.remote_participants.pop("ann")
    await shown(showing)
    room.remote_participants["ann"] = ann
    await shown(showing)
    assert room.sent == []
    await showing.album.aclose()


async def test_who_is_only_out_of_sight_is_shown_more_later() -> None:
    """While our own connection is made anew, the library lists nobody."""
    room, showing = await looking_on()
    room.connected, ann = False, room.remote_participants.pop("ann")
    await shown(showing)
    room.connected = True
    room.remote_participants["ann"] = ann
    await shown(showing)
    assert room.sent == [["ann"]]
    await showing.album.aclose()
