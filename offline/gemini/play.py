"""Decides when the faults of a scenario are due on one connection; does nothing itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

from offline.gemini.delivery import BYTES_A_SECOND
from offline.gemini.fault import Fault
from offline.gemini.moments import Moment
from offline.gemini.scenario import Rule
from offline.gemini.timers import Timers

_NOTES = {
    "activity_start": Moment.USER_SPEAKS,
    "activity_end": Moment.USER_STOPS,
    "text": Moment.USER_TYPES,
    "client_content": Moment.USER_TYPES,
    "tool_response": Moment.TOOL_ANSWERED,
}
"""What the session notes, and which moment that is."""

_BUSY = {
    Moment.USER_SPEAKS: ("user", True),
    Moment.USER_STOPS: ("user", False),
    Moment.AGENT_SPEAKS: ("agent", True),
    Moment.AGENT_DONE: ("agent", False),
    Moment.TOOL_CALLED: ("tool", True),
    Moment.TOOL_ANSWERED: ("tool", False),
}


class Play:
    """Told what happens on the wire and in the session; `take()` gives the faults to be done now.

    `next_due` says when `tick` has something to add.
    """

    def __init__(self, rules: Sequence[Rule] = (), *, ready_at: float | None = None) -> None:
        self._rules = list(rules)
        self._timers = Timers()
        self._due: list[Fault] = []
        self._counts: Counter[Moment] = Counter()
        self._spoken = 0.0
        """Seconds of audio of the turn that runs."""
        self._sent = self._received = 0
        self._busy: set[str] = set()
        self._stirs = 0
        """Moments so far."""
        self._quiets: Counter[int] = Counter()
        self._reached: set[int] = set()
        if ready_at is not None:
            self._ready(ready_at)

    @property
    def active(self) -> bool:
        """Whether there is any rule to play."""
        return bool(self._rules)

    @property
    def next_due(self) -> float | None:
        """When `tick` has something to do."""
        return self._timers.next_due

    def take(self) -> list[Fault]:
        """Return the faults that are due, in order, and forget them."""
        due, self._due = self._due, []
        return due

    def tick(self, now: float) -> None:
        """Let time pass."""
        self._timers.run(now)

    def setup(self, *, resuming: bool, now: float) -> None:
        """A setup has come; the session has not seen it yet."""
        self._moment(Moment.SETTING_UP, now)
        if resuming:
            self._moment(Moment.RESUMING, now)

    def noted(self, kind: str, now: float) -> None:
        """The session has noted an event of this kind."""
        if (moment := _NOTES.get(kind)) is not None:
            self._moment(moment, now)

    def received(self, size: int, now: float) -> None:
        """A message of the client's has been taken in."""
        self._received += size
        self._reach("received", self._received, now)

    def sent(self, message: Mapping[str, object], size: int, now: float) -> None:
        """A message of the service's has gone."""
        self._sent += size
        self._reach("sent", self._sent, now)
        if "setupComplete" in message:
            self._moment(Moment.READY, now)
            self._ready(now)
        if "toolCall" in message:
            self._moment(Moment.TOOL_CALLED, now)
        content = message.get("serverContent")
        if isinstance(content, Mapping):
            self._content(content, now)

    def _content(self, content: Mapping[str, object], now: float) -> None:
        seconds = _audio_seconds(content.get("modelTurn"))
        if seconds:
            self._speaks(seconds, now)
        if "generationComplete" in content:
            self._moment(Moment.AGENT_GENERATED, now)
        if "interrupted" in content or "turnComplete" in content:
            self._spoken = 0.0
        if "turnComplete" in content:
            self._moment(Moment.AGENT_DONE, now)

    def _speaks(self, seconds: float, now: float) -> None:
        before, self._spoken = self._spoken, self._spoken + seconds
        if not before:
            self._moment(Moment.AGENT_SPEAKS, now)
        for rule in self._at(Moment.AGENT_SPEAKS):
            if before < rule.when.spoken <= self._spoken:
                self._plan(rule, now)

    def _ready(self, now: float) -> None:
        for rule in self._rules:
            if rule.when.at is not None:
                self._plan(rule, now, rule.when.at)

    def _reach(self, name: str, count: int, now: float) -> None:
        for index, rule in enumerate(self._rules):
            wanted = getattr(rule.when, name)
            if wanted is not None and count >= wanted and index not in self._reached:
                self._reached.add(index)
                self._plan(rule, now)

    def _moment(self, moment: Moment, now: float) -> None:
        self._counts[moment] += 1
        for rule in self._at(moment):
            if not rule.when.spoken:
                self._plan(rule, now)
        name, begins = _BUSY.get(moment, ("", False))
        (self._busy.add if begins else self._busy.discard)(name)
        self._stirs += 1
        if not self._busy:
            self._await_quiet(now)

    def _await_quiet(self, now: float) -> None:
        for rule in self._rules:
            if rule.when.moment is Moment.QUIET:
                due = partial(self._quiet, rule, self._stirs)
                self._timers.at(now + rule.when.after, due)

    def _quiet(self, rule: Rule, stirs: int, _: float) -> None:
        # Whatever stirred since then has begun another wait.
        if stirs == self._stirs:
            self._quiets[id(rule)] += 1
            if rule.when.turn in (None, self._quiets[id(rule)]):
                self._due.append(rule.fault)

    def _at(self, moment: Moment) -> list[Rule]:
        count = self._counts[moment]
        return [
            rule
            for rule in self._rules
            if rule.when.moment is moment and rule.when.turn in (None, count)
        ]

    def _plan(self, rule: Rule, now: float, after: float | None = None) -> None:
        delay = rule.when.after if after is None else after
        if delay:
            self._timers.at(now + delay, lambda _: self._due.append(rule.fault))
        else:
            self._due.append(rule.fault)


def _audio_seconds(turn: object) -> float:
    """Return how long the audio in a modelTurn plays."""
    parts = turn.get("parts") if isinstance(turn, Mapping) else None
    found = 0
    for part in parts if isinstance(parts, list) else []:
        inline = part.get("inlineData")
        if inline:
            found += len(inline["data"]) * 3 // 4
    return found / BYTES_A_SECOND
