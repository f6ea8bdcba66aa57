"""Turn-taking of one connection: whose turn it is, what starts a reply and what cuts one."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from offline.gemini import inputs, outputs
from offline.gemini.admission import declared
from offline.gemini.inputs import Content
from offline.gemini.line import Line, Think
from offline.gemini.listening import Listening, Utterance
from offline.gemini.memory import AUDIO_TOKENS, PendingCall, text_tokens
from offline.gemini.mind import Declared, Prompt, Say
from offline.gemini.prompting import Request, request
from offline.gemini.reply import IDLE, IN_PROGRESS, Reply
from offline.gemini.senses import Actions
from offline.gemini.vad import RATE
from offline.gemini.watching import Watching
from offline.gemini.wire import INVALID_ARGUMENT, WireError

EXPLICIT_REFUSED = (
    "Explicit activity control is not supported when automatic activity detection is enabled."
)
FILLER = "Let me think about that."

Results = tuple[tuple[str, Mapping[str, object]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A turn that the model owes."""

    not_before: float
    request: Request
    typed: bool = False
    results: Results = ()
    filled: bool = False
    """A filler was said already."""


class Conversation:
    """What happens after setupComplete; it acts through the line's effects and timers."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._listening = Listening(
            line, on_start=self._user_started, on_end=self._user_ended, on_late=self._user_late
        )
        self._watching = Watching(line)
        self._reply: Reply | None = None
        self._asks: deque[Ask] = deque()
        self._content: list[Content] = []
        self._seeding = line.config.seeded
        self._counted = line.memory.samples
        self._replies = 0

    @property
    def next_due(self) -> float | None:
        """When `tick` has something to do, beside the line's timers."""
        return self._listening.next_due

    def tick(self, now: float) -> None:
        """Do what is due in listening."""
        self._listening.tick(now)

    def take(self, given: inputs.Input, now: float) -> None:
        """Take one input; WireError if it is against the protocol."""
        if isinstance(given, inputs.Audio):
            self._listening.audio(given, now)
        elif isinstance(given, inputs.Video):
            self._watching.see(given.blob, now, active=self._listening.speaking)
        elif isinstance(given, inputs.Text):
            delay = self._line.temper.text_interrupt_ms / 1000
            self._line.timers.at(now + delay, partial(self._typed, given.text))
        elif isinstance(given, inputs.ClientContent):
            self._client_content(given, now)
        elif isinstance(given, inputs.ToolResponse):
            self._tool_response(given, now)
        elif isinstance(given, inputs.ContextUpdate):
            self._context_update(given)
        else:
            self._activity(given, now)

    def heard(self, utterance: int, text: str, now: float) -> None:
        """Take the words of an utterance."""
        self._listening.heard(utterance, text, now)

    def thought(self, reply: int, actions: Actions, now: float) -> None:
        """Take what the mind decided for a reply."""
        if self._reply is not None and self._reply.number == reply:
            self._reply.thought(actions, now)

    def voiced(self, reply: int, pcm: bytes, now: float) -> None:
        """Take the sound of a reply's sentence."""
        if self._reply is not None and self._reply.number == reply:
            self._reply.voiced(pcm, now)

    def _activity(self, given: inputs.Input, now: float) -> None:
        auto = self._line.config.detection.auto
        if isinstance(given, inputs.AudioStreamEnd):
            if auto:
                self._listening.stream_end(now)
        elif auto:
            raise WireError(EXPLICIT_REFUSED)
        elif isinstance(given, inputs.ActivityStart):
            self._listening.activity_start(now)
        else:
            self._listening.activity_end(now)

    def _user_started(self, utterance: Utterance, now: float) -> None:
        line, sounds = self._line, utterance.sounds
        line.account.note("activity_start", now, first_loud=sounds.first_at, offset=sounds.first)
        self._mark("ACTIVITY_START", sounds.first)
        if line.config.interrupts:
            self._interrupt(now)

    def _user_ended(self, utterance: Utterance, now: float) -> None:
        line, sounds = self._line, utterance.sounds
        facts = {"first_loud": sounds.first_at, "last_loud": sounds.last_at}
        line.account.utterances.append({**facts, "ended": now, "text": utterance.text})
        if not utterance.superseded:
            self._transcribed(utterance, now)
        line.account.note("activity_end", now, **facts)
        self._mark("ACTIVITY_END", sounds.last)
        self._count_audio(utterance)
        if utterance.superseded:
            return
        if not utterance.text and line.profile.proactive:
            line.send(outputs.content(waitingForInput=True))
            return
        self._owe(Request(text=utterance.text or ""), now)

    def _user_late(self, utterance: Utterance, now: float) -> None:
        self._transcribed(utterance, now)

    def _transcribed(self, utterance: Utterance, now: float) -> None:
        line, text = self._line, utterance.text or ""
        line.remember("user", text, now)
        if not line.config.input_transcription or not text:
            return
        whole = line.profile.whole_transcript
        pieces = [text] if whole else [f" {word}" for word in text.split()]
        for piece in pieces:
            line.send(outputs.content(inputTranscription={"text": piece}))

    def _mark(self, kind: str, samples: int) -> None:
        if self._line.profile.voice_activity and self._line.config.detection.auto:
            self._line.send(outputs.voice_activity(kind, samples))

    def _count_audio(self, utterance: Utterance) -> None:
        samples, memory = utterance.samples, self._line.memory
        if self._watching.all_input:
            samples = memory.samples - self._counted
        self._counted = memory.samples
        memory.count("AUDIO", round(samples / RATE * AUDIO_TOKENS))

    def _typed(self, text: str, now: float) -> None:
        line = self._line
        if not line.config.detection.auto and self._listening.speaking:
            self._content.append(Content(role="user", text=text))
            return
        line.account.note("text", now)
        if line.config.interrupts:
            self._interrupt(now)
        line.remember("user", text, now)
        line.memory.count("TEXT", text_tokens(text))
        self._owe(Request(text=text), now, typed=True)

    def _client_content(self, given: inputs.ClientContent, now: float) -> None:
        line = self._line
        for turn in given.turns:
            self._check_role(turn)
        line.account.note("client_content", now, turns=len(given.turns), final=given.turn_complete)
        self._interrupt(now)
        for turn in given.turns:
            if turn.role == "system":
                line.memory.system = turn.text
                continue
            self._content.append(turn)
            line.remember(turn.role or "user", turn.text, now)
            line.memory.count("TEXT", text_tokens(turn.text))
            for blob in turn.blobs:
                self._watching.see(blob, now, active=True)
        if self._seeding:
            self._seeding = not given.turn_complete
            if not self._seeding:
                self._content.clear()
        elif given.turn_complete:
            self._owe(request(self._content, line.profile), now, typed=True)

    def _check_role(self, turn: Content) -> None:
        vertex = self._line.vertex
        if turn.role is None and self._line.profile.explicit_roles:
            raise WireError(INVALID_ARGUMENT)
        if turn.role not in (None, "user", "model") and not (turn.role == "system" and vertex):
            raise WireError("Please use a valid role: user, model.")

    def _context_update(self, given: inputs.ContextUpdate) -> None:
        memory = self._line.memory
        if given.system is not None:
            memory.system = given.system
            memory.count("TEXT", text_tokens(given.system))
        if given.tools is not None:
            memory.declarations = declared(list(given.tools), self._line.profile)

    def _tool_response(self, given: inputs.ToolResponse, now: float) -> None:
        idle: list[tuple[PendingCall, Mapping[str, object]]] = []
        for item in given.responses:
            known = self._line.memory.calls.get(item.id)
            self._line.account.tool_responses.append(
                {"id": item.id, "name": item.name, "response": dict(item.response), "at": now}
                | {"scheduling": item.scheduling, "known": known is not None}
            )
            if known is None:
                continue
            if not item.will_continue:
                del self._line.memory.calls[item.id]
            self._line.memory.count("TEXT", text_tokens(str(item.response)))
            for blob in item.blobs:
                self._watching.see(blob, now, active=True)
            if not self._resumes(known, item, now) and self._speaks(item, now):
                idle.append((known, item.response))
        if idle:
            call = idle[-1][0]
            results = tuple((known.name, response) for known, response in idle)
            late = self._line.temper.tool_reply_ms / 1000
            self._owe(Request(text=call.text), now, typed=call.typed, results=results, late=late)

    def _resumes(self, call: PendingCall, item: inputs.FunctionResponse, now: float) -> bool:
        reply = self._reply
        if not call.blocking or reply is None or item.id not in reply.awaiting:
            return False
        reply.results.append((call.name, item.response))
        if not item.will_continue and reply.answered(item.id, now):
            not_before = now + self._line.temper.think_ms / 1000
            reply.resume(not_before)
            self._think(reply, Request(text=reply.text), tuple(reply.results))
        return True

    def _speaks(self, item: inputs.FunctionResponse, now: float) -> bool:
        scheduling = item.scheduling if self._line.profile.scheduling else "WHEN_IDLE"
        if scheduling == "INTERRUPT" and not self._listening.speaking:
            self._interrupt(now)
        return scheduling != "SILENT"

    def _interrupt(self, now: float) -> None:
        if self._reply is not None:
            self._reply.interrupt(now)

    def _owe(
        self,
        asked: Request,
        now: float,
        *,
        typed: bool = False,
        results: Results = (),
        late: float = 0.0,
    ) -> None:
        not_before = now + self._line.temper.think_ms / 1000 + late
        self._asks.append(Ask(not_before=not_before, request=asked, typed=typed, results=results))
        self._next(now)

    def _next(self, now: float) -> None:
        # A tool's answer waits for its turn: not while the user speaks, nor over another reply.
        if self._reply is not None or not self._asks:
            return
        if self._asks[0].results and self._listening.speaking:
            return
        ask = self._asks.popleft()
        fills = self._line.profile.interaction_status and not ask.filled and not ask.results
        fills = fills and not ask.request.empty
        status = (IN_PROGRESS if fills else IDLE) if self._line.profile.interaction_status else None
        self._replies += 1
        self._line.memory.turns += 1
        self._content.clear()
        self._watching.absorb()
        self._reply = reply = Reply(
            self._line,
            number=self._replies,
            text=ask.request.text,
            typed=ask.typed,
            not_before=max(now, ask.not_before),
            status=status,
            on_done=self._done,
        )
        if self._line.config.resumption and not self._line.profile.handle_once:
            self._line.send(outputs.resumption_update(None))
        if fills:
            self._asks.appendleft(dataclasses.replace(ask, filled=True))
            reply.thought((Say(text=FILLER),), now)
        elif ask.request.empty:
            reply.thought((), now)
        else:
            self._think(reply, ask.request, ask.results)

    def _think(self, reply: Reply, asked: Request, results: Results) -> None:
        memory = self._line.memory
        prompt = Prompt(
            text=asked.text,
            typed=reply.typed,
            instructions=asked.instructions,
            tools=tuple(
                Declared(name=known.name, parameters=known.parameters)
                for known in memory.declarations
            ),
            results=results,
            turn=memory.turns,
        )
        self._line.effects.append(Think(reply.number, prompt, tuple(memory.frames)))

    def _done(self, reply: Reply, now: float) -> None:
        if self._reply is reply:
            self._reply = None
        if not self._line.profile.handle_once:
            self._line.offer_handle(now)
        self._next(now)
