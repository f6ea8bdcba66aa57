"""First uses that are slow, gone through beforehand so that no call waits for them."""

from __future__ import annotations

import ssl

import anyio._backends._asyncio  # noqa: F401
import cv2
import httpx
import livekit.agents.llm.async_toolset  # noqa: F401
import numpy as np
import numpy.fft
import numpy.ma
from google.genai import Client, _live_converters, types
from livekit import local_inference
from livekit.agents import tokenize
from livekit.agents.llm import AgentConfigUpdate, ChatMessage
from livekit.agents.metrics import RealtimeModelMetrics
from livekit.agents.utils import http_context
from livekit.plugins.google.realtime import realtime_api
from pydantic import BaseModel

from worker.gemini.dial import client_options

FIRST_USES: tuple[type[BaseModel], ...] = (
    types.AudioTranscriptionConfig,
    types.Blob,
    types.FunctionCall,
    types.FunctionDeclaration,
    types.FunctionResponse,
    types.LiveClientContent,
    types.LiveClientToolResponse,
    types.LiveServerMessage,
    types.LiveServerSessionResumptionUpdate,
    types.LiveServerSetupComplete,
    types.LiveServerToolCall,
    types.LiveServerToolCallCancellation,
    types.LiveServerGoAway,
    types.ModalityTokenCount,
    types.PrebuiltVoiceConfig,
    types.SpeechConfig,
    types.Tool,
    types.Transcription,
    types.UsageMetadata,
    types.VoiceActivity,
    types.VoiceConfig,
    ChatMessage,
    RealtimeModelMetrics.InputTokenDetails,
    realtime_api._ChatCtxContent,
    realtime_api._ChatCtxToolResponse,
)
"""Models whose schemas pydantic builds when they are first used, 2 to 40 ms each, in a call."""


def rehearse(tls: ssl.SSLContext) -> None:
    """Touch what a first call would touch: each of these holds the loop 20 to 300 ms once.

    Imports that happen on first use (httpx's transport and its backend, a part of numpy that its
    first median takes 60 ms to import), pydantic schemas, OpenCV's encoder, the weights of the
    local ear. Nothing here starts a thread: what was rehearsed is forked.
    """
    local_inference.init_vad()
    httpx.AsyncClient(verify=tls)
    http_context._create_ssl_context()
    tokenize.basic.hyphenate_word("rehearsal")
    cv2.imencode(".jpg", np.zeros((64, 64, 3), np.uint8))
    for model in FIRST_USES:
        model.model_rebuild()
    # What pydantic asks of the types `dict` and `list` then takes 16 ms, once.
    AgentConfigUpdate(instructions="x")
    ChatMessage(role="user", content=["x"])
    client = Client(api_key="rehearsal", vertexai=False, http_options=client_options(tls))
    _rehearse_setup(client)
    client.close()
    message = types.LiveServerMessage.model_validate({"server_content": {"turn_complete": True}})
    message.model_dump()


def _rehearse_setup(client: Client) -> None:
    config = types.LiveConnectConfig(
        system_instruction=types.Content(parts=[types.Part(text="x")]),
        generation_config=types.GenerationConfig(candidate_count=1),
        context_window_compression=types.ContextWindowCompressionConfig(
            sliding_window=types.SlidingWindow(target_tokens=1)
        ),
        session_resumption=types.SessionResumptionConfig(),
    )
    parameters = types.LiveConnectParameters(model="models/rehearsal", config=config)
    _live_converters._LiveConnectParameters_to_mldev(
        api_client=client._api_client, from_object=parameters.model_dump(exclude_none=True)
    )
