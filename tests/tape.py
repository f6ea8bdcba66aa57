"""A course on tape: what happened to a connection, what was done about it, in virtual time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from worker.gemini.course import Course
from worker.gemini.failures import Failure, Kind
from worker.gemini.moves import (
    Action,
    Alive,
    Event,
    Gone,
    Open,
    RefreshPicture,
    Resumable,
    SendBacklog,
    SetUp,
    State,
    Step,
    Turn,
    Voice,
    Wake,
    Woken,
)

INTERNAL = Failure(kind=Kind.PASSING, operator="1011", room="busy", code=1011, overlap=True)
RESET = Failure(kind=Kind.PASSING, operator="1006", room="broken", code=1006)
REFUSED = Failure(kind=Kind.REFUSED_HANDLE, operator="handle", room="afresh", code=1007)
UNSAID_1008 = Failure(kind=Kind.POLICY, operator="1008", room="ended", code=1008, unexplained=True)
FULL = Failure(kind=Kind.CONTEXT_FULL, operator="full", room="configuration", code=1007)
NO_KEY = Failure(kind=Kind.CONFIGURATION, operator="key", room="configuration", code=401)
FORBIDDEN = Failure(kind=Kind.POLICY, operator="policy", room="ended")

BEGAN, ENDED, ASKED = Turn(Step.USER_BEGAN), Turn(Step.USER_ENDED), Turn(Step.ASKED)
SPEAKS, STOPS = Voice(True), Voice(False)
"""What our own ear hears."""
CALLED, ANSWERED = Turn(Step.CALLED), Turn(Step.ANSWERED)
REPLIED, DONE, WAITS = Turn(Step.REPLIED), Turn(Step.DONE), Turn(Step.WAITS)
BACK = [SendBacklog(), RefreshPicture()]
"""What a resumed connection begins with."""


def says(words: str) -> Turn:
    return Turn(Step.REPLYING, words)


@dataclass
class Tape:
    """Plays events at their times, and wakes the course whenever it asked to be woken."""

    course: Course = field(default_factory=Course)
    done: list[tuple[float, Action]] = field(default_factory=list)
    wake: float | None = None

    def feed(self, at: float, event: Event) -> None:
        for action in self.course.feed(event, now=at, jitter=0.0):
            if isinstance(action, Wake):
                self.wake = action.at
            else:
                self.done.append((round(at, 3), action))

    def run(self, until: float) -> None:
        while self.wake is not None and self.wake <= until:
            at, self.wake = self.wake, None
            self.feed(at, Woken())

    def play(self, events: Iterable[tuple[float, Event]], until: float = 0.0) -> None:
        for at, event in events:
            self.run(at)
            self.feed(at, event)
        self.run(until)

    def lives(self, until: float) -> None:
        """Let time pass while the service answers pings."""
        while (at := self.course.pulse.ends) <= until and self.course.connected:
            self.play([(at - 5.0, Alive())])
        self.play([(until, Alive())])

    def since(self, at: float) -> list[tuple[float, Action]]:
        return [(when, action) for when, action in self.done if when >= at]

    def actions(self, kind: type[Action]) -> list[Action]:
        return [action for _, action in self.done if isinstance(action, kind)]


def refuse_every_dial(tape: Tape, failure: Failure, *, until: float) -> None:
    at = tape.done[-1][0]
    while at < until:
        tape.run(at)
        if tape.course.state is State.DIALLING:
            tape.feed(at, Gone(failure))
        at += 0.1


def up(handle: str | None = "h1") -> Tape:
    """A tape of a sound connection, ten minutes old at 600 s, with a handle or without."""
    tape = Tape()
    tape.play([(0.0, Open()), (0.3, SetUp()), (0.4, Resumable(handle))])
    tape.lives(600.0)
    return tape
