"""When a fault is done: a moment in a connection's life, a time, or a number of bytes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from offline.gemini.fault import FaultError


class Moment(Enum):
    """Each value is the word for it in a scenario."""

    CONNECTING = "connecting"
    """The request for the connection has come; the upgrade has not been answered."""
    SETTING_UP = "setting up"
    """A setup has come, setupComplete has not gone."""
    RESUMING = "resuming"
    """The same, of a setup with a handle."""
    READY = "ready"
    USER_SPEAKS = "user speaks"
    """The beginning of speech is committed."""
    USER_STOPS = "user stops"
    """Its end is."""
    USER_TYPES = "user types"
    AGENT_SPEAKS = "agent speaks"
    """The first audio of a reply has gone, or `spoken` seconds of it have."""
    AGENT_GENERATED = "agent has generated"
    AGENT_DONE = "agent is done"
    TOOL_CALLED = "tool is called"
    TOOL_ANSWERED = "tool is answered"
    QUIET = "quiet"
    """Nobody speaks and no call is pending, for `after` seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Exactly one of `moment`, `at`, `received` and `sent` is given."""

    moment: Moment | None = None
    turn: int | None = 1
    """Which time it happens on the connection; None is every time."""
    spoken: float = 0.0
    after: float = 0.0
    """Seconds after the moment."""
    at: float | None = None
    """Seconds since setupComplete."""
    received: int | None = None
    """Bytes of the client's messages."""
    sent: int | None = None
    """Bytes of the service's messages."""

    @classmethod
    def read(cls, values: Mapping[str, object]) -> When:
        """Return what a rule's trigger keys say; FaultError names the one that does not fit."""
        given = [name for name in ("when", "at", "received", "sent") if name in values]
        if len(given) != 1:
            raise FaultError("a rule needs one of `when`, `at`, `received` and `sent`", "when")
        if given == ["when"]:
            return cls._at_moment(values)
        [name] = given
        for other in values:
            if other != name:
                raise FaultError(f"{other!r} goes with `when`, not with {name!r}", other)
        if name == "at":
            return cls(at=_seconds("at", values["at"]))
        size = values[name]
        if type(size) is not int or size < 1:
            raise FaultError(f"{name} must be a whole number of bytes", name)
        return cls(received=size) if name == "received" else cls(sent=size)

    @classmethod
    def _at_moment(cls, values: Mapping[str, object]) -> When:
        moment, turn = _moment(values["when"]), values.get("turn", 1)
        if turn != "every" and (type(turn) is not int or turn < 1):
            raise FaultError('turn must be 1 or more, or "every"', "turn")
        spoken = _seconds("spoken", values.get("spoken", 0.0))
        if spoken and moment is not Moment.AGENT_SPEAKS:
            raise FaultError("`spoken` goes with 'agent speaks'", "spoken")
        after = _seconds("after", values.get("after", 0.0))
        if after and moment is Moment.CONNECTING:
            raise FaultError("`after` does not go with 'connecting'", "after")
        return cls(
            moment=moment,
            turn=turn if isinstance(turn, int) else None,
            spoken=spoken,
            after=after,
        )


def _moment(word: object) -> Moment:
    try:
        return Moment(word)
    except ValueError:
        known = ", ".join(repr(moment.value) for moment in Moment)
        raise FaultError(f"no moment {word!r}; there are {known}", "when") from None


def _seconds(name: str, value: object) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and math.isfinite(found := float(str(value))) and found >= 0:
        return found
    raise FaultError(f"{name} must be a number of seconds >= 0", name)
