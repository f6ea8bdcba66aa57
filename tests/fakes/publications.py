"""What a room shows, for tests of the eyes: publications, people, and the room with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from livekit import rtc

from worker.eyes.presented import Publication

CAMERA, SCREEN = rtc.TrackSource.SOURCE_CAMERA, rtc.TrackSource.SOURCE_SCREENSHARE
MICROPHONE = rtc.TrackSource.SOURCE_MICROPHONE


@dataclass
class FakePublication:
    sid: str
    source: int
    muted: bool = False
    track: rtc.Track | None = None
    width: int = 1280
    height: int = 720
    asked: list[bool] = field(default_factory=list)
    """Every subscription that was asked for, in order."""

    def set_subscribed(self, subscribed: bool) -> None:
        self.asked.append(subscribed)

    @property
    def received(self) -> bool:
        return bool(self.asked) and self.asked[-1]


class FakePerson:
    name = ""

    def __init__(self) -> None:
        self.published: dict[str, FakePublication] = {}

    @property
    def track_publications(self) -> Mapping[str, Publication]:
        return dict(self.published)


class FakeRoom(rtc.EventEmitter[rtc.room.EventTypes]):
    """What a room tells of its participants, with the real emitter of events."""

    def __init__(self) -> None:
        super().__init__()
        self.people: dict[str, FakePerson] = {}

    @property
    def remote_participants(self) -> dict[str, FakePerson]:
        return self.people

    def join(self, identity: str) -> None:
        self.people[identity] = FakePerson()
        self.emit("participant_connected", self.people[identity])

    def leave(self, identity: str) -> None:
        self.emit("participant_disconnected", self.people.pop(identity))

    def publish(self, identity: str, sid: str, source: int) -> FakePublication:
        publication = FakePublication(sid, source)
        self.people[identity].published[sid] = publication
        self.emit("track_published", publication, self.people[identity])
        return publication

    def unpublish(self, identity: str, sid: str) -> None:
        publication = self.people[identity].published.pop(sid)
        self.emit("track_unpublished", publication, self.people[identity])

    def unsubscribed(self, identity: str, publication: FakePublication) -> None:
        track, publication.track = publication.track, None
        self.emit("track_unsubscribed", track, publication, self.people[identity])

    def mute(self, identity: str, publication: FakePublication, muted: bool) -> None:
        publication.muted = muted
        self.emit("track_muted" if muted else "track_unmuted", self.people[identity], publication)
