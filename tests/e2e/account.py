"""The stand-in's account of one connection, as tests ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A picture that reached the stand-in; `number` is its place among all of the connection."""

    number: int
    at: float
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Account:
    """What happened on one connection; all times are this machine's monotonic clock."""

    report: Mapping[str, Any]

    @property
    def number(self) -> int:
        return int(self.report["number"])

    @property
    def opened(self) -> float:
        return float(self.report["opened"])

    @property
    def closed(self) -> float | None:
        """When the socket was closed; None while it is open."""
        closed: float | None = self.report["closed"]
        return closed

    @property
    def frames(self) -> list[Frame]:
        return [
            Frame(number=number, at=seen["at"], width=seen["width"], height=seen["height"])
            for number, seen in enumerate(self.report["frames"])
        ]

    def frames_between(self, since: float, until: float) -> list[Frame]:
        """Return the pictures that arrived in that time."""
        return [frame for frame in self.frames if since <= frame.at <= until]

    def at(self, kind: str, since: float = 0.0) -> list[float]:
        """Return the times of all events of one kind."""
        events = self.report["events"]
        return [e["at"] for e in events if e["kind"] == kind and e["at"] >= since]

    def events(self, kind: str) -> list[Mapping[str, Any]]:
        """Return all events of one kind, oldest first."""
        return [event for event in self.report["events"] if event["kind"] == kind]

    def calls(self, name: str) -> list[Mapping[str, Any]]:
        """Return the calls of one tool, oldest first."""
        return [call for call in self.report["tool_calls"] if call["name"] == name]

    def responses(self, name: str) -> list[Mapping[str, Any]]:
        """Return the worker's answers to the calls of one tool, oldest first."""
        return [given for given in self.report["tool_responses"] if given["name"] == name]

    def heard(self) -> str:
        """Return what the model took for the user's words, turn after turn."""
        said = [turn for turn in self.report["turns"] if turn.get("role") == "user"]
        return " ".join(str(turn.get("text", "")) for turn in said)
