"""Whether a room whose job process died gets another agent, and how soon: decided, not done."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

AT_MOST = 3
"""Agents sent to one room within `WITHIN`; what kills that many of them would kill the next."""
WITHIN = 300.0
PAUSES = (0.0, 1.0, 2.0)
"""Seconds before each of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Somebody in a room, as the server lists them."""

    identity: str
    agent: bool = False
    person: bool = False
    """Neither is a recorder, a stream that is fed in, or one that goes elsewhere."""


@dataclass(slots=True)
class Losses:
    """The agents that each room has lost lately."""

    _by_room: dict[str, deque[float]] = field(default_factory=dict)

    def pause(self, room: str, now: float) -> float | None:
        """Note a loss; return the seconds to wait before the next agent, None when it is enough.

        Args:
            now: monotonic seconds.
        """
        for name in [name for name, times in self._by_room.items() if now - times[-1] > WITHIN]:
            del self._by_room[name]
        times = self._by_room.setdefault(room, deque(maxlen=AT_MOST + 1))
        times.append(now)
        recent = sum(now - at <= WITHIN for at in times)
        return PAUSES[recent - 1] if recent <= AT_MOST else None

    def forgive(self, room: str) -> None:
        """Take back the newest: the agent was meant to go."""
        times = self._by_room.get(room, deque())
        if len(times) > 1:
            times.pop()
        else:
            self._by_room.pop(room, None)


TAKEN = 75
"""Exit status of a job process whose call was taken from it, or never began (EX_TEMPFAIL)."""
CALLED_OFF = 76
"""The same where LiveKit, or the worker, has ended the job; if its dispatch is gone, on purpose."""
FROM_ABOVE = "parent process shutdown"
"""What the framework calls it when LiveKit, or the worker, ends a job."""
CRASHED = "job crashed"
"""What it calls the end of a job whose entrypoint has raised, mostly because it could not join."""
MEANT = (
    "CLIENT_INITIATED",
    "DUPLICATE_IDENTITY",
    "PARTICIPANT_REMOVED",
    "ROOM_DELETED",
    "ROOM_CLOSED",
    "USER_REJECTED",
)
"""Reasons for which LiveKit ends an agent's connection to its room because somebody wants it so.
All others are losses: also `UNKNOWN_REASON`, as which one ends that could not be made again."""


def exit_status(reason: str, disconnect: str) -> int:
    """Tell by a job process's exit status whether its call ended though nobody wanted it to.

    Args:
        reason: the framework's reason for the end of the job.
        disconnect: LiveKit's reason for the end of the connection; empty if it gave none.
    """
    if disconnect:
        return 0 if disconnect in MEANT else TAKEN
    return {FROM_ABOVE: CALLED_OFF, CRASHED: TAKEN}.get(reason, 0)


def is_left_alone(present: Iterable[Present], dead: str) -> bool:
    """Tell whether there are people in a room, and no agent but the one that died."""
    others = [one for one in present if one.identity != dead]
    return any(one.person for one in others) and not any(one.agent for one in others)


def is_looked_after(livekit_url: str) -> bool:
    """Tell whether the server sends new agents itself: LiveKit Cloud does, all others do not."""
    host = urlsplit(livekit_url.strip()).hostname or ""
    return host == "livekit.cloud" or host.endswith(".livekit.cloud")
