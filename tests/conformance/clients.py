"""The outer edge of the conformance tests: scripted senses and a bare WebSocket client."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import pytest
from google import genai
from google.genai import types
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError

from offline.gemini import sight
from offline.gemini.mind import STORY
from offline.gemini.senses import Actions, Senses
from offline.gemini.server import Service
from offline.gemini.thought import Call, Prompt, Say

DEV = "/ws/google.ai.generativelanguage.{}.GenerativeService.BidiGenerateContent"
DEV_V1 = DEV.format("v1")
VERTEX = "/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent"
KEY = {"x-goog-api-key": "offline"}
MODEL = "models/gemini-3.8-live"
MODEL_31 = "models/gemini-3.1-flash-live-preview"
MODEL_25 = "models/gemini-2.5-flash-native-audio-preview-12-2025"
MODEL_TEXT = "models/gemini-live-2.5-flash-preview"
MODEL_SLOW = "models/gemini-3.8-live-extended-thinking"
MODEL_VERTEX = "projects/p/locations/l/publishers/google/models/gemini-live-2.5-flash-native-audio"

INVALID = (1007, "Request contains an invalid argument.")

Message = dict[str, object]


@dataclass
class Script:
    """What the stand-in hears and thinks in a test; 20 ms of tone for every word it speaks."""

    words: str = "hello there"
    answers: dict[str, Actions] = field(default_factory=dict)
    """By what was typed or heard; anything else gets one short sentence."""
    on_results: Actions = (Say(text="The tool said so."),)
    prompts: list[Prompt] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)
    word_ms: int = 20

    def senses(self) -> Senses:
        return Senses(
            transcribe=self._transcribe, look=sight.look, think=self._think, speak=self._speak
        )

    def _transcribe(self, pcm: bytes) -> str:
        self.heard.append(pcm)
        return self.words

    def _think(self, prompt: Prompt) -> Actions:
        self.prompts.append(prompt)
        if prompt.results:
            return self.on_results
        return self.answers.get(prompt.text, (Say(text="All is well here today."),))

    def _speak(self, text: str) -> bytes:
        return tone(self.word_ms / 1000 * len(text.split()), rate=24_000)


def tone(seconds: float, *, rate: int = 16_000) -> bytes:
    """Return a loud tone, s16le mono."""
    at = np.arange(round(seconds * rate)) / rate
    return (np.sin(at * 2 * np.pi * 440) * 12_000).astype("<i2").tobytes()


def silence(seconds: float, *, rate: int = 16_000) -> bytes:
    return bytes(2 * round(seconds * rate))


def picture(kind: str = ".jpg", *, width: int = 64, height: int = 48) -> bytes:
    """Return a black still image."""
    done, data = cv2.imencode(kind, np.zeros((height, width, 3), np.uint8))
    assert done
    return data.tobytes()


def call(name: str = "get_time", **args: object) -> Call:
    return Call(name=name, args=args)


def tool(name: str = "get_time", behavior: str | None = None) -> dict[str, object]:
    parameters = {"type": "OBJECT", "properties": {}}
    declaration: dict[str, object] = {"name": name, "parameters": parameters}
    return declaration | ({"behavior": behavior} if behavior else {})


def tools(*declarations: Mapping[str, object]) -> list[dict[str, object]]:
    return [{"functionDeclarations": list(declarations)}]


class Raw:
    """A client that knows nothing but frames."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, **message: object) -> None:
        await self.socket.send(json.dumps(message))

    async def setup(self, model: str = MODEL, **fields: object) -> Message:
        """Send a setup and return the first reply."""
        await self.send(setup={"model": model} | fields)
        return await self.next()

    async def next(self) -> Message:
        """Return the next message that is not empty."""
        while True:
            found = json.loads(await self.socket.recv())
            assert isinstance(found, dict)
            if found and found != {"serverContent": {}}:
                return found

    async def until(self, matches: Callable[[Message], bool]) -> list[Message]:
        """Return everything up to the first message that matches, which comes last."""
        found: list[Message] = []
        while not found or not matches(found[-1]):
            found.append(await self.next())
        return found

    async def turn(self) -> list[Message]:
        """Return everything up to a turnComplete."""
        return await self.until(lambda message: "turnComplete" in content(message))

    async def audio(self, pcm: bytes, *, mime: str = "audio/pcm;rate=16000") -> None:
        data = base64.b64encode(pcm).decode()
        await self.send(realtimeInput={"audio": {"data": data, "mimeType": mime}})

    async def speak(self, seconds: float = 0.3) -> None:
        """Send a sound and the silence that ends it."""
        await self.audio(tone(seconds))
        await self.audio(silence(0.85))

    async def text(self, text: str) -> None:
        await self.send(realtimeInput={"text": text})

    async def picture(self, image: bytes, *, mime: str = "image/jpeg") -> None:
        data = base64.b64encode(image).decode()
        await self.send(realtimeInput={"video": {"data": data, "mimeType": mime}})

    async def say(self, *turns: tuple[str, str], final: bool = True) -> None:
        """Send clientContent: pairs of role and text."""
        listed = [{"role": role, "parts": [{"text": text}]} for role, text in turns]
        await self.send(clientContent={"turns": listed, "turnComplete": final})

    async def respond(self, *ids: str, **fields: object) -> None:
        listed = [
            {"id": id_, "name": "get_time", "response": {"output": 1}} | fields for id_ in ids
        ]
        await self.send(toolResponse={"functionResponses": listed})

    async def closed(self) -> tuple[int, str]:
        """Read until the server closes; return its code and reason."""
        # A close other than 1000 and 1001 ends the iteration with an error.
        with contextlib.suppress(ConnectionClosedError):
            async for _ in self.socket:
                pass
        assert self.socket.close_code is not None
        return self.socket.close_code, self.socket.close_reason or ""


