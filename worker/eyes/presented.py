"""What the eyes use of LiveKit's room: who is there, and what they publish."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from livekit import rtc


class Publication(Protocol):
    """What is used of rtc.RemoteTrackPublication."""

    @property
    def sid(self) -> str: ...
    @property
    def source(self) -> int: ...
    @property
    def muted(self) -> bool: ...
    @property
    def track(self) -> rtc.Track | None: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    def set_subscribed(self, subscribed: bool) -> None: ...


class Person(Protocol):
    """What is used of rtc.RemoteParticipant."""

    @property
    def name(self) -> str: ...
    @property
    def track_publications(self) -> Mapping[str, Publication]: ...


class Room(Protocol):
    """What is used of rtc.Room."""

    @property
    def remote_participants(self) -> Mapping[str, Person]: ...
    def on(self, event: rtc.room.EventTypes, callback: Callable[..., None]) -> object: ...
    def off(self, event: rtc.room.EventTypes, callback: Callable[..., None]) -> None: ...
