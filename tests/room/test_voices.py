"""After a reconnection of ours every voice is asked for again, until it is received."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import cast

import pytest
import pytest_asyncio
from livekit import rtc

from worker.room import voices
from worker.room.voices import Voices

AUDIO, VIDEO = rtc.TrackKind.KIND_AUDIO, rtc.TrackKind.KIND_VIDEO


@dataclass
class Publication:
    """What a library that believes to be subscribed makes of requests."""

    kind: int = AUDIO
    track: object | None = None
    comes_with: int = 1
    """The request that is heard; those before it are lost."""
    asked: list[bool] = field(default_factory=list)

    def set_subscribed(self, subscribed: bool) -> None:
        self.asked.append(subscribed)
        if self.asked.count(True) >= self.comes_with:
            self.track = object()


@dataclass
class Person:
    track_publications: dict[str, Publication]


@dataclass
class FakeRoom:
    remote_participants: dict[str, Person] = field(default_factory=dict)
    handlers: dict[str, Callable[[], None]] = field(default_factory=dict)

    def on(self, event: str, handler: Callable[[], None]) -> None:
        self.handlers[event] = handler

    def off(self, event: str, _: Callable[[], None]) -> None:
        del self.handlers[event]

    def reconnect(self, **people: Publication) -> None:
        """As the library does after a full reconnect: with participants it has told of anew."""
        self.remote_participants = {
            name: Person({f"TR_{name}": publication}) for name, publication in people.items()
        }
        self.handlers["reconnected"]()


@pytest_asyncio.fixture
async def room(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeRoom]:
    monkeypatch.setattr(voices, "GAPS", (0.01, 0.01, 0.01))
    fake = FakeRoom()
    followed = Voices(cast("rtc.Room", fake))
    followed.start()
    yield fake
    await followed.aclose()
    assert fake.handlers == {}


async def test_asks_for_every_voice_at_once(room: FakeRoom) -> None:
    ann, bob = Publication(), Publication()
    room.reconnect(ann=ann, bob=bob)
    assert (ann.asked, bob.asked) == ([True], [True])
    await asyncio.sleep(0.05)
    assert (ann.asked, bob.asked) == ([True], [True])


async def test_asks_again_in_a_way_that_the_library_passes_on(room: FakeRoom) -> None:
    ann = Publication(comes_with=3)
    room.reconnect(ann=ann)
    await asyncio.sleep(0.05)
    assert ann.asked == [True, False, True, False, True]


async def test_leaves_cameras_to_the_eyes(room: FakeRoom) -> None:
    camera = Publication(kind=VIDEO)
    room.reconnect(ann=camera)
    await asyncio.sleep(0.05)
    assert camera.asked == []


async def test_a_voice_that_does_not_come_is_given_up(room: FakeRoom) -> None:
    ann = Publication(comes_with=100)
    room.reconnect(ann=ann)
    await asyncio.sleep(0.05)
    asked = len(ann.asked)
    await asyncio.sleep(0.03)
    assert len(ann.asked) == asked == 7


async def test_a_second_reconnection_begins_anew(room: FakeRoom) -> None:
    ann, later = Publication(comes_with=100), Publication(comes_with=2)
    room.reconnect(ann=ann)
    room.reconnect(ann=later)
    await asyncio.sleep(0.05)
    assert (ann.asked, later.asked) == ([True], [True, False, True])
