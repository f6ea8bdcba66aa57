"""Whom to believe when our ear and the service tell of speech, each in its own time; pure."""

from __future__ import annotations

import math

SERVICE_LAG = 1.5
"""Seconds by which the service's word of an edge comes after our ear's: 1.3 were measured."""


class Edges:
    """The ear is believed, and the service where the ear has noticed nothing.

    The service reports later: its end of one sentence may come in the middle of the next.
    """

    def __init__(self) -> None:
        self._hearing = False
        self._heard = -math.inf
        self.speaking = False
        """Whether somebody speaks, as far as is known."""

    def admit(self, now: float, began: bool, *, by_service: bool) -> bool:
        """Take word of an edge; tells whether it counts."""
        if by_service and (self._hearing or now - self._heard < SERVICE_LAG):
            return False
        if not by_service:
            self._hearing, self._heard = began, now
        self.speaking = began
        return True
