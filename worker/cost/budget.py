"""What a call may cost, in US dollars and in minutes; pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Literal

Stage = Literal["near", "spent"]
NEAR = 0.8
"""Share of a budget at which the agent is told that it is nearly used up."""


@dataclass(slots=True, kw_only=True)
class Budget:
    """Tells once when either is nearly used up, and once when it is."""

    usd: float = inf
    minutes: float = inf
    _stage: Stage | None = None

    @property
    def moments(self) -> tuple[float, ...]:
        """Seconds into the call at which `check` has something to say, whatever it costs."""
        seconds = self.minutes * 60
        return (seconds * NEAR, seconds) if seconds < inf else ()

    def check(self, *, usd: float, seconds: float) -> Stage | None:
        """Give the stage that a call has just reached."""
        share = max(usd / self.usd, seconds / 60 / self.minutes)
        stage: Stage | None = "spent" if share >= 1 else "near" if share >= NEAR else None
        if stage is None or stage == self._stage or self._stage == "spent":
            return None
        self._stage = stage
        return stage