async def quiet(client: Raw, seconds: float = 0.03) -> None:
    """Expect no message."""
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.next(), seconds)


async def begin_story(client: Raw, service: Service, script: Script) -> list[Message]:
    """Have the model in the middle of a long answer; return what came of it so far."""
    service.temper = replace(service.temper, pace=1)
    script.answers["story"] = (Say(text=STORY),)
    script.word_ms = 200
    await client.say(("user", "story"))
    begun = await client.until(lambda message: bool(sound([message])))
    script.word_ms = 20
    return begun


def content(message: Message) -> Message:
    """Return a message's serverContent, {} if it has none."""
    found = message.get("serverContent", {})
    assert isinstance(found, dict)
    return found


def kinds(messages: list[Message]) -> list[str]:
    """Return what each message is: its top-level key, or the keys of its serverContent."""
    return ["+".join(content(message)) or next(iter(message)) for message in messages]


def sound(messages: list[Message]) -> list[bytes]:
    """Return the audio chunks among messages."""
    chunks = []
    for part in parts(messages):
        inline = part.get("inlineData")
        if isinstance(inline, dict):
            chunks.append(base64.b64decode(inline["data"]))
    return chunks


def parts(messages: list[Message]) -> list[Message]:
    """Return all model parts among messages."""
    turns = [content(message).get("modelTurn", {"parts": []}) for message in messages]
    return [part for turn in turns if isinstance(turn, dict) for part in turn["parts"]]


def words(messages: list[Message]) -> list[str]:
    """Return the output transcription fragments among messages."""
    found = [content(message).get("outputTranscription") for message in messages]
    return [piece["text"] for piece in found if isinstance(piece, dict)]


def call_ids(message: Message) -> list[str]:
    """Return the ids of a toolCall message."""
    body = message["toolCall"]
    assert isinstance(body, dict)
    return [one["id"] for one in body["functionCalls"]]


def trust(service: Service) -> ssl.SSLContext:
    # The file's first certificate is the service's own; reading all of them takes 35 ms a client.
    own, mark, _ = service.ca_file.read_text().partition("-----END CERTIFICATE-----")
    return ssl.create_default_context(cadata=own + mark)


@asynccontextmanager
async def raw(
    service: Service,
    path: str = DEV_V1,
    headers: Mapping[str, str] | None = None,
    **options: object,
) -> AsyncIterator[Raw]:
    """Connect a bare WebSocket."""
    uri = service.url.replace("https", "wss") + path
    async with connect(
        uri,
        ssl=trust(service),
        additional_headers=dict(KEY if headers is None else headers),
        max_size=None,
        proxy=None,
        close_timeout=1,
        **options,  # type: ignore[arg-type]
    ) as socket:
        yield Raw(socket)


def genai_client(
    service: Service, *, key: str = "offline", version: str | None = None
) -> genai.Client:
    """Return Google's own client, pointed at the service."""
    options = types.HttpOptions(
        base_url=service.url, api_version=version, async_client_args={"ssl": trust(service)}
    )
    return genai.Client(api_key=key, http_options=options)
