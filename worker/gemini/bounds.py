"""How long each thing in the life of a connection may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """All in seconds."""

    setup: float = 10.0
    """TCP, TLS, the upgrade and setupComplete together; the client library waits for ever."""
    patience: float = 300.0
    """From the beginning of an outage until giving up."""
    lead: float = 3.0
    """How long before a goAway's ``timeLeft`` is over the connection is left at the latest."""
    reconfigure: float = 20.0
    """How long a new setting waits for the end of a turn."""
    renewal: float = 2.0
    """Between one connection that is left and the next one that is left for a new setting."""
    hang_up: float = 0.5
    """For a closing handshake; then the socket is dropped."""
    overlap: float = 5.0
    """How long a resumption refused because of the old socket is tried again in quick steps."""
    overlap_step: float = 0.5
    silence: float = 11.5
    """Without a sign of life, when somebody speaks: then the connection is lost, and the next one
    is there before 12 s are over."""
    unheard: float = 8.0
    """How long somebody must have spoken into that silence, or waited: with late pongs a healthy
    service may have been silent before that."""
    idle: float = 60.0
    """Without a sign of life while nobody does: longer than the latest pongs that were seen."""
    afresh: float = 60.0
    """Between two fresh starts after a close that nobody explained; sooner is the same trouble."""
    owed: float = 15.0
    """How long a reply is expected; the model may choose not to answer. Longer than `silence`,
    so that a question into a dead line is noticed."""
    unmarked: float = 10.0
    """How long a reply that has ceased to come waits for its mark; more of it would be another."""
    steady: float = 10.0
    """A connection this old (or with a turn done) is sound: its loss is a new outage."""
    tell: float = 3.0
    """How long an outage lasts before the room hears of it."""
