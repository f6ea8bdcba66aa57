"""What an app may have the agent say, and when it has to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from livekit.agents import AgentSession

from worker.departure import Departure
from worker.errors import ControlError
from worker.gemini.lifeline import Lifeline
from worker.room.answers import EndAnswer, InterruptAnswer, SayAnswer
from worker.room.controls import Method
from worker.room.requests import EndRequest, InterruptRequest, Request, SayRequest
from worker.tasks import Tasks
from worker.voice import Voice

MOST = 8
"""Texts that may wait to be said."""


class Speaking:
    """Steers the voice of one call."""

    def __init__(
        self,
        session: AgentSession[Any],
        voice: Voice,
        lifeline: Lifeline,
        departure: Departure,
        tasks: Tasks,
    ) -> None:
        self._session, self._voice, self._lifeline = session, voice, lifeline
        self._departure, self._tasks = departure, tasks
        self._sayings: set[asyncio.Task[None]] = set()
        self.methods: Mapping[type[Request], Method] = {
            SayRequest: self.say,
            InterruptRequest: self.interrupt,
            EndRequest: self.end,
        }

    async def say(self, _: str, asked: SayRequest) -> SayAnswer:
        """Say a text, in the next pause or at once.

        Raises:
            ControlError: too much waits to be said, or the call is at its end.
        """
        if asked.interrupt:
            self._silence()
        if len(self._sayings) >= MOST:
            raise ControlError.busy("too much waits to be said already")
        saying = self._tasks.spawn(self._voice.say(asked.text), "say")
        self._sayings.add(saying)
        saying.add_done_callback(self._sayings.discard)
        return SayAnswer(text=asked.text)

    async def interrupt(self, _: str, asked: InterruptRequest) -> InterruptAnswer:
        """Fall silent, and forget what was still to be said on request.

        Raises:
            ControlError: the call is at its end.
        """
        return InterruptAnswer(interrupted=self._silence())

    async def end(self, _: str, asked: EndRequest) -> EndAnswer:
        """End the call for everybody."""
        self._departure.end(self._voice.take_leave if asked.goodbye else None)
        return EndAnswer(goodbye=asked.goodbye)

    def _silence(self) -> bool:
        """Stop the voice here and the model there; tells whether either was at it."""
        speaking = self._session.agent_state == "speaking"
        for saying in self._sayings:
            saying.cancel()
        self._sayings.clear()
        self._voice.hush()
        try:
            self._session.interrupt(force=True)
        except RuntimeError as error:
            raise ControlError.impossible("the call is about to end") from error
        self._voice.fall_silent()
        return self._lifeline.stop() or speaking
