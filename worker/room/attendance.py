"""Who in the room is served, and when everybody has left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from math import inf

from livekit import rtc

PEOPLE = (
    rtc.ParticipantKind.PARTICIPANT_KIND_STANDARD,
    rtc.ParticipantKind.PARTICIPANT_KIND_SIP,
    rtc.ParticipantKind.PARTICIPANT_KIND_CONNECTOR,
)
"""Kinds of participants that are people: the ones the framework links to."""


def choose(served: str | None, present: Sequence[str]) -> str | None:
    """Who is served next: the same as before while they are there, else whoever came first."""
    if served in present:
        return served
    return present[0] if present else None


def arrival(person: rtc.RemoteParticipant) -> tuple[float, str]:
    """Order people by when they joined; of two in the same millisecond, by their session's id.

    The room lists them in no order that holds: who is there when the agent comes would be chance.
    """
    joined = person.joined_at
    return (inf if joined is None else joined.timestamp()), person.sid


class Attendance:
    """Follows who comes and goes; tells whom to serve, and when the room has been empty too long.

    A page that reloads leaves and comes back within a second or two, so an empty room is given
    ``grace`` seconds; a room nobody has come to yet is given ``first_wait``.
    """

    def __init__(
        self,
        room: rtc.Room,
        *,
        on_serve: Callable[[str], None],
        on_arrival: Callable[[], None],
        on_empty: Callable[[], None],
        grace: float = 5.0,
        first_wait: float = 60.0,
    ) -> None:
        self._room = room
        self._on_serve = on_serve
        self._on_arrival = on_arrival
        self._on_empty = on_empty
        self._grace = grace
        self._patience = first_wait
        self._timer: asyncio.TimerHandle | None = None
        self.served: str | None = None

    def start(self) -> None:
        """Follow the room's events and look who is there already."""
        self._room.on("participant_connected", self._on_connected)
        self._room.on("participant_disconnected", self._on_disconnected)
        self._review()
        if self.served is not None:
            self._on_arrival()

    def close(self) -> None:
        """Stop following; may be called twice."""
        self._room.off("participant_connected", self._on_connected)
        self._room.off("participant_disconnected", self._on_disconnected)
        self._stop_timer()

    def _on_connected(self, participant: rtc.RemoteParticipant) -> None:
        if participant.kind not in PEOPLE:
            return
        self._review(returned=participant.identity)
        self._on_arrival()

    def _on_disconnected(self, _: rtc.RemoteParticipant) -> None:
        self._review()

    def _review(self, returned: str | None = None) -> None:
        people = [p for p in self._room.remote_participants.values() if p.kind in PEOPLE]
        present = [person.identity for person in sorted(people, key=arrival)]
        before, chosen = self.served, choose(self.served, present)
        if chosen is None:
            self._start_timer()
            return
        self._stop_timer()
        self._patience = self._grace
        self.served = chosen
        if chosen != before or chosen == returned:
            self._on_serve(chosen)

    def _start_timer(self) -> None:
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._patience, self._on_empty)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
