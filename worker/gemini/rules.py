"""The rules of a connection's life: what each event means in the state it meets."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import Literal

from worker.gemini.bounds import Bounds
from worker.gemini.failures import AFRESH_ROOM, LOST, NO_SETUP, PASSING_ROOM, SILENT, Failure, Kind
from worker.gemini.moves import (
    GIVEN,
    SPOKEN,
    Action,
    Close,
    CloseReply,
    ContinueReply,
    Dial,
    Event,
    GiveUp,
    GoAway,
    Gone,
    HangUp,
    Recalled,
    Reconfigured,
    RefreshPicture,
    Resumable,
    SendBacklog,
    SendHistory,
    SetUp,
    State,
    Step,
    Tell,
    Turn,
    Voice,
    Woken,
)
from worker.gemini.outage import Outage
from worker.gemini.pulse import Pulse
from worker.gemini.resumption import Resumption
from worker.gemini.talk import SPEECH, Talk

BACK_ROOM = "I am back."


@dataclass(slots=True)
class Rules:
    """What is known of one conversation's connection, and each rule that a cell may name."""

    bounds: Bounds = field(default_factory=Bounds)
    state: State = State.NEW
    talk: Talk = field(default_factory=Talk)
    resumption: Resumption = field(default_factory=Resumption)
    outage: Outage = field(init=False)
    pulse: Pulse = field(init=False)
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

    @property
    def unmarked(self) -> float:
        """When a reply that has ceased to come is over; while leaving another deadline holds."""
        return self.talk.said_at + self.bounds.unmarked if self.state is State.UP else inf

    # The rules.

    def ignore(self, _: Event) -> None:
        """Nothing to do, and on purpose."""

    def open(self, _: Event) -> None:
        self.outage.begin(self._now, LOST)
        self.outage.attempts = 1
        self._dial()

    def settle(self, event: SetUp) -> None:
        self.state, self._due = State.UP, inf
        self._since = self._now
        self.outage.connect()
        self.resumption.settle()
        reconnected, self._known = self._known, True
        afresh = not self.resumption.resuming
        if reconnected and afresh:
            self._out.append(SendHistory(self._compact))
        if (rest := self.talk.resume(self._now, afresh=afresh)) is not None:
            self._out.append(ContinueReply(rest))
        self._out.append(SendBacklog())
        if reconnected:
            self._out.append(RefreshPicture())
        if self.outage.told:
            self._tell("back", "info", BACK_ROOM)
        self.live(event)

    def refused(self, event: Gone) -> None:
        failure = self.outage.failure = event.failure
        if self.resumption.refused_by(failure):
            self.resumption.forget()
            self._dial()
        elif not failure.passing:
            self._give_up(failure)
        elif self.resumption.resuming and failure.overlap:
            late = self.resumption.locked_out(self._now, self.bounds.overlap)
            self._wait(self._pause() if late else self.bounds.overlap_step)
        else:
            self.resumption.trust()
            self._wait(self._pause())

    def lost(self, event: Gone) -> None:
        failure = event.failure
        self._break_off(failure)
        if self.resumption.refused_by(failure) or failure.kind is Kind.REFUSED_HANDLE:
            self.resumption.forget()
        elif failure.kind is Kind.CONTEXT_FULL and not self._compact:
            self._compact = True
            self.resumption.forget()
        elif failure.unexplained and self.outage.try_afresh(self._now):
            self.resumption.forget()
        elif not failure.passing:
            self._give_up(failure)
            return
        if (pause := self._pause()) > 0:
            self._wait(pause)
        else:
            self._dial()

    def gone(self, _: Gone) -> None:
        self.state, self._due = State.WAITING, self._redial
        if self._now >= self._redial:
            self._dial()

    def live(self, _: Event) -> None:
        self.pulse.beat(self._now, wanted=self.talk.wanted)

    def hold(self, event: Resumable) -> None:
        self.resumption.hold(event.handle)
        self._leave_when_due()

    def leave(self, event: GoAway) -> None:
        self._leave_within(max(0.0, event.time_left - self.bounds.lead))

    def renew(self, _: Reconfigured) -> None:
        self.outage.attempts = 0
        self._leave_within(self.bounds.reconfigure)

    def restart(self, _: Reconfigured) -> None:
        self._hang_up(abort=True, pause=0.0)

    def turn(self, event: Turn) -> None:
        if event.step in GIVEN:
            self.talk.user(event.step, self._now)
            self.pulse.want(self._now)
        else:
            self._hear(event)
            self.live(event)
        if event.step is Step.DONE:
            self._prove_sound()
        self._leave_when_due()

    def note(self, event: Turn) -> None:
        if event.step in GIVEN:
            self.talk.user(event.step, self._now)

    def listen(self, event: Voice) -> None:
        """Our own ear helps to notice a dead line; whose turn it is, the service says."""
        self.talk.voice(event.began, self._now)
        if event.began:
            self.pulse.want(self._now)
        elif not self.talk.active and self.talk.voiced < SPEECH:
            self.pulse.relax()

    def overhear(self, event: Voice) -> None:
        self.talk.voice_in_gap(event.began, self._now)

    def admit(self, event: Recalled) -> None:
        if event.lost > 0:
            self._tell("afresh", "info", AFRESH_ROOM)

    def expire(self, _: Woken) -> None:
        if self._endure() and self._now >= self._due:
            self.outage.failure = NO_SETUP
            self._hang_up(abort=True, pause=self._pause())

    def retry(self, _: Woken) -> None:
        if self._endure() and self._now >= self._due:
            self._dial()

    def press(self, _: Woken) -> None:
        if self._endure() and self._now >= self._due:
            self._due = self._now + self.bounds.hang_up
            self._out.append(HangUp(abort=True))

    def watch(self, _: Woken) -> None:
        if self._now >= self.pulse.ends:
            self._break_off(SILENT)
            self._hang_up(abort=True, pause=self._pause())
            return
        if self._now >= self.unmarked:
            self._out.append(CloseReply(cut=False))
            self.talk.fall_silent()
        if self._now >= self.talk.owed_since + self.bounds.owed:
            self.talk.owed_since = inf
            if not self.talk.wanted:
                self.pulse.relax()
        self._leave_when_due()

    def close(self, _: Close) -> None:
        if self.state not in (State.NEW, State.WAITING):
            self._out.append(HangUp(abort=self.state in (State.DIALLING, State.CLOSING)))
        self.state = State.OVER

    # What the rules are made of.

    def _hear(self, event: Turn) -> None:
        if event.step in SPOKEN:
            self.talk.user(event.step, self._now)
        else:
            self.talk.model(event.step, event.words, self._now)

    def _dial(self) -> None:
        self.state, self._due = State.DIALLING, self._now + self.bounds.setup
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
        if self._now >= self._due or (self.talk.at_boundary and self.resumption.possible):
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
