"""Follow which cameras and screens are looked at, and receive those alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from livekit import rtc

from worker.eyes.choice import Kind, Offer, choose, choose_all
from worker.eyes.panes import WHOLE, Pane
from worker.eyes.picture import Region
from worker.eyes.presented import Person, Publication, Room
from worker.eyes.reception import FfiWire, Reception, Wire

logger = logging.getLogger(__name__)

EDGES: Mapping[Kind, int] = {"camera": 768, "screen": 1536}
"""Pixels the pictures have on their longer side unless told otherwise."""

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
class Source:
    """What is looked at."""

    identity: str
    name: str = ""
    """What the participant wants to be called; the identity where they said nothing."""
    kind: Kind
    sid: str
    track: rtc.Track | None
    """None until the subscription has come about."""
    muted: bool
    receive: Callable[[], Reception] = field(compare=False, repr=False)
    """Takes hold of how it is received."""

    def pane(self, part: Region | None = None) -> Pane:
        """Say what a picture of it shows: all of it, or a part."""
        shown = part or WHOLE
        return Pane(identity=self.identity, sid=self.sid, source=self.kind, part=shown)


class Sources:
    """The room as the eyes see it; `on_change` is called after every change of `all()`."""

    def __init__(
        self,
        room: Room,
        scope: str = "one",
        edges: Mapping[Kind, int] = EDGES,
        wire: Callable[..., Wire] = FfiWire,
    ) -> None:
        """Follow a room.

        Args:
            scope: What is looked at of what the served participant shows: `one` screen or camera,
                or both (`person`); or of the whole `room`.
            edges: Pixels the pictures of each kind have on their longer side.
            wire: Makes the way to ask for less of a publication.
        """
        self._room, self._scope = room, scope
        self._edges, self._wire = edges, wire
        self._identity: str | None = None
        self._paused = False
        self._received: dict[str, Publication] = {}
        self._retried: set[str] = set()
        self._sources: tuple[Source, ...] = ()
        self.speaking: frozenset[str] = frozenset()
        """Identities of those who speak, as the server hears it."""
        self.on_change: Callable[[], None] = lambda: None
        self._wires: dict[rtc.room.EventTypes, Callable[..., None]] = {
            **dict.fromkeys(_EVENTS, self._review),
            "track_unsubscribed": self._on_unsubscribed,
            "track_subscription_failed": self._on_failed,
            "reconnected": self._on_reconnected,
            "active_speakers_changed": self._on_speakers,
        }
        for event, callback in self._wires.items():
            room.on(event, callback)

    @property
    def served(self) -> str:
        """Identity of who is served; empty: nobody is."""
        return self._identity or ""

    def all(self) -> tuple[Source, ...]:
        """Return everything that is looked at, what matters most first."""
        return self._sources

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
        for publication in self._received.values():
            publication.set_subscribed(False)

    def insist(self) -> None:
        """Ask anew for what was asked for and has not come.

        A request that meets a reconnection of ours is lost, and the library sends none that it
        believes to have sent (seen with a process that was stopped for 20 s).
        """
        for publication in self._received.values():
            if publication.track is None:
                publication.set_subscribed(False)
                publication.set_subscribed(True)

    def close(self) -> None:
        """Stop receiving and following."""
        for event, callback in self._wires.items():
            self._room.off(event, callback)
        self.on_change = lambda: None
        self.serve(None)

    def _review(self, *_: object) -> None:
        offered = self._offered()
        publications = {pub.sid: pub for _, pubs in offered for pub in pubs}
        people = {pub.sid: identity for identity, pubs in offered for pub in pubs}
        chosen = self._choose([[_offer(pub) for pub in pubs] for _, pubs in offered])
        self._receive({offer.sid: publications[offer.sid] for offer in chosen})
        sources = tuple(
            source for offer in chosen if (source := self._source(offer, people[offer.sid]))
        )
        if sources != self._sources:
            self._log(sources)
            self._sources = sources
            self.on_change()

    def _choose(self, offers: list[list[Offer]]) -> list[Offer]:
        if not offers:
            return []
        if self._scope == "one":
            chosen = choose(offers[0])
            return [chosen] if chosen is not None else []
        return choose_all(offers[0], offers[1:])

    def _offered(self) -> list[tuple[str, list[Publication]]]:
        """List the served participant's publications, then those of others who may be seen."""
        people, served = self._room.remote_participants, self._identity
        if served is None or served not in people or self._paused:
            return []
        others = sorted(people) if self._scope == "room" else []
        order = [served, *(other for other in others if other != served)]
        return [(identity, _listed(people[identity])) for identity in order]

    def _receive(self, wanted: Mapping[str, Publication]) -> None:
        before, self._received = self._received, dict(wanted)
        for sid, publication in wanted.items():
            if before.get(sid) is not publication:
                publication.set_subscribed(True)
        for sid, publication in before.items():
            if wanted.get(sid) is not publication and self._is_there(publication):
                publication.set_subscribed(False)

    def _is_there(self, publication: Publication) -> bool:
        people = self._room.remote_participants.values()
        return any(publication is pub for person in people for pub in _listed(person))

    def _is_received(self, publication: Publication) -> bool:
        return self._received.get(publication.sid) is publication

    def _on_unsubscribed(self, track: rtc.Track, publication: Publication, person: Person) -> None:
        # To ask while the old subscription still ends is lost on the server (measured): ask now.
        if self._is_received(publication) and self._is_there(publication):
            publication.set_subscribed(True)
        self._review()

    def _on_reconnected(self, *_: object) -> None:
        # A full reconnect begins with no subscriptions, and may keep the publication objects.
        for publication in self._received.values():
            publication.set_subscribed(True)
        self._review()

    def _on_failed(self, person: Person, sid: str) -> None:
        wanted = self._received.get(sid)
        if wanted is None:
            return
        logger.warning("subscription failed", extra={"kind": _KINDS.get(wanted.source)})
        if sid not in self._retried:
            # Once a publication: what is refused twice would be refused for ever.
            self._retried.add(sid)
            wanted.set_subscribed(True)

    def _on_speakers(self, speakers: Sequence[rtc.Participant]) -> None:
        self.speaking = frozenset(speaker.identity for speaker in speakers)

    def _source(self, chosen: Offer, identity: str) -> Source | None:
        publication, person = self._received[chosen.sid], self._room.remote_participants[identity]
        if chosen.kind is None:
            return None
        return Source(
            identity=identity,
            name=person.name or identity,
            kind=chosen.kind,
            sid=chosen.sid,
            track=publication.track,
            muted=chosen.muted,
            receive=partial(self._reception, publication, chosen.kind),
        )

    def _reception(self, publication: Publication, kind: Kind) -> Reception:
        size = publication.width, publication.height
        wire = self._wire(publication)
        return Reception(wire, size, edge=self._edges[kind], steady=kind == "screen")

    def _log(self, sources: Sequence[Source]) -> None:
        kinds = [source.kind for source in sources]
        if [source.sid for source in sources] != [source.sid for source in self._sources]:
            logger.info("looking elsewhere", extra={"kind": " ".join(kinds) or "nothing"})


def _listed(person: Person) -> list[Publication]:
    return list(person.track_publications.values())


def _offer(publication: Publication) -> Offer:
    return Offer(sid=publication.sid, kind=_KINDS.get(publication.source), muted=publication.muted)
