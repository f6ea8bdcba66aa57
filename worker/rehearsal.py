"""First uses that are slow, gone through in an idle process so that no call waits for them."""

from __future__ import annotations

import gc
import ssl

import anyio._backends._asyncio  # noqa: F401
import cv2
import httpx
import numpy as np
import numpy.fft
from google.genai import Client, _live_converters, types
from livekit import rtc
from livekit.agents import tokenize
from livekit.agents.utils import http_context

from worker.gemini.dial import client_options


def rehearse(tls: ssl.SSLContext) -> None:
    """Touch what a first call would touch: each of these holds the loop 20 to 300 ms once.

    Imports that happen on first use (httpx's transport and its backend), pydantic schemas that are
    built when a class is first used, the start of LiveKit's native runtime, OpenCV's encoder.
    """
    httpx.AsyncClient(verify=tls)
    http_context._create_ssl_context()
    tokenize.basic.hyphenate_word("rehearsal")
    rtc.AudioResampler(input_rate=24_000, output_rate=16_000)
    cv2.imencode(".jpg", np.zeros((64, 64, 3), np.uint8))
    client = Client(api_key="rehearsal", vertexai=False, http_options=client_options(tls))
    _rehearse_setup(client)
    client.close()
    types.LiveServerMessage.model_validate({"server_content": {"turn_complete": True}})
    # A collection that walks all of this takes 100 ms; nothing of it will ever be garbage.
    gc.collect()
    gc.freeze()


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
