"""Faults of a connection: how it is refused, goes silent and ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from offline.gemini.fault import FOR_GOOD, Fault

SETUP = ("setting up", "resuming")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset(Fault):
    """Drop the TCP connection with an RST, without a close frame."""

    words, number = "reset", 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Close(Fault):
    words, number = "close", 2
    code: int = 1011
    reason: str = "Internal error encountered."


@dataclass(frozen=True, slots=True, kw_only=True)
class GoAway(Fault):
    """Announce the end, and keep the promise or not."""

    words, number = "go away", 3
    time_left: float = 50.0
    then: Literal["close on time", "fall silent", "close early", "stay"] = "close on time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse(Fault):
    """Answer the request for the connection with an HTTP status."""

    words, number = "refuse", 4
    only = ("connecting",)
    status: int = 503


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSetup(Fault):
    """Never send setupComplete."""

    words, number = "no setupComplete", 5
    only = SETUP


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowSetup(Fault):
    words, number = "slow setupComplete", 6
    only = SETUP
    seconds: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseHandle(Fault):
    words, number = "refuse the handle", 16
    only = ("resuming",)
    code: Literal[1007, 1008, 1011] = 1007
    delay: float = 0.0
    """Seconds that the refusal takes; the real service's 1011 took about 0.5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoHandle(Fault):
    """Give no handle, or say that the session cannot be resumed."""

    words, number = "no handle", 16
    say_so: bool = False
    """Send `resumable: false` instead of nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota(Fault):
    words, number = "quota", 17


@dataclass(frozen=True, slots=True, kw_only=True)
class NoModel(Fault):
    words, number = "no such model", 18


@dataclass(frozen=True, slots=True, kw_only=True)
class BadKey(Fault):
    words, number = "bad key", 18


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongPlace(Fault):
    words, number = "wrong place", 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Pongs(Fault):
    """Answer pings late, or not at all."""

    words, number = "no pongs", 21
    late: float = FOR_GOOD
    """Seconds after which a ping is answered; 0 is never."""
    seconds: float = FOR_GOOD
    """How long this goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Full(Fault):
    """Say that too many sessions are open."""

    words, number = "full house", 23


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextFull(Fault):
    words, number = "context full", 24


@dataclass(frozen=True, slots=True, kw_only=True)
class StopReading(Fault):
    """Leave what the client sends in the socket until it can send no more."""

    words, number = "stop reading", 26
    seconds: float = FOR_GOOD


@dataclass(frozen=True, slots=True, kw_only=True)
class BlackHole(Fault):
    """Neither read nor write nor answer pings, and say nothing of it."""

    words = "black hole"
    seconds: float = FOR_GOOD
