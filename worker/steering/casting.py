"""Who the agent is and how it sounds, as an app chooses."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from worker.errors import ControlError, PersonaError
from worker.gemini.families import VOICES
from worker.personas import load_persona, persona_names
from worker.role import KNOWN, Role
from worker.room.answers import PersonaAnswer, VoiceAnswer
from worker.room.controls import Method
from worker.room.requests import PersonaRequest, Request, VoiceRequest


class Casting:
    """Changes the role of one call."""

    def __init__(self, role: Role) -> None:
        self._role = role
        self.methods: Mapping[type[Request], Method] = {
            PersonaRequest: self.persona,
            VoiceRequest: self.voice,
        }

    async def persona(self, _: str, asked: PersonaRequest) -> PersonaAnswer:
        """Become somebody else.

        Raises:
            ControlError: there is no such persona, its file is wrong, or the call is at its end.
        """
        name = asked.name.lower()
        if name not in (names := await asyncio.to_thread(persona_names)):
            raise ControlError.unknown(f"no such persona; there are {', '.join(names)}")
        try:
            await self._role.become(await asyncio.to_thread(load_persona, name, tools=KNOWN))
        except PersonaError as error:
            raise ControlError.impossible("this persona's file is wrong") from error
        except RuntimeError as error:
            raise ControlError.impossible("the call is about to end") from error
        return PersonaAnswer(name=name, voice=self._role.voice)

    async def voice(self, _: str, asked: VoiceRequest) -> VoiceAnswer:
        """Speak with another voice.

        Raises:
            ControlError: there is no such voice, or the call is at its end.
        """
        name = asked.name.capitalize()
        if name not in VOICES:
            raise ControlError.unknown(f"no such voice; there are {', '.join(VOICES)}")
        try:
            await self._role.speak_with(name)
        except RuntimeError as error:
            raise ControlError.impossible("the call is about to end") from error
        return VoiceAnswer(name=name)
