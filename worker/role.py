"""Who the agent is in one call, and how that changes while the talk goes on."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable, Mapping
from typing import Any

from google.genai import types
from livekit.agents import Agent, AgentSession, llm

from tools import TOOLS
from tools.context import ToolContext
from worker.config.settings import Settings
from worker.gemini.lifeline import Lifeline
from worker.gemini.model import MANUAL, build_model, input_config
from worker.gemini.provided import PROVIDED
from worker.gemini.realtime import RealtimeSession
from worker.personas import Persona, VisionPacing

logger = logging.getLogger(__name__)

KNOWN: Mapping[str, llm.Tool] = {**TOOLS, **PROVIDED}
"""Every tool that a persona may have: our own, and those that Google runs."""


class Role:
    """The persona and the voice of one call.

    Another one is set up on a new connection, as soon as nobody speaks, that resumes the old one:
    the model keeps the thread, and nobody hears a gap.
    """

    def __init__(self, settings: Settings, persona: Persona) -> None:
        self._settings = settings
        self.persona = persona
        self.voice = settings.voice or persona.voice
        self.manual = False
        """Whether a button says when the user speaks."""
        self._session: AgentSession[Any] | None = None
        self._look: Callable[[VisionPacing], None] = lambda _: None
        self._tell: Callable[[str], None] = lambda _: None

    def open(
        self, lifeline: Lifeline, tls: ssl.SSLContext, userdata: ToolContext
    ) -> AgentSession[ToolContext]:
        """Open the session of a call, whose model the service is."""
        model = build_model(
            self._settings,
            voice=self.voice,
            lifeline=lifeline,
            tls=tls,
            detection=self.persona.activity_detection,
        )
        return AgentSession(
            llm=model,
            vad=None,
            turn_handling={"turn_detection": "realtime_llm"},
            user_away_timeout=None,
            # Browsers cancel echo themselves; the warm-up would deafen the agent for 3 s.
            aec_warmup_duration=None,
            userdata=userdata,
        )

    def agent(self) -> Agent:
        """The persona as LiveKit's framework knows it."""
        return Agent(instructions=self.persona.instructions, tools=self._tools())

    def serve(
        self,
        session: AgentSession[Any],
        look: Callable[[VisionPacing], None],
        tell: Callable[[str], None],
    ) -> None:
        """Play this role in a session.

        Args:
            look: Is told how a new persona looks.
            tell: Takes a sentence for the room and the record.
        """
        self._session, self._look, self._tell = session, look, tell

    async def become(self, persona: Persona) -> None:
        """Be somebody else from the next pause on; the settings' voice stays, if they have one.

        Who it is already, with that voice, it becomes without a word or another connection.

        Raises:
            RuntimeError: The session has not started or is over.
        """
        model, voice = self._model(), self._settings.voice or persona.voice
        if (persona, voice) == (self.persona, self.voice):
            return
        self.persona, self.voice = persona, voice
        model.reconfigure(
            instructions=persona.instructions,
            voice=self.voice,
            tools=self._tools(),
            realtime_input=self._input(),
        )
        await self._note()
        self._tell(f"The agent is now: {persona.title}.")
        self._look(persona.vision)
        logger.info("persona changed", extra={"persona": persona.name})

    async def speak_with(self, voice: str) -> None:
        """Have another voice from the next pause on.

        Raises:
            RuntimeError: The session has not started or is over.
        """
        model = self._model()
        if voice != self.voice:
            self.voice = voice
            model.reconfigure(voice=voice)
            self._tell(f"The agent's voice is now: {voice}.")

    def listen(self, *, manual: bool) -> None:
        """Have the user's turns marked by a button, or found by the service, from a pause on.

        Raises:
            RuntimeError: The session has not started or is over.
        """
        model = self._model()
        if manual is not self.manual:
            self.manual = manual
            model.reconfigure(realtime_input=self._input())

    def _input(self) -> types.RealtimeInputConfig | None:
        if self.manual:
            return MANUAL
        return input_config(self._settings, self.persona.activity_detection)

    def _model(self) -> RealtimeSession:
        if self._session is None:
            raise RuntimeError("no session to play a role in")
        model = self._session.current_agent.realtime_llm_session
        assert isinstance(model, RealtimeSession)
        return model

    async def _note(self) -> None:
        """Let the framework know, which runs the tools and keeps the history; nothing is sent."""
        assert self._session is not None
        agent = self._session.current_agent
        await agent.update_instructions(self.persona.instructions)
        await agent.update_tools(self._tools())

    def _tools(self) -> list[llm.Tool | llm.Toolset]:
        return [KNOWN[name] for name in self.persona.tools]
