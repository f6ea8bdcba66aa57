"""What a call comes to: the caller's times held against the service's account of the same call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from offline.scene import STAMP_BITS
from tests.e2e.account import Account, Frame

SILENCE = 0.5
"""Seconds of silence after which the service takes the turn (see tests.e2e.rig.FAST)."""
PATIENCE = 3.0
"""Seconds in which the service must have noticed what the caller did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One question and its answer, in seconds of the caller's clock."""

    began: float
    first_loud: float
    last_loud: float
    first_sound: float
    last_sound: float
    ended: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BargeIn:
    """One interruption."""

    story: float
    """The agent was first heard."""
    first_loud: float
    """The caller spoke over it."""
    sounds: Sequence[float]
    """When the agent was audible, from its first sound on."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The service's side of one call; more than one connection if the agent reconnected."""

    accounts: Sequence[Account]

    def frames(self, since: float, until: float) -> list[Frame]:
        """Return the pictures that arrived in that time, oldest first."""
        found = [f for account in self.accounts for f in account.frames_between(since, until)]
        return sorted(found, key=lambda frame: frame.at)

    def at(self, kind: str, since: float, until: float) -> float | None:
        """Return when the first such event of that time was."""
        times = [at for account in self.accounts for at in account.at(kind, since) if at <= until]
        return min(times, default=None)

    def last_loud(self, turn: Turn) -> float | None:
        """Return when the service had the last loud sample of what was said in a turn."""
        ends = [
            float(utterance["last_loud"])
            for account in self.accounts
            for utterance in account.report["utterances"]
        ]
        return max((at for at in ends if turn.first_loud < at < turn.ended), default=None)

    def way_in(self, turn: Turn) -> float | None:
        """Seconds from the last loud sample at the microphone to the service having it."""
        heard = self.last_loud(turn)
        return None if heard is None else heard - turn.last_loud

    def way_out(self, turn: Turn) -> float | None:
        """Seconds from the service's first audio of the answer to the caller hearing it."""
        sent = self.at("first_audio", turn.last_loud, turn.first_sound)
        return None if sent is None else turn.first_sound - sent

    def cut(self, barge_in: BargeIn) -> float | None:
        """When the service said that the agent is interrupted."""
        return self.at("interrupted", barge_in.first_loud, barge_in.first_loud + PATIENCE)

    def quiet_after(self, barge_in: BargeIn) -> float | None:
        """Seconds from the service's word to the last sound of what it cut."""
        cut = self.cut(barge_in)
        if cut is None:
            return None
        return max((at for at in barge_in.sounds if at < cut + 1.0), default=cut) - cut

    def tools(self, since: float) -> list[float]:
        """Seconds from each tool call to its response, of calls from then on."""
        took = []
        for account in self.accounts:
            answered = {given["id"]: given["at"] for given in account.report["tool_responses"]}
            calls = (call for call in account.report["tool_calls"] if call["at"] >= since)
            took += [answered[call["id"]] - call["at"] for call in calls if call["id"] in answered]
        return took


def age(stamp: int, at: float) -> float:
    """Return the milliseconds between a picture's stamp and a time; negative if it is later.

    Stamps start again at 0 every 4.6 hours.
    """
    around = 1 << STAMP_BITS
    behind = (at * 1000 - stamp) % around
    return behind - around if behind > around / 2 else behind


def newest(stamps: Mapping[float, int], at: float) -> float | None:
    """Return the age of the newest picture that had arrived by then, in milliseconds.

    Args:
        stamps: time of arrival -> stamp.
    """
    ages = [age(stamp, at) for arrived, stamp in stamps.items() if arrived <= at]
    return min(ages, default=None)


def renewed(stamps: Mapping[float, int], since: float, until: float) -> int:
    """Count the pictures of that time that show a later moment than every one before."""
    count, best = 0, None
    for arrived in sorted(stamps):
        behind = age(stamps[arrived], until)
        if best is None or behind < best:
            best = behind
            count += since <= arrived <= until
    return count
