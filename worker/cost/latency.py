"""How long the answer to somebody's voice takes, and what of it is ours; pure."""

from __future__ import annotations

from dataclasses import dataclass

ANSWER = 30.0
"""Seconds after which what the agent says is no answer to what was said: an announcement, say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Seconds."""

    whole: float
    """From the end of what somebody said to the first sound of the answer that is played."""
    own: float
    """What of it passed in the worker: the end of speech, heard to written to the service, and the
    first sound, read from the service to played. Reading a message (1 ms) counts as the service's.
    """


@dataclass(slots=True)
class Timing:
    """Follows one exchange at a time; moments are monotonic seconds, positions bytes of audio."""

    _ended: float = 0.0
    _heard: float = 0.0
    _end: int = 0
    _waits: bool = False
    _sent: float | None = None
    _arrived: float | None = None
    _voiced: bool = False
    """Whether the service's present turn has sound already: more of it answers nothing new."""

    def forget(self) -> None:
        """Nobody waits for an answer that can be timed: they speak again, or the line broke."""
        self._waits, self._sent, self._arrived = False, None, None

    def speech_ended(self, at: float, *, heard: float, end: int) -> None:
        """Somebody has ended speaking.

        Args:
            at: When the last sound was spoken.
            heard: When that came to light.
            end: Bytes of audio that will have been written once all that was heard by then is.
        """
        self.forget()
        self._ended, self._heard, self._end, self._waits = at, heard, end, True

    def written(self, total: int, at: float) -> None:
        """So much audio has been written to the service."""
        if self._waits and self._sent is None and total >= self._end:
            self._sent = at

    def voice(self, at: float) -> None:
        """The service sends sound."""
        if not self._voiced and self._waits and self._arrived is None:
            self._arrived = at
        self._voiced = True

    def turn_over(self) -> None:
        """The service's turn is over, or cut."""
        self._voiced = False

    def played(self, at: float) -> Latency | None:
        """The first sound of a speech is played; gives the latency if it is an answer."""
        if self._sent is None or self._arrived is None or at - self._ended > ANSWER:
            return None
        own = max(0.0, self._sent - self._heard) + max(0.0, at - self._arrived)
        whole = at - self._ended
        self.forget()
        return Latency(whole=whole, own=min(own, whole))
