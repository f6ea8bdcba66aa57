"""What the agent says of its own accord: the greeting, and what a tool has to announce."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from livekit.agents import AgentSession, UserInputTranscribedEvent

from worker.gemini.lifeline import Lifeline

logger = logging.getLogger(__name__)

TRIES = 3
QUIET = 8.0
"""Seconds that an announcement waits for a pause before it is made all the same."""


class Voice:
    """Speaks up at the right moment: when somebody listens, the model is there, nobody talks."""

    def __init__(self, session: AgentSession[Any], lifeline: Lifeline) -> None:
        self._session = session
        self._lifeline = lifeline
        self._addressed = False
        session.on("user_input_transcribed", self._on_user_words)

    async def greet(self, instructions: str) -> None:
        """Greet once somebody is subscribed to the voice, unless they have spoken first."""
        subscribed = self._session.room_io.subscribed_fut
        if subscribed is not None:
            await asyncio.shield(subscribed)
        await self._lifeline.connected.wait()
        if not self._addressed:
            self._session.generate_reply(instructions=instructions)

    async def announce(self, instructions: str) -> None:
        """Say something that is due now; said again if it was cut or the model did not answer."""
        for attempt in range(TRIES):
            await self._wait_for_pause()
            await self._lifeline.connected.wait()
            handle = self._session.generate_reply(instructions=instructions)
            await handle
            if not handle.interrupted and handle.exception() is None:
                return
            logger.info("announcement was cut, trying again", extra={"attempt": attempt})

    async def _wait_for_pause(self) -> None:
        try:
            async with asyncio.timeout(QUIET):
                await self._session.wait_for_idle()
        except TimeoutError:
            logger.debug("no pause for an announcement")

    def _on_user_words(self, _: UserInputTranscribedEvent) -> None:
        self._addressed = True
