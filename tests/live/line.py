"""A lifeline to the stand-in, and what a test does with it."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from google.genai import Client, types

from offline.gemini.server import Service
from worker.gemini.bounds import Bounds
from worker.gemini.dial import client_options
from worker.gemini.failures import Failure
from worker.gemini.lifeline import Lifeline
from worker.gemini.session import LiveSession
from worker.gemini.taps import Taps

MODEL = "gemini-3.8-live"
CONFIG = types.LiveConnectConfig(response_modalities=[types.Modality.AUDIO])
TEN_MS = b"\x10\x00" * 160
"""A frame that nobody takes for speech."""


@dataclass
class Diary:
    """What the taps were told."""

    connected: list[tuple[float, str]] = field(default_factory=list)
    lost: list[Failure | None] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    refused: list[Failure] = field(default_factory=list)
    refreshed: int = 0
    picture_comes: Callable[[], bool] = lambda: False
    """Has a picture taken when one is wanted; tells whether one is to come."""
    cuts: int = 0
    speech: list[bool] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)

    def taps(self) -> Taps:
        return Taps(
            connected=lambda seconds, how: self.connected.append((seconds, how)),
            lost=self.lost.append,
            tell=lambda level, text: self.told.append((level, text)),
            refused=self.refused.append,
            refresh=self.refresh,
            cut=self.cut,
            speech=self.speech.append,
            cancelled=self.cancelled.extend,
        )

    def refresh(self) -> bool:
        self.refreshed += 1
        return self.picture_comes()

    def cut(self) -> None:
        self.cuts += 1


def lifeline_to(
    url: str, tls: ssl.SSLContext, diary: Diary, *, bounds: Bounds | None = None
) -> Lifeline:
    options = client_options(tls)
    options.base_url = url
    client = Client(api_key="AIzaTest", vertexai=False, http_options=options)
    return Lifeline(
        taps=diary.taps(),
        bounds=bounds or Bounds(setup=5.0),
        clock=time.monotonic,
        jitter=lambda: 0.0,
    ).adopt(client)


async def ask(session: LiveSession, text: str) -> list[types.LiveServerMessage]:
    """Type a question; return the messages up to the end of its turn."""
    turn = types.Content(role="user", parts=[types.Part(text=text)])
    await session.send_client_content(turns=[turn], turn_complete=True)
    messages = []
    async for message in session.receive():
        messages.append(message)
        if message.server_content and message.server_content.turn_complete:
            break
    return messages


def drop(service: Service) -> None:
    """Close every connection with 1011, as a server in trouble does."""
    for connection in list(service._open.values()):
        connection.end(1011, "Internal error encountered.")
