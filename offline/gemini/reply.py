"""One turn of the model, from its thought to turnComplete: what leaves, and when."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from offline.gemini import outputs
from offline.gemini.admission import behaves
from offline.gemini.delivery import BYTES_A_SECOND, aligned, chunks, fragments, sentences
from offline.gemini.line import Line, Voice
from offline.gemini.memory import AUDIO_TOKENS, PendingCall, text_tokens
from offline.gemini.mind import Call, Say
from offline.gemini.profiles import BLOCKING

THOUGHT = (
    "**Working out the answer**\n\nThe user wants an answer from a stand-in, so it is a plain one."
)
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
        self.results: list[tuple[str, Mapping[str, object]]] = []
        self.called = False
        self._line, self._on_done, self._status = line, on_done, status
        self._script: deque[str | _Calls] = deque()
        self._queue: deque[_Item] = deque()
        self._free_at = not_before
        self._complete_at = self._words_at = not_before
        self._waking = self._opened = False
        self._voiced = 0
        self._first_audio: float | None = None
        self._sent = 0
        self._delivered = ""
        self._sentence = ""
        self._malformed = False

    def thought(self, actions: Sequence[Say | Call], now: float) -> None:
        """Carry out what the mind decided."""
        if self.stage is not Stage.WORKING:
            return
        calls: list[Call] = []
        for action in actions:
            if isinstance(action, Say):
                self._script += sentences(action.text)
            elif any(action.name == known.name for known in self._line.memory.declarations):
                calls.append(action)
            else:
                self._malformed = True
        if calls:
            self._script.append(_Calls(tuple(calls)))
        if not self._opened:
            self._opened = True
            self._queue += [_Message(message) for message in self._opening()]
        self._advance(now)

    def voiced(self, pcm: bytes, now: float) -> None:
        """Queue the sound of the sentence that was asked for last, and ask for the next."""
        if self.stage is not Stage.WORKING:
            return
        temper = self._line.temper
        pieces = chunks(
            pcm,
            first_ms=temper.first_chunk_ms,
            later_ms=temper.chunk_ms,
            opening=self._voiced == 0,
        )
        self._voiced += len(pcm)
        words = fragments(self._sentence)
        self._queue += aligned(pieces, words)
        self._advance(now)

    def answered(self, call_id: str, now: float) -> bool:
        """Strike a blocking call off; True when it was the last one."""
        self.awaiting.discard(call_id)
        return self.stage is Stage.WAITING and not self.awaiting

    def resume(self, not_before: float) -> None:
        """Go on with the turn after the last blocking response."""
        self.stage = Stage.WORKING
        self._free_at = self._complete_at = self._words_at = not_before

    def interrupt(self, now: float) -> bool:
        """Stop at once; False if there is nothing left to stop."""
        if self.stage in (Stage.CUT, Stage.DONE):
            return False
        self.stage = Stage.CUT
        self._queue.clear()
        self._script.clear()
        line = self._line
        line.remember("model", self._delivered, now)
        line.send(outputs.content(interrupted=True))
        line.account.note("interrupted", now, reply=self.number, delivered=self._delivered)
        self._drop_calls()
        line.timers.at(now + line.temper.interrupted_ms / 1000, self._end)
        return True

    def _drop_calls(self) -> None:
        calls = self._line.memory.calls
        dropped = [
            id_ for id_, call in calls.items() if call.blocking or self._line.profile.cancels_calls
        ]
        for id_ in dropped:
            del calls[id_]
        if dropped and self._line.profile.cancels_calls:
            self._line.send(outputs.tool_call_cancellation(dropped))

    def _opening(self) -> list[Mapping[str, object]]:
        line = self._line
        found: list[Mapping[str, object]] = []
        if line.temper.empties and self._script:
            found += [{}, {"serverContent": {}}]
        parts: list[Mapping[str, object]] = []
        if line.config.thoughts:
            parts.append({"text": THOUGHT, "thought": True})
        if line.config.code and re.search(r"\b(calculate|code)\b", self.text, re.I):
            parts.append({"executableCode": {"language": "PYTHON", "code": "print(6 * 7)"}})
            parts.append({"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "42\n"}})
        for part in parts:
            turn = outputs.model_turn([part], vertex=line.vertex)
            found.append(outputs.content(modelTurn=turn))
        if line.config.search and re.search(r"\bsearch\b", self.text, re.I):
            found.append(outputs.content(groundingMetadata=_grounding(self.text)))
        return found

    def _advance(self, now: float) -> None:
        if not self._script:
            if not self.awaiting:
                self._queue.append(_Complete())
        elif isinstance(step := self._script.popleft(), _Calls):
            self._queue.append(step)
            if not self._blocking(step):
                self._advance(now)
                return
        elif self._line.config.text:
            self._queue += fragments(step)
            self._advance(now)
            return
        else:
            self._sentence = step
            self._line.effects.append(Voice(self.number, step))
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
            return self._complete_at
        # Words go with the chunk before them; only sound is paced.
        return self._words_at if isinstance(item, str) else self._free_at

    def _emit(self, item: _Item, now: float) -> None:
        if isinstance(item, bytes):
            self._emit_audio(item, now)
        elif isinstance(item, str):
            self._emit_words(item)
        elif isinstance(item, _Calls):
            self._emit_calls(item, now)
        elif isinstance(item, _Message):
            self._line.send(item.message)
        else:
            self._generated(now)

    def _emit_audio(self, pcm: bytes, now: float) -> None:
        line, temper = self._line, self._line.temper
        if self._first_audio is None:
            self._first_audio = now
            line.account.note("first_audio", now, reply=self.number)
        turn = outputs.model_turn([outputs.audio_part(pcm, vertex=line.vertex)], vertex=line.vertex)
        words = None
        if temper.combine and line.profile.multipart and self._queue:
            head = self._queue[0]
            if isinstance(head, str) and line.config.output_transcription:
                words = {"text": head}
                self._delivered += head
                self._queue.popleft()
        line.send(outputs.content(modelTurn=turn, outputTranscription=words))
        line.account.speak(pcm)
        self._sent += len(pcm)
        self._complete_at = now + temper.generation_complete_ms / 1000
        if temper.pace:
            # Late timers do not slow the stream down; a late voice does not make it hurry.
            start = max(self._free_at, now - 0.02)
            self._free_at = start + len(pcm) / BYTES_A_SECOND / temper.pace

    def _emit_words(self, words: str) -> None:
        line = self._line
        if line.config.text:
            line.send(
                outputs.content(modelTurn=outputs.model_turn([{"text": words}], vertex=False))
            )
        elif line.config.output_transcription:
            line.send(outputs.content(outputTranscription={"text": words}))
        self._delivered += words

    def _blocking(self, step: _Calls) -> bool:
        declarations = self._line.memory.declarations
        return any(behaves(declarations, call.name) == BLOCKING for call in step.calls)

    def _emit_calls(self, step: _Calls, now: float) -> None:
        line, blocking = self._line, self._blocking(step)
        listed = []
        for call in step.calls:
            id_ = line.call_id(blocking=blocking)
            listed.append((id_, call.name, call.args))
            line.memory.calls[id_] = PendingCall(
                id=id_,
                name=call.name,
                args=call.args,
                blocking=blocking,
                text=self.text,
                typed=self.typed,
            )
            line.account.tool_calls.append(
                {"id": id_, "name": call.name, "args": dict(call.args), "at": now}
            )
        self.called = True
        line.send(outputs.tool_call(listed))
        line.account.note("tool_call", now, ids=[id_ for id_, _, _ in listed])
        self._complete_at = now
        if blocking:
            self.awaiting = {id_ for id_, _, _ in listed}
            self.stage = Stage.WAITING

    def _generated(self, now: float) -> None:
        self.stage = Stage.GENERATED
        self._line.send(outputs.content(generationComplete=True))
        self._line.account.note("generation_complete", now, reply=self.number)
        played = now
        if self._first_audio is not None:
            played = max(now, self._first_audio + self._sent / BYTES_A_SECOND)
        self._line.timers.at(played, self._end_played)

    def _end_played(self, now: float) -> None:
        if self.stage is Stage.GENERATED:
            self._end(now)

    def _end(self, now: float) -> None:
        line = self._line
        cut, self.stage = self.stage is Stage.CUT, Stage.DONE
        if not cut:
            line.remember("model", self._delivered, now)
        reason = "MALFORMED_FUNCTION_CALL" if self._malformed and not cut else None
        status = self._status
        if status == IDLE and self.called and not cut:
            status = IN_PROGRESS
        message = outputs.content(
            turnComplete=True, turnCompleteReason=reason, interactionStatus=status
        )
        line.send({**message, "usageMetadata": self._usage()})
        line.account.note("turn_complete", now, reply=self.number)
        self._on_done(self, now)

    def _usage(self) -> dict[str, object]:
        line, memory = self._line, self._line.memory
        answered = {"AUDIO": round(self._sent / BYTES_A_SECOND * AUDIO_TOKENS)}
        if line.config.text:
            answered = {"TEXT": text_tokens(self._delivered)}
        found = outputs.usage(memory.context, answered, thoughts=0, vertex=line.vertex)
        for modality, count in answered.items():
            memory.count(modality, count)
        return found


def _grounding(text: str) -> dict[str, object]:
    page = {"uri": "https://example.invalid/", "title": "An invented page"}
    return {"webSearchQueries": [text], "groundingChunks": [{"web": page}]}
