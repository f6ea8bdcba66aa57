"""What people are told about the connection to the model: that it is away, and that it is back."""

from __future__ import annotations

import logging
from collections.abc import Callable

from worker.gemini.failures import Failure

logger = logging.getLogger(__name__)

BACK = "I am back."


class Outage:
    """Tells of each outage once, and of its end; listens to the lifeline's taps."""

    def __init__(self, tell: Callable[[str, str], None]) -> None:
        self._tell = tell
        """Takes a level (`info`, `warning`, `error`) and a sentence for the room."""
        self._away = False

    def on_connected(self, seconds: float) -> None:
        """A connection is set up."""
        logger.info("gemini live connected", extra={"seconds": round(seconds, 3)})
        if self._away:
            self._away = False
            self._tell("info", BACK)

    def on_waiting(self, failure: Failure, _: int) -> None:
        """A try failed and another will follow."""
        if not self._away:
            self._away = True
            self._tell("warning", failure.room)

    def on_refused(self, failure: Failure) -> None:
        """The last try failed."""
        self._tell("error", failure.room)
