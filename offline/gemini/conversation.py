"""What one connection's inputs mean once it is set up: speech, text, pictures, content, tools."""

from __future__ import annotations

from functools import partial

from offline.gemini import inputs, outputs
from offline.gemini.admission import declared
from offline.gemini.answers import Answers
from offline.gemini.continuing import reminded
from offline.gemini.floor import Floor
from offline.gemini.inputs import Content
from offline.gemini.lifetime import Lifetime
from offline.gemini.line import Line
from offline.gemini.listening import Listening, Utterance
from offline.gemini.memory import AUDIO_TOKENS, text_tokens
from offline.gemini.prompting import Request, request
from offline.gemini.senses import Actions
from offline.gemini.suffering import Suffering
from offline.gemini.vad import RATE
from offline.gemini.watching import Watching
from offline.gemini.wire import INVALID_ARGUMENT, WireError

EXPLICIT_REFUSED = (
    "Explicit activity control is not supported when automatic activity detection is enabled."
)
ROLE_REFUSED = "Please use a valid role: user, model."


class Conversation:
    """Acts through the line's effects and timers."""

    def __init__(self, line: Line, now: float) -> None:
        self._line = line
        self._lifetime = Lifetime(line, now)
        self._listening = Listening(
            line, on_start=self._started, on_end=self._ended, on_late=self._transcribed
        )
        self._watching = Watching(line)
        self._floor = Floor(
            line, user_speaks=lambda: self._listening.speaking, on_begin=self._turn_begins
        )
        self._answers = Answers(
            line, floor=self._floor, watching=self._watching, listening=self._listening
        )
        self.suffering = Suffering(line, self._floor, self._lifetime)
        self._content: list[Content] = []
        self._seeding = line.config.seeded
        self._counted = line.memory.samples

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
            self._lifetime.filmed(now)
        elif isinstance(given, inputs.Text):
            delay = self._line.temper.text_interrupt_ms / 1000
            self._line.timers.at(now + delay, partial(self._typed, given.text))
        elif isinstance(given, inputs.ClientContent):
            self._client_content(given, now)
        elif isinstance(given, inputs.ToolResponse):
            self._answers.take(given, now)
        elif isinstance(given, inputs.ContextUpdate):
            self._context_update(given)
        else:
            self._activity(given, now)

    def leave(self, now: float) -> None:
        """The connection has ended: leave the session as it is to be found again."""
        self._line.memory.left_idle = self._floor.quiet and not self._listening.speaking
        self._listening.leave()
        self._floor.leave(now)

    def heard(self, utterance: int, text: str, now: float) -> None:
        """Take the words of an utterance."""
        self._listening.heard(utterance, text, now)

    def thought(self, reply: int, actions: Actions, now: float) -> None:
        """Take what the mind decided for a reply."""
        self._floor.thought(reply, actions, now)

    def voiced(self, reply: int, pcm: bytes, now: float) -> None:
        """Take the sound of a reply's sentence."""
        self._floor.voiced(reply, pcm, now)

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

    def _started(self, utterance: Utterance, now: float) -> None:
        line, sounds = self._line, utterance.sounds
        line.account.note("activity_start", now, first_loud=sounds.first_at, offset=sounds.first)
        self._mark("ACTIVITY_START", sounds.first)
        if line.config.interrupts:
            self._floor.interrupt(now)

    def _ended(self, utterance: Utterance, now: float) -> None:
        line, sounds = self._line, utterance.sounds
        facts = {"first_loud": sounds.first_at, "last_loud": sounds.last_at}
        line.account.utterances.append({**facts, "ended": now, "text": utterance.text})
        if not utterance.superseded:
            self._transcribed(utterance, now)
        line.account.note("activity_end", now, **facts)
        self._mark("ACTIVITY_END", sounds.last)
        self._count(utterance)
        if utterance.superseded:
            return
        if not utterance.text and line.profile.proactive:
            line.send(outputs.content(waitingForInput=True))
            self._floor.next(now)
            return
        self._floor.owe(Request(text=utterance.text or ""), now)

    def _transcribed(self, utterance: Utterance, now: float) -> None:
        line, text = self._line, utterance.text or ""
        line.remember("user", text, now)
        if not line.config.input_transcription or not text:
            return
        whole = line.profile.whole_transcript
        for piece in [text] if whole else [f" {word}" for word in text.split()]:
            line.send(outputs.content(inputTranscription={"text": piece}))

    def _mark(self, kind: str, samples: int) -> None:
        if self._line.profile.voice_activity and self._line.config.detection.auto:
            self._line.send(outputs.voice_activity(kind, samples))

    def _count(self, utterance: Utterance) -> None:
        memory, samples = self._line.memory, utterance.samples
        if self._watching.all_input:
            samples = memory.samples - self._counted
        self._counted = memory.samples
        memory.count("AUDIO", round(samples / RATE * AUDIO_TOKENS))

    def _typed(self, text: str, now: float) -> None:
        line = self._line
        line.account.note("text", now)
        line.memory.count("TEXT", text_tokens(text))
        if line.config.interrupts:
            self._floor.supersede(now)
        line.remember("user", text, now)
        self._floor.owe(Request(text=text), now, typed=True)

    def _client_content(self, given: inputs.ClientContent, now: float) -> None:
        line = self._line
        for turn in given.turns:
            self._check_role(turn)
        line.account.note("client_content", now, turns=len(given.turns), final=given.turn_complete)
        self._floor.supersede(now)
        for turn in given.turns:
            self._append(turn, now)
        if self._seeding:
            self._seeding = not given.turn_complete
            if given.turn_complete:
                self._content.clear()
        elif given.turn_complete:
            asked = request(self._content, line.profile)
            self._content.clear()
            turns = ((turn.role, turn.text) for turn in line.memory.history)
            about = reminded(asked, turns)
            self._floor.owe(about or asked, now, typed=about is None)

    def _append(self, turn: Content, now: float) -> None:
        line = self._line
        line.memory.count("TEXT", text_tokens(turn.text))
        if turn.role == "system":
            line.memory.system = turn.text
            return
        self._content.append(turn)
        line.remember(turn.role or "user", turn.text, now, sent=True)
        for blob in turn.blobs:
            self._watching.see(blob, now, active=True)

    def _check_role(self, turn: Content) -> None:
        if turn.role is None and self._line.profile.explicit_roles:
            raise WireError(INVALID_ARGUMENT)
        known = (None, "user", "model", "system" if self._line.vertex else "user")
        if turn.role not in known:
            raise WireError(ROLE_REFUSED)

    def _context_update(self, given: inputs.ContextUpdate) -> None:
        memory = self._line.memory
        if given.system is not None:
            memory.system = given.system
            memory.count("TEXT", text_tokens(given.system))
        if given.tools is not None:
            memory.declarations = declared(list(given.tools), self._line.profile)

    def _turn_begins(self) -> None:
        self._content.clear()
        self._watching.absorb()
