"""One turn of the model, from its thought to turnComplete: what leaves, and when."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from offline.gemini import calls, outputs
from offline.gemini.delivery import aligned, chunks, fragments, sentences
from offline.gemini.line import Line, Voice
from offline.gemini.outlet import Outlet, closing, opening
from offline.gemini.thought import Call, Say

IN_PROGRESS, IDLE = "IN_PROGRESS", "IDLE"


class Stage(Enum):
    WORKING = auto()
    """Thinking, or speaking."""
    WAITING = auto()
    """For the responses of blocking calls."""
    GENERATED = auto()
    """Everything has left; the client is still playing it."""
    CUT = auto()
    """Interrupted; its turnComplete is still to come."""
    DONE = auto()


@dataclass(frozen=True, slots=True)
class _Calls:
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class _Message:
    """A message of its own within the turn."""

    message: Mapping[str, object]


class _Complete:
    """The end of generation."""


_Item = bytes | str | _Calls | _Message | _Complete


class Reply:
    """A turn that runs by the line's timers; `on_done(reply, now)` follows its turnComplete."""

    def __init__(
        self,
        line: Line,
        *,
        number: int,
        text: str,
        typed: bool,
        not_before: float,
        status: str | None,
        on_done: Callable[[Reply, float], None],
    ) -> None:
        self.number, self.text, self.typed = number, text, typed
        self.stage = Stage.WORKING
        self.awaiting: set[str] = set()
        """Blocking calls without a response."""
        self.bare = False
        """Nothing but turnComplete comes of it."""
        self.results: list[tuple[str, Mapping[str, object]]] = []
        self._line, self._on_done, self._status = line, on_done, status
        self._outlet = Outlet(line, not_before)
        self._script: deque[str | _Calls] = deque()
        self._queue: deque[_Item] = deque()
        self._waking = self._opened = self._voiced = self._called = self._malformed = False
        self._sentence = ""

    def thought(self, actions: Sequence[Say | Call], now: float) -> None:
        """Carry out what the mind decided."""
        if self.stage is not Stage.WORKING:
            return
        wanted: list[Call] = []
        for action in actions:
            if isinstance(action, Say):
                self._script += sentences(action.text)
                self._line.memory.meant = action.text
            elif calls.known(self._line, action):
                wanted.append(action)
            else:
                self._malformed = True
        if wanted:
            self._script.append(_Calls(tuple(wanted)))
        if self._script and not self._opened:
            self._opened = True
            self._queue += map(_Message, opening(self._line, self.text))
        self._advance(now)

    def voiced(self, pcm: bytes, now: float) -> None:
        """Queue the sound of the sentence that was asked for last, and ask for the next."""
        if self.stage is not Stage.WORKING:
            return
        temper, first = self._line.temper, not self._voiced
        later = temper.chunk_ms
        pieces = chunks(pcm, first_ms=temper.first_chunk_ms if first else later, later_ms=later)
        self._voiced = True
        self._queue += aligned(pieces, fragments(self._sentence))
        self._advance(now)

    def answered(self, call_id: str) -> bool:
        """Strike a blocking call off; True when it was the last one."""
        self.awaiting.discard(call_id)
        return self.stage is Stage.WAITING and not self.awaiting

    def resume(self, not_before: float) -> None:
        """Go on with the turn after the last blocking response."""
        self.stage = Stage.WORKING
        self._outlet.restart(not_before)

    @property
    def begun(self) -> bool:
        """Whether anything of it has left."""
        return self._called or self._outlet.begun

    def drop(self) -> None:
        """Forget it without a word."""
        self.stage = Stage.DONE

    def stall(self, until: float) -> None:
        """Let nothing more of it out before `until`."""
        self._outlet.restart(until)

    def pour(self, pcm: bytes, now: float) -> None:
        """Put more sound before what is still to come."""
        ms = self._line.temper.chunk_ms
        self._queue.extendleft(reversed(chunks(pcm, first_ms=ms, later_ms=ms)))
        self._pump(now)

    def leave(self, now: float) -> None:
        """Keep what was delivered: the connection has ended in the middle of the turn."""
        if self.stage not in (Stage.CUT, Stage.DONE):
            self._line.remember("model", self._outlet.delivered, now)

    def interrupt(self, now: float) -> None:
        """Stop at once, if there is anything left to stop."""
        if self.stage in (Stage.CUT, Stage.DONE):
            return
        self.stage = Stage.CUT
        self._queue.clear()
        self._script.clear()
        line, delivered = self._line, self._outlet.delivered
        line.remember("model", delivered, now)
        line.send(outputs.content(interrupted=True))
        line.account.note("interrupted", now, delivered=delivered)
        calls.drop(line)
        line.timers.at(now + line.temper.interrupted_ms / 1000, self._end)

    def _advance(self, now: float) -> None:
        """Take the script's next step; it halts at a voice to wait for and at a blocking call."""
        while self._script:
            step = self._script.popleft()
            if isinstance(step, str) and not self._line.config.text:
                self._sentence = step
                self._line.effects.append(Voice(self.number, step))
                return self._pump(now)
            if isinstance(step, str):
                self._queue += fragments(step)
                continue
            self._queue.append(step)
            if calls.blocking(self._line, step.calls):
                return self._pump(now)
        if self._opened:
            self._queue += map(_Message, closing(self._line, self.text))
        self._queue.append(_Complete())
        self._pump(now)

    def _pump(self, now: float) -> None:
        while self._queue and self.stage is Stage.WORKING:
            due = self._due(self._queue[0])
            if due > now:
                if not self._waking:
                    self._waking = True
                    self._line.timers.at(due, self._wake)
                return
            self._emit(self._queue.popleft(), now)

    def _wake(self, now: float) -> None:
        self._waking = False
        self._pump(now)

    def _due(self, item: _Item) -> float:
        if isinstance(item, _Complete):
            return self._outlet.complete_due
        # Words go with the chunk before them; only sound is paced.
        return self._outlet.words_due if isinstance(item, str) else self._outlet.audio_due

    def _emit(self, item: _Item, now: float) -> None:
        if isinstance(item, bytes):
            self._outlet.audio(item, now, words=self._combined())
        elif isinstance(item, str):
            self._outlet.words(item)
        elif isinstance(item, _Message):
            self._line.send(item.message)
        elif isinstance(item, _Calls):
            self._call(item, now)
        else:
            self._generated(now)

    def _combined(self) -> str | None:
        line = self._line
        if not (
            line.temper.combine and line.profile.multipart and line.config.output_transcription
        ):
            return None
        return (
            str(self._queue.popleft()) if self._queue and isinstance(self._queue[0], str) else None
        )

    def _call(self, step: _Calls, now: float) -> None:
        ids = calls.issue(self._line, step.calls, text=self.text, typed=self.typed, now=now)
        self._called = True
        self._outlet.complete_due = now
        if calls.blocking(self._line, step.calls):
            self.awaiting = set(ids)
            self.stage = Stage.WAITING

    def _generated(self, now: float) -> None:
        self.stage = Stage.GENERATED
        if not self.bare:
            self._line.send(outputs.content(generationComplete=True))
        self._line.account.note("generation_complete", now)
        self._line.timers.at(self._outlet.played(now), self._played)

    def _played(self, now: float) -> None:
        if self.stage is Stage.GENERATED:
            self._line.remember("model", self._outlet.delivered, now)
            self._end(now)

    def _end(self, now: float) -> None:
        cut, self.stage = self.stage is Stage.CUT, Stage.DONE
        waiting = self._called and self._status == IDLE and not cut
        message = outputs.content(
            turnComplete=True,
            turnCompleteReason="MALFORMED_FUNCTION_CALL" if self._malformed and not cut else None,
            interactionStatus=IN_PROGRESS if waiting else self._status,
        )
        usage = self._outlet.usage()
        self._line.send({**message, "usageMetadata": usage})
        self._line.memory.next_exchange()
        self._line.account.note("turn_complete", now, usage=usage)
        self._on_done(self, now)
