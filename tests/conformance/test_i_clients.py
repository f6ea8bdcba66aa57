"""Section I: Google's own client, the LiveKit plugin and an AgentSession hold whole sessions."""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import Any

import cv2
import numpy as np
import pytest
from google import genai
from google.genai import types
from livekit import rtc
from livekit.agents import Agent, AgentSession, function_tool, io, llm, utils
from livekit.plugins import google

from offline.gemini.images import dimensions
from offline.gemini.server import Service
from tests.conformance.clients import (
    MODEL,
    MODEL_25,
    MODEL_SLOW,
    MODEL_TEXT,
    Script,
    call,
    genai_client,
    silence,
    tone,
    trust,
)
from tests.conformance.plugin import PLUGIN_WARNS, Plugged, plugged, take_in
from tests.conformance.tokens import create_token

pytestmark = PLUGIN_WARNS

FULL = types.LiveConnectConfig(
    response_modalities=[types.Modality.AUDIO],
    system_instruction="Be brief.",
    temperature=0.5,
    media_resolution=types.MediaResolution.MEDIA_RESOLUTION_LOW,
    speech_config=types.SpeechConfig(
        voice_config=types.VoiceConfig(
            prebuilt_voice_config=types.PrebuiltVoiceConfig(voice_name="Puck")
        )
    ),
    realtime_input_config=types.RealtimeInputConfig(
        automatic_activity_detection=types.AutomaticActivityDetection(silence_duration_ms=500)
    ),
    session_resumption=types.SessionResumptionConfig(),
    context_window_compression=types.ContextWindowCompressionConfig(
        trigger_tokens=100_000, sliding_window=types.SlidingWindow(target_tokens=50_000)
    ),
    input_audio_transcription=types.AudioTranscriptionConfig(),
    output_audio_transcription=types.AudioTranscriptionConfig(),
    tools=[types.Tool(function_declarations=[types.FunctionDeclaration(name="get_time")])],
)
TEXT = types.LiveConnectConfig(response_modalities=[types.Modality.TEXT])


async def turn(client: genai.Client, model: str, config: object) -> list[types.LiveServerMessage]:
    """Hold one typed turn."""
    async with client.aio.live.connect(model=model, config=config) as session:  # type: ignore[arg-type]
        await session.send_realtime_input(text="hello")
        return [message async for message in session.receive()]


@pytest.mark.parametrize(
    ("model", "config"),
    [(MODEL, {}), (MODEL, FULL), (MODEL_TEXT, TEXT), (MODEL_SLOW, {})],
    ids=["bare", "full", "text", "extended"],
)
async def test_item_92_googles_client_holds_a_turn(
    service: Service, model: str, config: object
) -> None:
    found = await turn(genai_client(service), model, config)
    last = found[-1].server_content
    assert last is not None
    assert last.turn_complete
    assert any(message.text if model == MODEL_TEXT else message.data for message in found)
    if model == MODEL_SLOW:
        assert last.interaction_status is not None
        assert last.interaction_status.value == "IDLE"


@pytest.mark.filterwarnings("ignore:The SDK's ephemeral token support is experimental")
async def test_item_92_googles_client_comes_with_a_token(service: Service) -> None:
    token = await create_token(service)
    found = await turn(genai_client(service, key=token, version="v1alpha"), MODEL, {})
    assert "Constrained" in service.accounts[0].path
    assert any(message.data for message in found)


@pytest.mark.parametrize("rate", [16_000, 48_000])
async def test_item_93_the_plugin_hears_and_is_heard(
    service: Service, script: Script, rate: int
) -> None:
    async with plugged(service) as session:
        await session.ready()
        session.push(tone(0.4, rate=rate) + silence(1.2, rate=rate), rate=rate)
        heard = await session.generation()
        assert heard.text == "All is well here today."
        assert len(heard.audio) >= 2 * 2400
        assert [one.transcript for one in session.transcripts if one.is_final] == [script.words]
        assert await session.metrics.get()


