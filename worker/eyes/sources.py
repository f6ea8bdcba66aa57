"""Follow which camera or screen of the served participant is looked at, and receive that alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from livekit import rtc

logger = logging.getLogger(__name__)

Kind = Literal["camera", "screen"]

_KINDS: Mapping[int, Kind] = {
    rtc.TrackSource.SOURCE_CAMERA: "camera",
    rtc.TrackSource.SOURCE_SCREENSHARE: "screen",
}

_EVENTS: tuple[rtc.room.EventTypes, ...] = (
    "participant_connected",
    "participant_disconnected",
    "track_published",
    "track_unpublished",
    "track_subscribed",
    "track_muted",
    "track_unmuted",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the choice needs to know of a publication."""

    sid: str
    kind: Kind | None
    """None for what is not looked at: audio and unknown sources."""
    muted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is looked at."""

    identity: str
    kind: Kind
    sid: str
    track: rtc.Track | None
    """None until the subscription has come about."""
    muted: bool


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
    def set_subscribed(self, subscribed: bool) -> None: ...


class Person(Protocol):
    """What is used of rtc.RemoteParticipant."""

    @property
    def track_publications(self) -> Mapping[str, Publication]: ...


class Room(Protocol):
    """What is used of rtc.Room."""

    @property
    def remote_participants(self) -> Mapping[str, Person]: ...
    def on(self, event: rtc.room.EventTypes, callback: Callable[..., None]) -> object: ...
    def off(self, event: rtc.room.EventTypes, callback: Callable[..., None]) -> None: ...


def choose(offers: Sequence[Offer]) -> Offer | None:
    """Choose among the publications of one participant, oldest first.

    What shows something comes before what is muted, a screen before a camera, and the newer of two
    before the older.
    """
    wanted = [
        (offer.muted, offer.kind != "screen", -age, offer) for age, offer in enumerate(offers)
    ]
    seen = [rank for rank in wanted if rank[3].kind is not None]
    return min(seen, key=lambda rank: rank[:3])[3] if seen else None


class Sources:
    """The room as the eyes see it; `on_change` is called after every change of `current()`."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._identity: str | None = None
        self._paused = False
        self._received: Publication | None = None
        self._retried: Publication | None = None
        self._current: Source | None = None
        self.on_change: Callable[[], None] = lambda: None
        self._wires: dict[rtc.room.EventTypes, Callable[..., None]] = {
            **dict.fromkeys(_EVENTS, self._review),
            "track_unsubscribed": self._on_unsubscribed,
            "track_subscription_failed": self._on_failed,
            "reconnected": self._on_reconnected,
        }
        for event, callback in self._wires.items():
            room.on(event, callback)

    def current(self) -> Source | None:
        """Return what is looked at; None when there is nothing to look at."""
        return self._current

    def all(self) -> tuple[Source, ...]:
        """Return everything that is looked at, what matters most first."""
        return (self._current,) if self._current is not None else ()

    def serve(self, identity: str | None) -> None:
        """Look at what this participant shows, now and as soon as there is something."""
        self._identity = identity
        self._review()

    def pause(self, paused: bool) -> None:
        """Receive nothing, or again what there is."""
        self._paused = paused
        self._review()

    def renew(self) -> None:
        """Receive from anew: after a standstill libwebrtc plays late and does not catch up.

        Measured with a process stopped for 6 s: frames 4 to 5.4 s old for four seconds after it,
        then 0.2 to 1.1 s old for good; after a new subscription 0.04 to 0.3 s.
        """
        if self._received is not None:
            self._received.set_subscribed(False)

    def close(self) -> None:
        """Stop receiving and following."""
        for event, callback in self._wires.items():
            self._room.off(event, callback)
        self.on_change = lambda: None
        self.serve(None)

    def _review(self, *_: object) -> None:
        publications = self._publications()
        chosen = choose([_offer(publication) for publication in publications.values()])
        self._receive(publications[chosen.sid] if chosen else None, publications)
        source = self._source(chosen)
        if source != self._current:
            self._log(source)
            self._current = source
            self.on_change()

    def _publications(self) -> Mapping[str, Publication]:
        person = self._room.remote_participants.get(self._identity or "")
        return {} if person is None or self._paused else {pub.sid: pub for pub in _listed(person)}

    def _receive(self, wanted: Publication | None, there: Mapping[str, Publication]) -> None:
        before, self._received = self._received, wanted
        if wanted is before:
            return
        if wanted is not None:
            wanted.set_subscribed(True)
        if before is not None and self._is_there(before):
            before.set_subscribed(False)

    def _is_there(self, publication: Publication) -> bool:
        people = self._room.remote_participants.values()
        return any(publication is pub for person in people for pub in _listed(person))

    def _on_unsubscribed(self, track: rtc.Track, publication: Publication, person: Person) -> None:
        # To ask while the old subscription still ends is lost on the server (measured): ask now.
        if publication is self._received and self._is_there(publication):
            publication.set_subscribed(True)
        self._review()

    def _on_reconnected(self, *_: object) -> None:
        # A full reconnect begins with no subscriptions, and may keep the publication objects.
        if self._received is not None:
            self._received.set_subscribed(True)
        self._review()

    def _on_failed(self, person: Person, sid: str) -> None:
        wanted = self._received
        if wanted is None or wanted.sid != sid:
            return
        logger.warning("subscription failed", extra={"kind": _KINDS.get(wanted.source)})
        if wanted is not self._retried:
            # Once a publication: what is refused twice would be refused for ever.
            self._retried = wanted
            wanted.set_subscribed(True)

    def _source(self, chosen: Offer | None) -> Source | None:
        publication = self._received
        if chosen is None or chosen.kind is None or publication is None:
            return None
        return Source(
            identity=self._identity or "",
            kind=chosen.kind,
            sid=chosen.sid,
            track=publication.track,
            muted=chosen.muted,
        )

    def _log(self, source: Source | None) -> None:
        if (source and source.sid) != (self._current and self._current.sid):
            logger.info("looking elsewhere", extra={"kind": source.kind if source else "nothing"})


def _listed(person: Person) -> list[Publication]:
    return list(person.track_publications.values())


def _offer(publication: Publication) -> Offer:
    return Offer(sid=publication.sid, kind=_KINDS.get(publication.source), muted=publication.muted)
