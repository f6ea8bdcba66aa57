"""Another setup in mid-call: the connection is renewed in a pause and resumed; nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.genai import types
from livekit.agents import llm

from offline.gemini.senses import Actions
from offline.gemini.server import Service
from offline.gemini.thought import Prompt, Say
from tests.live.realtime import push, session_with
from tests.live.service import LOUD_10MS, SILENT_10MS, until
from worker.gemini.realtime import RealtimeSession


async def get_time() -> str:
    """Tell the time."""
    return "noon"


def setup_of(service: Service, number: int) -> Mapping[str, Any]:
    setup = service.accounts[number].setup
    assert setup is not None
    return dict(find(setup, "setup"))


def find(value: Any, *names: str) -> Any:
    """Look a value up whatever the case of its keys."""
    for name in names:
        keys = {key.replace("_", "").lower(): found for key, found in value.items()}
        value = keys[name.lower()]
    return value


def speak(session: RealtimeSession) -> None:
    push(session, LOUD_10MS, 50)
    push(session, SILENT_10MS, 150)


async def test_the_next_connection_is_what_was_asked_for_and_resumes_the_last() -> None:
    async with session_with() as (session, _, service):
        speak(session)
        await until(lambda: service.accounts and service.accounts[0].at("turn_complete"))
        detection = types.AutomaticActivityDetection(silence_duration_ms=1400)
        session.reconfigure(
            instructions="You are a tutor.",
            voice="Kore",
            tools=[llm.function_tool(get_time)],
            realtime_input=types.RealtimeInputConfig(automatic_activity_detection=detection),
        )
        await until(lambda: len(service.accounts) == 2 and service.accounts[1].at("setup_complete"))
        setup = setup_of(service, 1)
        speak(session)
        await until(lambda: service.accounts[1].turns)
    voice = find(setup, "generationConfig", "speechConfig", "voiceConfig", "prebuiltVoiceConfig")
    assert find(voice, "voiceName") == "Kore"
    assert find(setup, "systemInstruction", "parts")[0]["text"] == "You are a tutor."
    assert find(find(setup, "tools")[0], "functionDeclarations")[0]["name"] == "get_time"
    found = find(setup, "realtimeInputConfig", "automaticActivityDetection")
    assert find(found, "silenceDurationMs") == 1400
    assert find(setup, "sessionResumption", "handle")
    assert service.accounts[0].conversation == service.accounts[1].conversation
    assert [turn["role"] for turn in service.accounts[1].turns if turn["role"] != "model"] == [
        "user"
    ], "nothing but what was said may be told to the new connection"


def tell_a_story(_: Prompt) -> Actions:
    return tuple(Say(text=f"Sentence {number}.") for number in range(4))


async def test_a_reply_is_heard_to_its_end_first() -> None:
    async with session_with(tell_a_story) as (session, witness, service):
        speak(session)
        await until(lambda: witness.generations())
        message = await anext(aiter(witness.generations()[0].message_stream))
        session.reconfigure(voice="Kore")
        heard = [frame async for frame in message.audio_stream]
        await until(lambda: len(service.accounts) == 2)
    played = sum(frame.duration for frame in heard)
    assert round(played, 2) == round(len(service.accounts[0].spoken) / 48_000, 2)
    assert len(witness.generations()) == 1


async def test_what_was_asked_before_the_first_connection_is_in_its_setup() -> None:
    async with session_with() as (session, _, service):
        session.reconfigure(voice="Kore")
        await until(lambda: service.accounts and service.accounts[0].at("setup_complete"))
        setup = setup_of(service, 0)
    voice = find(setup, "generationConfig", "speechConfig", "voiceConfig", "prebuiltVoiceConfig")
    assert find(voice, "voiceName") == "Kore"


async def test_what_is_asked_during_a_dial_lets_it_be_and_is_in_the_next_setup() -> None:
    async with session_with() as (session, _, service):
        service.temper = service.temper.changed({"setup_ms": 200})
        await until(lambda: service.accounts)
        session.reconfigure(voice="Kore")
        await until(lambda: len(service.accounts) == 2 and service.accounts[1].at("setup_complete"))
        await until(session._lifeline.settled.is_set)
        speak(session)
        await until(lambda: service.accounts[1].turns)
        setup = setup_of(service, 1)
    voice = find(setup, "generationConfig", "speechConfig", "voiceConfig", "prebuiltVoiceConfig")
    assert find(voice, "voiceName") == "Kore"
    assert service.accounts[0].at("setup_complete")


async def test_how_speech_is_found_can_be_left_to_the_service_again() -> None:
    async with session_with() as (session, _, service):
        await until(lambda: service.accounts and service.accounts[0].at("setup_complete"))
        session.reconfigure(realtime_input=None)
        await until(lambda: len(service.accounts) == 2 and service.accounts[1].at("setup_complete"))
        assert "realtimeInputConfig" not in setup_of(service, 1)
