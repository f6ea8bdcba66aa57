"""Whose turn it is: the reply that runs, the turns that wait for it, and what cuts one off."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from offline.gemini import outputs
from offline.gemini.lifetime import fit_context
from offline.gemini.line import Line, Think
from offline.gemini.prompting import Request
from offline.gemini.reply import IDLE, IN_PROGRESS, Reply
from offline.gemini.senses import Actions
from offline.gemini.thought import Declared, Prompt, Say

FILLER = "Let me think about that."

Results = tuple[tuple[str, Mapping[str, object]], ...]
"""Names and answers of functions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A turn that the model owes."""

    request: Request
    not_before: float
    typed: bool = False
    results: Results = ()
    filled: bool = False
    """A filler was said already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whim:
    """What a coming turn does other than it should."""

    late: float = 0.0
    """Seconds that it begins later."""
    actions: Actions | None = None
    """What it does instead of what the mind says."""
    silent: bool = False
    """It does not happen at all."""
    bare: bool = False
    """It has no generationComplete."""


class Floor:
    """Runs one reply at a time.

    `user_speaks()` tells whether the user is speaking; `on_begin()` is called before each turn, so
    that what came since the last one enters the context.
    """

    def __init__(
        self, line: Line, *, user_speaks: Callable[[], bool], on_begin: Callable[[], None]
    ) -> None:
        self._line, self._user_speaks, self._on_begin = line, user_speaks, on_begin
        self._reply: Reply | None = None
        self._asks: deque[Ask] = deque()
        self._replies = 0
        self._ask: Ask | None = None
        """What the reply that runs was asked for."""
        self._whims: deque[Whim] = deque()
        self._lasting = Whim()
        """Holds for every turn that has no whim of its own."""

    def owe(
        self,
        request: Request,
        now: float,
        *,
        typed: bool = False,
        results: Results = (),
        late: float = 0.0,
    ) -> None:
        """Reply when the floor is free; `late` seconds are added to the think time."""
        due = now + self._line.temper.think_ms / 1000 + late
        self._asks.append(Ask(request=request, not_before=due, typed=typed, results=results))
        self.next(now)

    def interrupt(self, now: float) -> None:
        """Cut the reply that runs, if one does."""
        if self._reply is not None:
            self._reply.interrupt(now)
            # What a filler announced is not said after the filler was cut.
            self._asks = deque(ask for ask in self._asks if not ask.filled)

    def supersede(self, now: float) -> None:
        """Cut the reply that runs, and replies to typed turns that wait for its end: more is typed.

        These turns are in the context: the reply that is asked for next is to all of them.
        """
        self._asks = deque(ask for ask in self._asks if not ask.typed)
        self.interrupt(now)

    def whim(self, whim: Whim, now: float, *, turns: int = 1) -> None:
        """Let the coming turns be odd, 0 for all: also the one that has begun but said nothing."""
        if turns == 0:
            self._lasting = whim
        self._whims += [whim] * turns
        if self._reply is not None and self._ask is not None and not self._reply.begun:
            self._reply.drop()
            self._reply = None
            if self._asks and self._asks[0].filled:
                # What the filler announced is announced again.
                self._asks.popleft()
            self._asks.appendleft(self._ask)
            self.next(now)

    def stall(self, until: float) -> None:
        """Halt the reply that runs."""
        if self._reply is not None:
            self._reply.stall(until)

    def pour(self, pcm: bytes, now: float) -> None:
        """Put more sound into the reply that runs."""
        if self._reply is not None:
            self._reply.pour(pcm, now)

    @property
    def quiet(self) -> bool:
        """Whether no reply runs."""
        return self._reply is None

    def leave(self, now: float) -> None:
        """The connection has ended."""
        if self._reply is not None:
            self._reply.leave(now)

    def answer(self, call_id: str, name: str, response: Mapping[str, object]) -> bool:
        """Take a blocking call's response; False if no reply waits for it."""
        if self._reply is None or call_id not in self._reply.awaiting:
            return False
        self._reply.results.append((name, response))
        return True

    def resume(self, call_id: str, now: float) -> None:
        """Let the reply go on if this was the last response it waited for."""
        reply = self._reply
        if reply is not None and reply.answered(call_id):
            reply.resume(now + self._line.temper.think_ms / 1000)
            self._on_begin()
            self._think(reply, Request(text=reply.text), tuple(reply.results))

    def thought(self, reply: int, actions: Actions, now: float) -> None:
        """Take what the mind decided for a reply."""
        if self._reply is not None and self._reply.number == reply:
            self._reply.thought(actions, now)

    def voiced(self, reply: int, pcm: bytes, now: float) -> None:
        """Take the sound of a reply's sentence."""
        if self._reply is not None and self._reply.number == reply:
            self._reply.voiced(pcm, now)

    def next(self, now: float) -> None:
        """Begin the next turn if the floor is free."""
        if self._reply is not None or not self._asks:
            return
        # A tool's answer does not cut in while the user speaks.
        if self._asks[0].results and self._user_speaks():
            return
        ask = self._asks.popleft()
        whim = self._whims.popleft() if self._whims else self._lasting
        if whim.silent:
            return self.next(now)
        self._ask = ask
        if whim.late:
            ask = dataclasses.replace(ask, not_before=max(now, ask.not_before) + whim.late)
        slow = self._line.profile.interaction_status
        fills = slow and not (ask.filled or ask.results or ask.request.empty)
        self._on_begin()
        fit_context(self._line, now)
        reply = self._begin(ask, now, status=(IN_PROGRESS if fills else IDLE) if slow else None)
        if fills:
            self._asks.appendleft(dataclasses.replace(ask, filled=True))
            reply.thought((Say(text=FILLER),), now)
        elif ask.request.empty or whim.actions is not None:
            reply.bare = whim.bare
            reply.thought(whim.actions or (), now)
        else:
            self._think(reply, ask.request, ask.results)

    def _begin(self, ask: Ask, now: float, *, status: str | None) -> Reply:
        line = self._line
        self._replies += 1
        line.memory.turns += 1
        if line.config.resumption and not line.profile.handle_once:
            line.send(outputs.resumption_update(None))
        self._reply = Reply(
            line,
            number=self._replies,
            text=ask.request.text,
            typed=ask.typed,
            not_before=max(now, ask.not_before),
            status=status,
            on_done=self._done,
        )
        return self._reply

    def _think(self, reply: Reply, request: Request, results: Results) -> None:
        memory = self._line.memory
        prompt = Prompt(
            text=request.text,
            typed=reply.typed,
            instructions=request.instructions,
            tools=tuple(
                Declared(name=known.name, parameters=known.parameters)
                for known in memory.declarations
            ),
            results=results,
            meant=memory.meant,
            turn=memory.turns,
        )
        self._line.effects.append(Think(reply.number, prompt, tuple(memory.frames)))

    def _done(self, reply: Reply, now: float) -> None:
        if self._reply is reply:
            self._reply = None
        if not self._line.profile.handle_once:
            self._line.offer_handle(now)
        self.next(now)
