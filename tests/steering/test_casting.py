"""An app chooses from the personas and voices there are, by names a person would type."""

from __future__ import annotations

import pytest

from tests.environment import ENVIRONMENT
from tests.live.service import until
from tests.live.talking import talking
from tests.steering.test_listening import FakeRole
from tools import TOOLS
from worker.config.settings import Settings
from worker.errors import ControlError
from worker.gemini.families import VOICES
from worker.personas import load_persona, persona_names
from worker.role import Role
from worker.room.requests import PersonaRequest, VoiceRequest
from worker.steering.casting import Casting


@pytest.fixture
def role() -> Role:
    return FakeRole(Settings.from_env(ENVIRONMENT), load_persona("guide", tools=TOOLS))


async def test_becomes_another_persona_with_another_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    async with talking(monkeypatch) as scene:
        casting = Casting(scene.role)
        answer = await casting.persona("ann", PersonaRequest(name="Tutor"))
        voice = await casting.voice("ann", VoiceRequest(name="puck"))
        await until(lambda: len(scene.service.accounts) == 2)
        await until(lambda: scene.service.accounts[1].at("setup_complete"))
        setup = str(scene.service.accounts[1].setup)
    assert (answer.name, scene.role.persona.name) == ("tutor", "tutor")
    assert (voice.name, scene.role.voice) == ("Puck", "Puck")
    assert "Puck" in setup


@pytest.mark.parametrize("name", persona_names())
async def test_every_persona_there_is_can_be_become(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    async with talking(monkeypatch) as scene:
        answer = await Casting(scene.role).persona("ann", PersonaRequest(name=name))
    assert answer.voice == load_persona(name).voice


@pytest.mark.parametrize("name", ["pirate", "../guide", "guide.toml", "guide\x00"])
async def test_names_the_personas_there_are(role: Role, name: str) -> None:
    with pytest.raises(ControlError) as refusal:
        await Casting(role).persona("ann", PersonaRequest(name=name))
    assert refusal.value.code == 4404
    assert all(known in str(refusal.value) for known in persona_names())
    assert name not in str(refusal.value)


async def test_names_the_voices_there_are(role: Role) -> None:
    with pytest.raises(ControlError) as refusal:
        await Casting(role).voice("ann", VoiceRequest(name="Pavarotti"))
    assert refusal.value.code == 4404
    assert all(voice in str(refusal.value) for voice in VOICES)


async def test_a_call_that_has_not_begun_or_is_over_says_so(role: Role) -> None:
    casting = Casting(role)
    with pytest.raises(ControlError) as persona:
        await casting.persona("ann", PersonaRequest(name="tutor"))
    with pytest.raises(ControlError) as voice:
        await casting.voice("ann", VoiceRequest(name="Puck"))
    assert (persona.value.code, voice.value.code) == (4409, 4409)
