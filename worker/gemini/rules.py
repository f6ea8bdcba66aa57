"""The rules of a connection's life: what each event means in the state it meets."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from worker.gemini.failures import AFRESH_ROOM, LOST, NO_SETUP, SILENT, Kind
from worker.gemini.moves import (
    GIVEN,
    Close,
    CloseReply,
    ContinueReply,
    Event,
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
    Turn,
    Voice,
    Woken,
)
from worker.gemini.standing import Standing
from worker.gemini.talk import SPEECH

BACK_ROOM = "I am back."


@dataclass(slots=True)
class Rules(Standing):
    """Each rule that a cell may name."""

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
            self._out.append(ContinueReply(rest, self.talk.begun))
        self._out.append(SendBacklog())
        if reconnected:
            self._out.append(RefreshPicture())
        if self.outage.told:
            self._tell("back", "info", BACK_ROOM)
        self.live(event)
        if self.renewal.stale:
            self.renew(event)

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
        self.renewal.due = self._now
        self._leave_within(max(0.0, event.time_left - self.bounds.lead))

    def renew(self, _: Event) -> None:
        self.outage.attempts = 0
        self.renewal.want(self._now, leaving=self.state is State.LEAVING)
        self._leave_within(self.bounds.reconfigure)

    def outdate(self, _: Reconfigured) -> None:
        self.renewal.stale = True

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
        self._leave_when_due()

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
