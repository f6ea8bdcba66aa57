"""The dress rehearsal: a session without a room and without a service, before the first real one.

What a call does for the first time in a process is slow, whatever was rehearsed before the fork:
each page of memory that it writes to, if only to count a reference, is copied then. Between a job
and its `listening` 3800 pages and 55 ms of a core went into that; after a rehearsal 2200 and 39
(livekit-agents 1.8.9, Python 3.11, two cores).
"""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
import time
from typing import cast

import httpx
from google.genai import Client
from livekit import rtc

from tools.context import ToolContext
from worker.config.settings import Settings
from worker.gemini.bounds import Bounds
from worker.gemini.dial import client_options
from worker.gemini.lifeline import Lifeline
from worker.gemini.taps import Taps
from worker.personas import Persona
from worker.role import Role
from worker.room.cadence import keep_step
from worker.room.options import room_options
from worker.room.relay import Captions, Relay
from worker.start.rehearsing import shut_door, unheard
from worker.tasks import close_each

logger = logging.getLogger(__name__)

PATIENCE = 1.0
"""Seconds; it takes a tenth of that."""
NOBODYS = cast(ToolContext, None)
"""No tool is called."""


class Unanswered(Lifeline):
    """A lifeline whose service is not in."""

    address: str
    tls: ssl.SSLContext

    def adopt(self, client: Client) -> Lifeline:
        """Dial another address than that of the plugin's client."""
        options = client_options(self.tls)
        options.base_url = f"https://{self.address}"
        # Not by the operator's proxy.
        options.async_client_args = {**(options.async_client_args or {}), "proxy": None}
        return super().adopt(Client(api_key="rehearsal", vertexai=False, http_options=options))


def rehearse_call(settings: Settings, persona: Persona, tls: ssl.SSLContext) -> bool:
    """Begin a call that nobody hears, and end it; tells whether all of it went as in a real one.

    Whatever goes wrong there does so in a call too, which has words for it.
    """
    with unheard("livekit", "google_genai", "worker.gemini"):
        try:
            return asyncio.run(_call(settings, persona, tls))
        except (Exception, asyncio.CancelledError):
            logger.debug("rehearsal of a call failed", exc_info=True)
            return False


async def _call(settings: Settings, persona: Persona, tls: ssl.SSLContext) -> bool:
    dialled = asyncio.Event()
    with shut_door() as address:
        lifeline = Unanswered(
            taps=Taps(lost=lambda _: dialled.set()),
            bounds=Bounds(),
            clock=time.monotonic,
            jitter=random.random,
        )
        lifeline.tls, lifeline.address = tls, address
        role = Role(settings, persona)
        session = role.open(lifeline, tls, NOBODYS)
        captions = Captions(Relay(put=lambda _: None, agent=str, user=str))
        options = room_options(captions)
        try:
            async with asyncio.timeout(PATIENCE), httpx.AsyncClient(verify=tls):
                await session.start(
                    role.agent(), room=rtc.Room(), room_options=options, record=False
                )
                keeps_step = keep_step(session.output.audio)
                await dialled.wait()
        finally:
            async with asyncio.timeout(PATIENCE):
                await close_each(session.aclose, lifeline.aclose)
    return keeps_step
