"""How full this worker is: sessions and memory, never the machine's CPU."""

from __future__ import annotations

THRESHOLD = 0.7
"""At and above this load livekit-server (``agents.target_load``) gives a worker no job; it is the
load of a worker whose capacity is used up, so that exactly that many calls fit."""
MB_PER_SESSION = 150
"""Memory set aside for one more call: a job process of its own with the camera at 720p."""


def load(*, sessions: int, max_sessions: int, available_mb: float) -> float:
    """The load to report, from 0.0 to 1.0.

    CPU is left out on purpose: livekit-server asks once and does not ask again, so a join at a
    moment of full CPU would never get an agent.

    Args:
        sessions: calls that this worker holds.
        max_sessions: how many it may hold; 0 for as many as memory allows.
        available_mb: memory that new processes can still have.
    """
    room_for = max(0, int(available_mb // MB_PER_SESSION))
    capacity = sessions + room_for
    if max_sessions:
        capacity = min(capacity, max_sessions)
    if sessions >= capacity:
        return 1.0
    return THRESHOLD * sessions / capacity
