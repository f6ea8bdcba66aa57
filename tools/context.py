"""What the tools get from the call they run in, and nothing else of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import httpx


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of the upright picture, in fractions of its width and height from the top left."""

    left: float
    top: float
    right: float
    bottom: float


Shown = Literal["", "camera", "screen"]
"""What is looked at; empty: whatever is in view."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookResult:
    """What came of a closer look."""

    blind: str = ""
    """Why nothing could be seen, as a sentence to be spoken; empty: a picture was sent."""
    width: int = 0
    height: int = 0
    age: float = 0.0
    """Seconds between the picture's capture and its sending."""
    source: str = ""
    """`camera`, `screen`, or several joined by `+`, which one picture shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A timer that runs."""

    label: str
    due: float
    """When, on the context's clock."""
    task: asyncio.Task[None]


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class ToolContext:
    """The call as the tools see it: the userdata of its AgentSession."""

    http: httpx.AsyncClient
    """The call's own client; it is closed with the call."""
    weather_url: str
    """Where Open-Meteo's forecast answers, without `/v1/forecast`."""
    geocoding_url: str
    """Where Open-Meteo's geocoding answers, without `/v1/search`."""
    look: Callable[[str, str, Region | None, Shown], Awaitable[LookResult]]
    """Send the model a sharp picture, for the id of a call and its question, whole (None) or in
    part; does not raise."""
    point: Callable[[Region, str], str]
    """Mark a place in the room, of the sharp picture that was looked at since somebody spoke last,
    else of the newest; returns why it cannot, or nothing."""
    announce: Callable[[str], Awaitable[None]]
    """Make the agent say something that nobody asked for just now, such as a timer that is due."""
    spawn: Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]
    """Start a task by that name the call owns, ends and logs; it outlives the tool and its turn."""
    clock: Callable[[], float] = time.monotonic
    """Seconds that never go back."""
    now: Callable[[], datetime] = _utc_now
    """The time of day, with its zone."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    """Wait that many seconds."""
    timers: dict[str, Timer] = field(default_factory=dict)
    """The timers that run, by their label in lower case."""
