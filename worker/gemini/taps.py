"""Who is told about the connection to the service."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

from worker.gemini.failures import Failure

logger = logging.getLogger(__name__)

How = Literal["first", "resumed", "fresh"]
"""A call's first connection, one that goes on with the talk, one that is told of it anew."""


def _ignore(*_: object) -> None:
    """The observer of a tap that nobody listens to."""


@dataclass(slots=True, kw_only=True)
class Taps:
    """Each is called on the event loop and must not block."""

    connected: Callable[[float, How], None] = _ignore
    """A connection is set up; seconds since there was none, and what kind of one it is."""
    lost: Callable[[Failure | None], None] = _ignore
    """A connection ended or could not be had, and why; None: we left it for the next one."""
    microphone: Callable[[bytes], None] = _ignore
    """Each 10 ms of what the user says, as 16 kHz s16le mono; in a gap too."""
    tell: Callable[[str, str], None] = _ignore
    """A level (`info`, `warning`) and a sentence for the room."""
    refused: Callable[[Failure], None] = _ignore
    """Nothing more will be tried."""
    refresh: Callable[[], bool | None] = _ignore
    """A new connection has seen nothing yet: a picture is wanted; tells whether one is to come."""
    cut: Callable[[], None] = _ignore
    """The running reply lost its connection; words are missing."""
    hush: Callable[[], None] = _ignore
    """The running reply was cut by somebody who speaks: no more of it is to be heard."""
    speech: Callable[[bool], None] = _ignore
    """The service has heard somebody begin to speak, or end."""
    manual: Callable[[bool], None] = _ignore
    """From now on a button marks the user's turns, or does so no more."""
    cancelled: Callable[[Sequence[str]], None] = _ignore
    """The service wants no answer any more to the tool calls of these ids."""

    def guarded(self) -> Taps:
        """The same, none of which raises: an observer's fault is no fault of the connection."""
        return Taps(**{tap.name: guarded(getattr(self, tap.name)) for tap in fields(self)})


def guarded(observer: Callable[..., Any]) -> Callable[..., Any]:
    """An observer whose failure is logged and goes no further; it then has nothing to say."""

    @functools.wraps(observer)
    def observe(*told: Any) -> Any:
        try:
            return observer(*told)
        except Exception:
            logger.exception("an observer of the connection failed")
            return None

    return observe
