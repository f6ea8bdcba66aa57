"""One connection's protocol without a socket: frames and time go in, effects come out."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from functools import partial

from offline.gemini import outputs
from offline.gemini.account import Account
from offline.gemini.admission import Config, Dialect, admit
from offline.gemini.conversation import Conversation
from offline.gemini.fault import Fault
from offline.gemini.inputs import read
from offline.gemini.lifetime import check_handle, resumes_early
from offline.gemini.line import Close, Effect, Line, Send, identifier
from offline.gemini.memory import Memory, Shelf, text_tokens
from offline.gemini.senses import Actions
from offline.gemini.temper import Temper
from offline.gemini.timers import Timers
from offline.gemini.tokens import SPENT
from offline.gemini.wire import INVALID_ARGUMENT, Json, WireError, load, parse

INTERNAL_ERROR = "Internal error encountered."
QUOTA = "You exceeded your current quota, please check your plan and billing details."

EARLY = 4096
"""Messages that may come between setup and setupComplete."""

Constrain = Callable[[Json], Json]
"""Puts an ephemeral token's setup over the client's."""


class Session:
    """The service's side of one connection.

    Every method that takes `now` may leave something in `take_effects()` and move `next_due`.
    """

    def __init__(
        self,
        *,
        account: Account,
        dialect: Dialect,
        temper: Callable[[], Temper],
        shelf: Shelf,
        rng: random.Random,
        refusal: tuple[int, str] | None = None,
        constrain: Constrain | None = None,
        expires: float | None = None,
    ) -> None:
        self._account, self._dialect, self._common_temper = account, dialect, temper
        self._changes: dict[str, object] = {}
        self._ills: list[Fault] = []
        self._shelf, self._rng, self._refusal = shelf, rng, refusal
        self._constrain = constrain
        self._timers = Timers()
        if expires is not None:
            self._timers.at(expires, lambda now: self.close(1008, SPENT, now))
        self._effects: list[Effect] = []
        self._admitted = self._closed = False
        self._early: list[tuple[str, Json]] = []
        self._conversation: Conversation | None = None
        self._memory: Memory | None = None

    def _temper(self) -> Temper:
        temper = self._common_temper()
        return temper.changed(self._changes) if self._changes else temper

    def temper_with(self, changes: Mapping[str, object]) -> None:
        """Give this connection other settings than the rest of the service has."""
        self._changes.update(changes)

    @property
    def next_due(self) -> float | None:
        """When `tick` has something to do."""
        dues = [self._timers.next_due]
        if self._conversation is not None:
            dues.append(self._conversation.next_due)
        return min((due for due in dues if due is not None), default=None)

    def take_effects(self) -> list[Effect]:
        """Return what is to be done, in order, and forget it."""
        effects = self._effects[:]
        self._effects.clear()
        return effects

    def receive(self, frame: str | bytes, now: float) -> None:
        """Take a frame of the client."""
        if self._closed:
            return
        self._account.messages += 1
        try:
            if self._refusal is not None:
                raise WireError(self._refusal[1], self._refusal[0])
            kind, body = parse(frame)
            if kind == "setup":
                self._setup(frame, body, now)
            else:
                self._dispatch(kind, body, now)
        except WireError as error:
            self.close(error.code, error.reason, now)
        self.tick(now)

    def heard(self, utterance: int, text: str, now: float) -> None:
        """Answer a Hear effect."""
        if self._conversation is not None and not self._closed:
            self._conversation.heard(utterance, text, now)
            self.tick(now)

    def thought(self, reply: int, actions: Actions, now: float) -> None:
        """Answer a Think effect."""
        if self._conversation is not None and not self._closed:
            self._conversation.thought(reply, actions, now)
            self.tick(now)

    def voiced(self, reply: int, pcm: bytes, now: float) -> None:
        """Answer a Voice effect."""
        if self._conversation is not None and not self._closed:
            self._conversation.voiced(reply, pcm, now)
            self.tick(now)

    def tick(self, now: float) -> None:
        """Do what is due."""
        if self._closed:
            return
        if self._conversation is not None:
            self._conversation.tick(now)
        try:
            self._timers.run(now)
        except WireError as error:
            self.close(error.code, error.reason, now)

    def suffer(self, fault: Fault, now: float) -> None:
        """Do a fault within the conversation, as soon as there is one."""
        if self._conversation is None:
            self._ills.append(fault)
        elif not self._closed:
            self._conversation.suffering.suffer(fault, now)
            self.tick(now)

    def close_at(self, due: float, code: int, reason: str) -> None:
        """Close the connection later."""
        self._timers.at(due, partial(self.close, code, reason))

    def leave(self, now: float) -> None:
        """The connection has ended, whoever ended it: keep what a resumption needs."""
        self._closed = True
        self._timers.clear()
        if self._memory is not None:
            self._memory.open.discard(self._account.number)
            self._memory.left, self._memory.left_idle = now, self._memory.began is not None
        if self._conversation is not None:
            self._conversation.leave(now)

    def close(self, code: int, reason: str, now: float) -> None:
        """Close the connection from this side."""
        if not self._closed:
            self._closed = True
            self._timers.clear()
            self._account.note("close", now, code=code, reason=reason)
            self._effects.append(Close(code, reason))

    def _dispatch(self, kind: str, body: Json, now: float) -> None:
        if not self._admitted:
            raise WireError(INVALID_ARGUMENT)
        if self._conversation is None:
            if len(self._early) >= EARLY:
                raise WireError(INVALID_ARGUMENT)
            self._early.append((kind, body))
            return
        for given in read(kind, body, strict=self._temper().strict):
            self._conversation.take(given, now)

    def _setup(self, frame: str | bytes, body: Json, now: float) -> None:
        if self._admitted:
            raise WireError(INVALID_ARGUMENT)
        self._account.setup = load(frame)
        if self._constrain is not None:
            body = self._constrain(body)
        temper = self._temper()
        config = admit(body, self._dialect, strict=temper.strict)
        memory = self._find_memory(config, now)
        self._admitted = True
        if resumes_early(memory, temper, now):
            self.close_at(now + temper.refusal_ms / 1000, 1011, INTERNAL_ERROR)
            return
        self._memory = memory
        memory.open.add(self._account.number)
        self._account.conversation = memory.number
        self._account.clock = (memory.samples, memory.samples)
        memory.system, memory.declarations = config.system, config.declarations
        self._account.model = config.model
        self._account.note("setup", now)
        due = now + temper.setup_ms / 1000
        self._timers.at(due, lambda at: self._ready(config, memory, at))

    def _find_memory(self, config: Config, now: float) -> Memory:
        if config.handle is not None:
            found = self._shelf.find(config.handle)
            return check_handle(found, config.model, self._temper(), now)
        memory = self._shelf.begin(config.model)
        tools = "".join(f"{known.name}{known.parameters}" for known in config.declarations)
        memory.count("TEXT", text_tokens(config.system + tools))
        memory.next_exchange()
        return memory

    def _ready(self, config: Config, memory: Memory, now: float) -> None:
        line = Line(
            config=config,
            memory=memory,
            account=self._account,
            temper=self._temper,
            timers=self._timers,
            shelf=self._shelf,
            rng=self._rng,
            effects=self._effects,
        )
        identity = identifier(self._rng) if config.dialect.vertex else None
        self._effects.append(Send(outputs.setup_complete(identity)))
        self._account.note("setup_complete", now)
        self._timers.at(now + self._temper().handle_ms / 1000, line.offer_handle)
        self._conversation = Conversation(line, now)
        ills, self._ills = self._ills, []
        for fault in ills:
            self.suffer(fault, now)
        early, self._early = self._early, []
        for kind, body in early:
            self._dispatch(kind, body, now)
