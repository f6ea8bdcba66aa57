"""The stand-in in the test's own process, without delays, and clients that trust it."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable

from offline.gemini.senses import Actions, Senses
from offline.gemini.server import Service
from offline.gemini.sight import look
from offline.gemini.temper import INSTANT
from offline.gemini.thought import Prompt, Say

LOUD_10MS = b"\x00\x20\x00\xe0" * 80
SILENT_10MS = bytes(320)


def say_yes(_: Prompt) -> Actions:
    """The simplest mind."""
    return (Say(text="Yes."),)


def senses(think: Callable[[Prompt], Actions] = say_yes) -> Senses:
    """Senses that hear the same words in every utterance and answer with 0.3 s of noise."""
    return Senses(
        transcribe=lambda _: "hello there",
        look=look,
        think=think,
        speak=lambda _: LOUD_10MS * 30,
    )


SENSES = senses()


@contextlib.asynccontextmanager
async def standin(
    think: Callable[[Prompt], Actions] = say_yes, *, api_key: str = ""
) -> AsyncIterator[tuple[Service, ssl.SSLContext]]:
    """A stand-in without delays, and a context that trusts it."""
    temper = INSTANT.changed({"api_key": api_key, "silence_ms": 100})
    async with Service.start(senses=senses(think), temper=temper) as service:
        yield service, ssl.create_default_context(cafile=service.ca_file)


async def until(condition: Callable[[], object], *, within: float = 3.0) -> None:
    """Wait for something that has no event of its own."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)
