"""How long sessions and connections live, and how much of a conversation the context holds."""

from __future__ import annotations

from offline.gemini import outputs
from offline.gemini.line import Line
from offline.gemini.memory import Memory
from offline.gemini.temper import Temper
from offline.gemini.wire import INVALID_ARGUMENT, WireError

DEADLINE = "Deadline expired before operation could complete."
BAD_HANDLE = "Invalid session handle"
SESSION_GONE = "BidiGenerateContent session not found"

TRIGGER = 0.8
"""Part of the window at which compression sets in unless the setup names another."""


def check_handle(memory: Memory | None, model: str, temper: Temper, now: float) -> Memory:
    """Return the session to resume; WireError with the service's words if there is none."""
    if memory is None:
        raise WireError(BAD_HANDLE)
    if memory.model != model:
        raise WireError(INVALID_ARGUMENT)
    if not memory.open and now - memory.left > temper.handle_life:
        raise WireError(SESSION_GONE, 1008)
    return memory


def resumes_early(memory: Memory, temper: Temper, now: float) -> bool:
    """Return whether the service still counts the connection before this one."""
    if not temper.refuse_early_resume or memory.began is None:
        return False
    return bool(memory.open) or (memory.left_idle and now - memory.left < temper.resume_gap)


class Lifetime:
    """Announces the end of the connection, ends it, and keeps the caps of a session."""

    def __init__(self, line: Line, now: float) -> None:
        self._line = line
        temper, memory = line.temper, line.memory
        if memory.began is None:
            memory.began = now
        if temper.lifetime:
            line.timers.at(now + temper.lifetime, self._due)
        if line.config.compression is None:
            self._cap(memory.began, temper.audio_limit)
            if memory.filmed is not None:
                self._cap(memory.filmed, temper.video_limit)

    def filmed(self, now: float) -> None:
        """Note that a picture came: the first one starts the cap for sessions with video."""
        memory = self._line.memory
        if memory.filmed is None:
            memory.filmed = now
            if self._line.config.compression is None:
                self._cap(now, self._line.temper.video_limit)

    def go_away(self, time_left: float, closes_in: float | None, now: float) -> None:
        """Announce the end; it comes in `closes_in` seconds, or never if that is None."""
        self._line.account.note("go_away", now, time_left=time_left)
        self._line.send(outputs.go_away(time_left))
        if closes_in is not None:
            self._line.timers.at(now + closes_in, _end)

    def _due(self, now: float) -> None:
        time_left = self._line.temper.time_left
        self.go_away(time_left, time_left, now)

    def _cap(self, since: float, limit: float) -> None:
        if limit:
            self._line.timers.at(since + limit, _end)


def fit_context(line: Line, now: float) -> None:
    """Cut what the setup lets be cut of a full context; else end the session."""
    window = line.temper.context_window or line.profile.context_window
    memory, compression = line.memory, line.config.compression
    total = memory.context.total()
    if compression is None:
        if total > window:
            line.account.note("context_exhausted", now, tokens=total)
            # Raised from a timer: whoever counts tokens need not know how a session ends.
            line.timers.at(now, _exhausted)
        return
    trigger = compression.trigger or round(TRIGGER * window)
    if total >= trigger:
        memory.compress(compression.target or trigger // 2)
        line.account.note("compressed", now, before=total, after=memory.context.total())


def _end(_: float) -> None:
    raise WireError(DEADLINE, 1011)


def _exhausted(_: float) -> None:
    raise WireError(INVALID_ARGUMENT)
