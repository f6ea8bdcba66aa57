"""Sound from before the join: whose it may be, and how much of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from livekit import rtc

from worker.room.doorman import MAX_BYTES, PRIVATE_SURFACE, TOPIC, Bounded, guard


@dataclass
class Info:
    attributes: dict[str, str] | None


class Stream:
    """A byte stream as LiveKit hands it over."""

    def __init__(self, track: str | None, *parts: bytes) -> None:
        self.info = Info(None if track is None else {"trackId": track})
        self._parts = parts
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            yield part

    def close(self) -> None:
        self.closed = True


@dataclass
class Person:
    identity: str
    track_publications: dict[str, object]


@dataclass
class Room:
    remote_participants: dict[str, Person]
    _byte_stream_handlers: dict[str, Callable[[Any, str], None]] = field(default_factory=dict)

    def register_byte_stream_handler(self, topic: str, handler: Callable[[Any, str], None]) -> None:
        self._byte_stream_handlers[topic] = handler

    def unregister_byte_stream_handler(self, topic: str) -> None:
        del self._byte_stream_handlers[topic]


def guarded(served: str) -> tuple[Room, list[tuple[Any, str]]]:
    people = [Person("ann", {"TR_ann": object()}), Person("mallory", {"TR_mallory": object()})]
    room = Room({person.identity: person for person in people})
    heard: list[tuple[Any, str]] = []
    room.register_byte_stream_handler(TOPIC, lambda reader, sender: heard.append((reader, sender)))
    guard(room, served=lambda: served)  # type: ignore[arg-type]
    return room, heard


@pytest.mark.parametrize(
    ("served", "sender", "track", "passes"),
    [
        ("ann", "ann", "TR_ann", True),
        ("", "ann", "TR_ann", True),
        ("", "ann", "TR_not_published_yet", True),
        ("ann", "ann", None, True),
        ("ann", "mallory", "TR_ann", False),
        ("ann", "mallory", "TR_mallory", False),
        ("", "mallory", "TR_ann", False),
    ],
)
def test_only_the_one_who_is_served_is_heard_and_only_for_a_track_of_their_own(
    served: str, sender: str, track: str | None, passes: bool
) -> None:
    room, heard = guarded(served)
    stream = Stream(track)
    room._byte_stream_handlers[TOPIC](stream, sender)
    assert [who for _, who in heard] == ([sender] if passes else [])
    assert stream.closed is not passes


async def test_no_more_is_read_than_anybody_says_before_the_join() -> None:
    part = bytes(1024 * 1024)
    stream = Stream("TR_ann", *[part] * 100)
    taken = [len(one) async for one in Bounded(stream, MAX_BYTES)]  # type: ignore[arg-type]
    assert sum(taken) == MAX_BYTES
    assert stream.closed


async def test_livekit_keeps_its_handlers_where_they_are_looked_for() -> None:
    assert PRIVATE_SURFACE in vars(rtc.Room()), "a new livekit keeps them elsewhere"