@pytest.fixture
def without_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the framework encode pictures with what we have: it insists on Pillow."""

    def encode(frame: rtc.VideoFrame, _: object) -> bytes:
        rgba = np.frombuffer(frame.data, np.uint8).reshape(frame.height, frame.width, 4)
        done, data = cv2.imencode(".jpg", rgba[:, :, 2::-1])
        assert done
        return data.tobytes()

    monkeypatch.setattr(utils.images, "encode", encode)


def film(width: int = 64, height: int = 48) -> rtc.VideoFrame:
    data = bytes(width * height * 4)
    return rtc.VideoFrame(width, height, rtc.VideoBufferType.RGBA, data)


@pytest.mark.usefixtures("without_pillow")
async def test_item_94_the_plugins_pictures_arrive_as_jpeg(service: Service) -> None:
    async with plugged(service) as session:
        await session.ready()
        session.session.push_video(film())
        await take_in(await session.session.generate_reply())
    [frame] = service.accounts[0].frames
    assert (frame.mime, frame.width, frame.height) == ("image/jpeg", 64, 48)
    assert dimensions(service.accounts[0].picture(0) or b"") == (64, 48)


@pytest.mark.parametrize("model", [MODEL, MODEL_25])
@pytest.mark.parametrize("instructions", [None, "Greet the user."])
async def test_item_95_a_reply_is_asked_for(
    service: Service, script: Script, model: str, instructions: str | None
) -> None:
    given = {"instructions": instructions} if instructions else {}
    async with plugged(service, model.removeprefix("models/")) as session, asyncio.timeout(5):
        await session.ready()
        created = await session.session.generate_reply(**given)  # type: ignore[arg-type]
        assert created.user_initiated
        assert (await take_in(created)).text
    assert (script.prompts[0].instructions == instructions) is bool(instructions)


@function_tool
async def get_time() -> str:
    """Tell the time."""
    return "noon"


async def respond(session: Plugged, calls: list[llm.FunctionCall], output: str = "noon") -> None:
    """Give the plugin the results of calls, as AgentSession does."""
    context = session.session.chat_ctx.copy()
    for one in calls:
        answer = llm.FunctionCallOutput(
            call_id=one.call_id, name=one.name, output=output, is_error=output != "noon"
        )
        context.items += [one, answer]
    await session.session.update_chat_ctx(context)


@pytest.mark.parametrize(("count", "output"), [(1, "noon"), (2, "noon"), (1, "It broke.")])
async def test_item_96_tools_make_the_round_trip(
    service: Service, script: Script, count: int, output: str
) -> None:
    script.words = "time"
    script.answers["time"] = (call(),) * count
    async with plugged(service) as session:
        await session.ready()
        await session.session.update_tools([get_time])
        session.push(tone(0.2) + silence(1))
        calls = (await session.generation()).calls
        assert len(calls) == count
        await respond(session, calls, output)
        assert (await session.generation()).text == "The tool said so."
    account = service.accounts[-1]
    responses = [one["response"] for one in account.tool_responses]
    key = "output" if output == "noon" else "error"
    assert responses == [{key: output}] * count


async def test_item_97_a_voice_interrupts(service: Service, script: Script) -> None:
    script.word_ms = 400
    service.temper = service.temper.changed({"pace": 1})
    async with plugged(service) as session:
        await session.ready()
        session.session.generate_reply()
        reading = asyncio.create_task(session.generation())
        await session.sounding.wait()
        session.push(tone(0.2))
        assert len((await reading).audio) < 2 * 48_000
        assert session.speech_started == 1
        session.push(silence(1))
        assert (await session.generation()).text == "All is well here today."


class Camera(io.VideoInput):
    """Shows a picture every 5 ms, `count` times."""

    def __init__(self, count: int) -> None:
        super().__init__(label="camera")
        self._left = itertools.repeat(film(), count)
        self.over = asyncio.Event()

    async def __anext__(self) -> rtc.VideoFrame:
        await asyncio.sleep(0.005)
        for frame in self._left:
            return frame
        self.over.set()
        raise StopAsyncIteration


class Paced:
    """A sampler of `fps`, as the framework's is, on a monotonic clock."""

    def __init__(self, fps: float) -> None:
        self._interval, self._due = 1 / fps, 0.0

    def __call__(self, frame: rtc.VideoFrame, session: AgentSession[Any]) -> bool:
        now = time.monotonic()
        if now < self._due:
            return False
        self._due = now + self._interval
        return True


@pytest.mark.usefixtures("without_pillow")
async def test_item_101_an_agent_session_shows_paced_pictures(service: Service) -> None:
    http = types.HttpOptions(base_url=service.url, async_client_args={"ssl": trust(service)})
    model = google.realtime.RealtimeModel(model="gemini-3.8-live", api_key="k", http_options=http)
    camera = Camera(60)
    session = AgentSession[None](llm=model, video_sampler=Paced(20))
    session.input.video = camera
    await session.start(Agent(instructions="Be brief."))
    try:
        await camera.over.wait()
        await session.generate_reply(instructions="Greet.", input_modality="text")
    finally:
        await session.aclose()
        await model.aclose()
    account = service.accounts[0]
    times = [frame.at for frame in account.frames]
    assert len(times) >= 3
    assert {(frame.width, frame.height) for frame in account.frames} == {(64, 48)}
    spacing = (times[-1] - times[0]) / (len(times) - 1)
    assert 0.045 <= spacing <= 0.5
    assert "All is well here today." in [turn["text"] for turn in account.turns]
