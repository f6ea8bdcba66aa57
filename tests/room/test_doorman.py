"""Sound from before the join: whose it may be, and how much of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from livekit import rtc
from livekit.agents.voice.room_io._pre_connect_audio import PreConnectAudioHandler

from worker.room.doorman import MAX_BYTES, TOPIC, Bounded, guard


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


class Reception(PreConnectAudioHandler):
    """LiveKit's own, which notes whom it would hear."""

    def __init__(self, room: rtc.Room) -> None:
        super().__init__(room, timeout=1.0)
        self.heard: list[str] = []

    async def _read_audio_task(self, reader: rtc.ByteStreamReader, participant_id: str) -> None:
        self.heard.append(participant_id)


def guarded(served: str) -> tuple[Room, list[tuple[Any, str]]]:
    people = [Person("ann", {"TR_ann": object()}), Person("mallory", {"TR_mallory": object()})]
    room = Room({person.identity: person for person in people})
    heard: list[tuple[Any, str]] = []
    guard(room, served=lambda: served)  # type: ignore[arg-type]
    room.register_byte_stream_handler(TOPIC, lambda reader, sender: heard.append((reader, sender)))
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


async def test_livekits_own_reception_passes_the_door_from_its_first_moment() -> None:
    room = rtc.Room()
    guard(room, served=lambda: "ann")
    reception = Reception(room)
    reception.register()
    for sender in ("mallory", "ann"):
        room._byte_stream_handlers[TOPIC](Stream(None), sender)  # type: ignore[arg-type]
    await asyncio.sleep(0)
    assert reception.heard == ["ann"]
    await reception.aclose()


def test_streams_of_other_topics_are_nobodys_business_here() -> None:
    room, _ = guarded("ann")
    others: list[str] = []
    room.register_byte_stream_handler("another", lambda _, sender: others.append(sender))
    room._byte_stream_handlers["another"](Stream("TR_ann"), "mallory")
    assert others == ["mallory"]
