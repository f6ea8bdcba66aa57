"""What one turn has sent: sound at its pace, words with it, and how long it plays."""

from __future__ import annotations

import re
from collections.abc import Mapping

from offline.gemini import outputs
from offline.gemini.delivery import BYTES_A_SECOND
from offline.gemini.line import Line
from offline.gemini.memory import AUDIO_TOKENS, text_tokens

THOUGHT = "**Working out the answer**\n\nA stand-in was asked, so the answer is a plain one."


class Outlet:
    """The way out for the content of one turn."""

    def __init__(self, line: Line, not_before: float) -> None:
        self.delivered = ""
        """The words that went out: what stays in the history."""
        self._line = line
        self._first: float | None = None
        self._bytes = 0
        self.restart(not_before)

    @property
    def begun(self) -> bool:
        """Whether anything has left."""
        return self._first is not None or bool(self.delivered)

    def restart(self, not_before: float) -> None:
        """Let nothing out before `not_before`."""
        self.audio_due = self.words_due = self.complete_due = not_before

    def audio(self, pcm: bytes, now: float, *, words: str | None = None) -> None:
        """Send a chunk of sound, with its words in the same message if any."""
        line, temper = self._line, self._line.temper
        if self._first is None:
            self._first = now
            line.account.note("first_audio", now)
        parts = [outputs.audio_part(pcm, vertex=line.vertex)]
        line.send(
            outputs.content(
                modelTurn=outputs.model_turn(parts, vertex=line.vertex),
                outputTranscription={"text": words} if words else None,
            )
        )
        line.account.speak(pcm)
        self.delivered += words or ""
        self._bytes += len(pcm)
        self.complete_due = now + temper.generation_complete_ms / 1000
        if temper.pace:
            # Late timers do not slow the stream down; a late voice does not make it hurry.
            start = max(self.audio_due, now - 0.02)
            self.audio_due = start + len(pcm) / BYTES_A_SECOND / temper.pace

    def words(self, words: str) -> None:
        """Send words: the content itself in text mode, else its transcription if asked for."""
        line = self._line
        if line.config.text:
            parts = [{"text": words}]
            line.send(outputs.content(modelTurn=outputs.model_turn(parts, vertex=line.vertex)))
        elif line.config.output_transcription:
            line.send(outputs.content(outputTranscription={"text": words}))
        self.delivered += words

    def played(self, now: float) -> float:
        """Return when the client will have played everything."""
        return now if self._first is None else max(now, self._first + self._bytes / BYTES_A_SECOND)

    def usage(self) -> dict[str, object]:
        """Return the turn's usageMetadata, and count what it said into the context."""
        line, memory = self._line, self._line.memory
        answered = {"AUDIO": round(self._bytes / BYTES_A_SECOND * AUDIO_TOKENS)}
        if line.config.text:
            answered = {"TEXT": text_tokens(self.delivered)}
        found = outputs.usage(memory.context, answered, vertex=line.vertex)
        for modality, tokens in answered.items():
            memory.count(modality, tokens)
        return found


def opening(line: Line, text: str) -> list[Mapping[str, object]]:
    """Return what comes before the content: thoughts and code, where the setup asks for them."""
    found: list[Mapping[str, object]] = [{}, {"serverContent": {}}] if line.temper.empties else []
    parts: list[Mapping[str, object]] = []
    if line.config.thoughts:
        parts.append({"text": THOUGHT, "thought": True})
    if line.config.code and re.search(r"\b(calculate|code)\b", text, re.IGNORECASE):
        parts += _ran("print(6 * 7)", "42\n")
    if _searches(line, text) and not line.profile.multipart:
        # The 2.5 family searches by code.
        parts += _ran(f"print(google_search.search(queries={[text]!r}))", "An invented page\n")
    for part in parts:
        found.append(outputs.content(modelTurn=outputs.model_turn([part], vertex=line.vertex)))
    return found


def closing(line: Line, text: str) -> list[Mapping[str, object]]:
    """Return what comes with the last of the content: the sources, where it was to search."""
    if not _searches(line, text):
        return []
    page = {"uri": "https://example.invalid/", "title": "An invented page"}
    sources = {"webSearchQueries": [text], "groundingChunks": [{"web": page}]}
    return [outputs.content(groundingMetadata=sources)]


def _searches(line: Line, text: str) -> bool:
    return line.config.search and re.search(r"\bsearch\b", text, re.IGNORECASE) is not None


def _ran(code: str, output: str) -> list[Mapping[str, object]]:
    return [
        {"executableCode": {"language": "PYTHON", "code": code}},
        {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": output}},
    ]
