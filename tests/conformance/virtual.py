"""The protocol without a socket, in virtual time: exact delays, with the service's own defaults."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Mapping

from offline.gemini.account import Account
from offline.gemini.admission import Dialect
from offline.gemini.line import Close, Hear, Send, Think
from offline.gemini.memory import Shelf
from offline.gemini.session import Session
from offline.gemini.temper import Temper
from tests.conformance.clients import MODEL, Script, kinds

CHUNK = 320
"""Bytes of 10 ms."""


class Virtual:
    """A connection whose senses answer at once and whose clock is moved by hand."""

    def __init__(self, script: Script, temper: Temper | None = None, **setup: object) -> None:
        self.now = 0.0
        self.sent: list[tuple[float, Mapping[str, object]]] = []
        """When what was sent."""
        self.account = Account(0, self.now, "")
        self._senses = script.senses()
        chosen = temper or Temper()
        self._session = Session(
            account=self.account,
            dialect=Dialect(),
            temper=lambda: chosen,
            shelf=Shelf(),
            rng=random.Random(1),
        )
        self.send(setup={"model": MODEL} | setup)

    def send(self, **message: object) -> None:
        self._session.receive(json.dumps(message), self.now)
        self._settle()

    def say(self, text: str) -> None:
        turns = [{"role": "user", "parts": [{"text": text}]}]
        self.send(clientContent={"turns": turns, "turnComplete": True})

    def hear(self, pcm: bytes) -> None:
        """Send audio in chunks of 10 ms, as time passes."""
        for at in range(0, len(pcm), CHUNK):
            data = base64.b64encode(pcm[at : at + CHUNK]).decode()
            self.send(realtimeInput={"audio": {"data": data, "mimeType": "audio/pcm"}})
            self.run(0.01)

    def run(self, seconds: float) -> None:
        """Let time pass."""
        end = self.now + seconds
        while (due := self._session.next_due) is not None and due <= end:
            self.now = max(self.now, due)
            self._session.tick(self.now)
            self._settle()
        self.now = end

    def times(self, kind: str) -> list[float]:
        """Return when messages of a kind were sent."""
        return [at for at, message in self.sent if message and kind in kinds([dict(message)])]

    def _settle(self) -> None:
        while effects := self._session.take_effects():
            for effect in effects:
                if isinstance(effect, Send):
                    self.sent.append((self.now, effect.message))
                elif isinstance(effect, Hear):
                    words = self._senses.transcribe(effect.pcm)
                    self._session.heard(effect.utterance, words, self.now)
                elif isinstance(effect, Think):
                    actions = self._senses.think(effect.prompt)
                    self._session.thought(effect.reply, actions, self.now)
                elif not isinstance(effect, Close):
                    pcm = self._senses.speak(effect.text)
                    self._session.voiced(effect.reply, pcm, self.now)


def greeted(script: Script, *, ago: float) -> Virtual:
    """Open a connection that was said hello to; it answers in words of half a second."""
    script.word_ms = 500
    connection = Virtual(script)
    connection.run(1)
    connection.say("hello")
    connection.run(ago)
    return connection
