"""What the eyes tell of themselves; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from worker.eyes.panes import Pane
from worker.eyes.picture import Picture

Blindness = Literal["no_camera", "off", "covered", "frozen", "test_card", "too_slow", "paused"]
"""Why there is nothing to see: nobody shows anything; it is muted; the lens is covered or dark; the
picture has not changed by a single pixel for ten seconds; it shows colour bars; no frame has come
for seconds; the eyes are switched off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vision:
    """A picture was sent, or there is none to send."""

    status: Literal["sent", "blind"]
    reason: str
    """Why it was sent: the pacing's reason, or what was asked for; or a `Blindness`."""
    at: float
    """When, by the clock."""
    source: str = ""
    """`camera`, `screen`, or several joined by `+`; empty: nothing."""
    width: int = 0
    height: int = 0
    bytes: int = 0
    """Size of the JPEG."""
    view: tuple[Pane, ...] = ()
    """What the picture shows."""
    turn: int = 0
    """In which it was sent; a new one begins when somebody speaks or types to the agent."""

    @classmethod
    def of(
        cls,
        picture: Picture,
        reason: str,
        *,
        source: str,
        at: float,
        view: tuple[Pane, ...] = (),
        turn: int = 0,
    ) -> Vision:
        """Tell of a picture that was sent."""
        return cls(
            status="sent",
            reason=reason,
            at=at,
            source=source,
            width=picture.width,
            height=picture.height,
            bytes=len(picture.jpeg),
            view=view,
            turn=turn,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A picture taken on request."""

    picture: Picture
    age: float
    """Seconds since its frame arrived, the newest where it is composed of several."""
    source: str
    view: tuple[Pane, ...] = ()
    """What the picture shows."""
    turn: int = 0
    """In which it was taken, as in `Vision`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of the frames so far."""

    seen: int = 0
    """Frames looked at."""
    sent: int = 0
    same: int = 0
    """Frames that showed nothing new, or nothing at all."""
    skipped: int = 0
    """Frames no picture can be made of."""
    failed: int = 0
    """Frames lost to an error of ours or of a library."""
