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


RETURN = 20.0
"""Seconds: a client of LiveKit's that lost the server, too, tries again at least every 8."""


class Attendance:
    """Follows who comes and goes; tells whom to serve, and when the room has been empty too long.

    A page that reloads leaves and comes back within a second or two, so an empty room is given
    ``grace`` seconds; a room nobody has come to yet is given ``first_wait``. An agent that has lost
    its own connection sees nobody, which says nothing of them; and if the server was restarted,
    they come back after it: then the room is given ``RETURN``. That it is empty is told again and
    again, for as long as it is.
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
        self._cut_off = False
        self._timer: asyncio.TimerHandle | None = None
        self.served: str | None = None
        self._handlers: dict[rtc.room.EventTypes, Callable[..., None]] = {
            "participant_connected": self._on_connected,
            "participant_disconnected": self._on_disconnected,
            "reconnecting": self._on_reconnecting,
            "reconnected": self._on_reconnected,
        }

    def start(self) -> None:
        """Follow the room's events and look who is there already."""
        for event, handler in self._handlers.items():
            self._room.on(event, handler)
        self._review()
        if self.served is not None:
            self._on_arrival()

    def close(self) -> None:
        """Stop following; may be called twice."""
        while self._handlers:
            self._room.off(*self._handlers.popitem())
        self._stop_timer()

    def _on_connected(self, participant: rtc.RemoteParticipant) -> None:
        if participant.kind not in PEOPLE:
            return
        self._review(returned=participant.identity)
        self._on_arrival()

    def _on_disconnected(self, _: rtc.RemoteParticipant) -> None:
        self._review()

    def _on_reconnecting(self) -> None:
        self._cut_off = True
        self._stop_timer()

    def _on_reconnected(self) -> None:
        self._cut_off = False
        self._patience = max(self._patience, RETURN)
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
        if self._timer is None and not self._cut_off:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._patience, self._expire)

    def _expire(self) -> None:
        self._timer = None
        self._start_timer()
        self._on_empty()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
