"""What the agent says of its own accord: the greeting, and what a tool has to announce."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

from google.genai import types
from livekit.agents import AgentSession, SpeechCreatedEvent, UserInputTranscribedEvent

from worker.gemini.lifeline import Lifeline
from worker.room.mouth import fall_silent

logger = logging.getLogger(__name__)

TRIES = 3
QUIET = 8.0
"""Seconds that an announcement waits for a pause before it is made all the same."""
LATE = 10.0
"""Seconds in which an answer may still come that the plugin no longer waits for."""

SAY = "Say the following to the user, word for word and nothing else:\n{text}"
GOODBYE = "Say goodbye to the user in one short sentence: the call ends now. Ask nothing."

LOOK = 0.1
"""Seconds between two looks for a pause; that somebody is owed a reply is told to nobody."""
ON_ITS_WAY = 0.4
"""Seconds from the last sample sent until it is heard: network and the listener's jitter buffer."""


class Voice:
    """Speaks up at the right moment: when somebody listens, the model is there, nobody talks."""

    def __init__(self, session: AgentSession[Any], lifeline: Lifeline) -> None:
        self._session = session
        self._lifeline = lifeline
        self._addressed = False
        self._spoke = asyncio.Event()
        self._hushed = 0
        session.on("user_input_transcribed", self._on_user_words)
        session.on("speech_created", self._on_speech)

    async def greet(self, instructions: str, heard: asyncio.Future[None] | None) -> None:
        """Greet once somebody can hear it, unless they have spoken or typed first.

        Args:
            heard: done when somebody is subscribed to the voice; None where nobody subscribes.
        """
        if heard is not None:
            await asyncio.shield(heard)
        await self._lifeline.connected.wait()
        if not self._addressed:
            self._session.generate_reply(instructions=instructions)

    def fall_silent(self) -> None:
        """Let nothing more be heard of a speech that was cut.

        The framework does so too, but when its captions have ended, which may wait for the network.
        """
        speech, audio = self._session.current_speech, self._session.output.audio
        if audio is not None and speech is not None and speech.interrupted:
            fall_silent(audio)

    async def announce(self, instructions: str) -> None:
        """Say something that is due now; said again if it was cut or the model did not answer."""
        hushed = self._hushed
        for attempt in range(TRIES):
            await self._wait_for_pause()
            await self._lifeline.connected.wait()
            self._spoke.clear()
            handle = self._session.generate_reply(instructions=instructions)
            await handle
            if handle.exception() is not None and await self._speaks_late():
                return
            if self._hushed > hushed or not handle.interrupted and handle.exception() is None:
                return
            logger.info("announcement was cut, trying again", extra={"attempt": attempt})

    async def say(self, text: str) -> None:
        """Say a text at the next pause; it is not said again if it was cut."""
        # The end of what was cut before, which the service tells late, would cut this too.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(QUIET):
                await self._wait_for_quiet()
        await self._lifeline.connected.wait()
        await self._session.generate_reply(instructions=SAY.format(text=text))

    async def take_leave(self) -> None:
        """Say goodbye at the next pause."""
        await self._wait_for_pause()
        await self._session.generate_reply(instructions=GOODBYE)

    def hush(self) -> None:
        """Somebody wants silence: what is cut now is not said again."""
        self._hushed += 1

    async def hint(self, words: str) -> None:
        """Let the model know something, without a reply, when nobody speaks or waits for one.

        Content that arrives in mid-reply would cut it, so this may take as long as the talk does.
        """
        await self._wait_for_quiet()
        turn = types.Content(role="user", parts=[types.Part(text=words)])
        self._lifeline.say([turn], turn_complete=False)

    async def _wait_for_quiet(self) -> None:
        """Wait until nobody speaks, neither here nor at the service, or waits for a reply."""
        talk = self._lifeline.course.talk
        await self._session.wait_for_idle()
        while talk.heard or not talk.at_boundary or not self._lifeline.connected.is_set():
            await asyncio.sleep(LOOK)
            await self._session.wait_for_idle()

    async def _wait_for_pause(self) -> None:
        try:
            async with asyncio.timeout(QUIET):
                await self._session.wait_for_idle()
        except TimeoutError:
            logger.debug("no pause for an announcement")

    async def _speaks_late(self) -> bool:
        """Whether the model still answers what the plugin gave up on after its 5 s."""
        try:
            async with asyncio.timeout(LATE):
                await self._spoke.wait()
        except TimeoutError:
            return False
        return True

    def on_addressed(self) -> None:
        """Somebody has spoken or typed to the agent."""
        self._addressed = True

    def _on_user_words(self, _: UserInputTranscribedEvent) -> None:
        self.on_addressed()

    def _on_speech(self, event: SpeechCreatedEvent) -> None:
        if not event.user_initiated:
            self._spoke.set()
