"""How a connection stands, and the steps of which the rules of its life are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import Literal

from worker.gemini.bounds import Bounds
from worker.gemini.failures import LOST, PASSING_ROOM, Failure
from worker.gemini.moves import (
    SPOKEN,
    Action,
    CloseReply,
    Dial,
    GiveUp,
    HangUp,
    State,
    Tell,
    Turn,
)
from worker.gemini.outage import Outage
from worker.gemini.pulse import Pulse
from worker.gemini.renewal import Renewal
from worker.gemini.resumption import Resumption
from worker.gemini.talk import Talk


@dataclass(slots=True)
class Standing:
    """How one conversation's connection stands, and the steps that its rules take."""

    bounds: Bounds = field(default_factory=Bounds)
    state: State = State.NEW
    talk: Talk = field(default_factory=Talk)
    resumption: Resumption = field(default_factory=Resumption)
    outage: Outage = field(init=False)
    pulse: Pulse = field(init=False)
    renewal: Renewal = field(init=False)
    _known: bool = False
    """Whether there ever was a connection: a fresh one then needs the history."""
    _compact: bool = False
    """The context was full, and no connection has proved sound since."""
    _since: float = inf
    """When the present connection came up."""
    _due: float = inf
    """When the present state has lasted long enough."""
    _redial: float = inf
    """When to dial again after the socket has closed."""
    _wake: float = inf
    _now: float = 0.0
    _jitter: float = 0.0
    _out: list[Action] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.outage, self.pulse = Outage(self.bounds), Pulse(self.bounds)
        self.renewal = Renewal(self.bounds)

    @property
    def unmarked(self) -> float:
        """When a reply that has ceased to come is over; while leaving another deadline holds."""
        return self.talk.said_at + self.bounds.unmarked if self.state is State.UP else inf

    def _hear(self, event: Turn) -> None:
        if event.step in SPOKEN:
            self.talk.user(event.step, self._now)
        else:
            self.talk.model(event.step, event.words, self._now)

    def _dial(self) -> None:
        self.state, self._due = State.DIALLING, self._now + self.bounds.setup
        self.renewal.stale = False
        self._out.append(Dial(self.resumption.offer()))

    def _wait(self, pause: float) -> None:
        self.state, self._due = State.WAITING, self._now + pause

    def _pause(self) -> float:
        return self.outage.pause(self._jitter)

    def _hang_up(self, *, abort: bool, pause: float) -> None:
        self.state, self._redial = State.CLOSING, self._now + pause
        self._due = self._now + self.bounds.hang_up
        self._out.append(HangUp(abort))

    def _leave_within(self, seconds: float) -> None:
        self.state, self._due = State.LEAVING, min(self._due, self._now + seconds)
        self._leave_when_due()

    def _leave_when_due(self) -> None:
        """Leave at the turn boundary, if that can be resumed, or when time is over."""
        if self.state is not State.LEAVING:
            return
        possible = self.resumption.possible and self._now >= self.renewal.due
        pause = self.talk.at_boundary and not self.talk.spoken_to
        if self._now >= self._due or (pause and possible):
            self.renewal.leave(self._now)
            self._break_off(LOST)
            self._hang_up(abort=False, pause=self._pause())

    def _break_off(self, failure: Failure) -> None:
        talk = self.talk
        if talk.reply != "none":
            self._out.append(CloseReply(cut=talk.reply == "running" and not talk.halted))
        talk.break_off(self._now)
        if self._now - self._since >= self.bounds.steady:
            self._prove_sound()
        self.outage.begin(self._now, failure)

    def _prove_sound(self) -> None:
        self.outage.end()
        self.resumption.prove_sound()
        self._compact = False

    def _endure(self) -> bool:
        """Bear the outage a while longer: whether there is patience left."""
        if self._now >= self.outage.over:
            if self.state is not State.WAITING:
                self._out.append(HangUp(abort=True))
            self._give_up(self.outage.failure)
            return False
        if self._now >= self.outage.telling:
            failure = self.outage.failure
            self._tell("outage", "warning", failure.room if failure.passing else PASSING_ROOM)
        return True

    def _tell(self, key: str, level: Literal["info", "warning"], text: str) -> None:
        if self.outage.tell(key):
            self._out.append(Tell(level, text))

    def _give_up(self, failure: Failure) -> None:
        self.state = State.OVER
        self._out.append(GiveUp(failure.final()))
