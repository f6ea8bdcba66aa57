"""The worker, telling beside its work how long WebRTC holds back what it hears: `candid.py start`.

Job processes import this file too, as multiprocessing has it, and find their entrypoint here.
"""

from __future__ import annotations

import asyncio
import logging
import time

from livekit import rtc
from livekit.agents import JobContext

from tests.e2e.neteq import held
from worker import app, main

TOLD = "sound held back"
EVERY = 0.3
"""Seconds."""

logger = logging.getLogger(__name__)
_entrypoint = app.entrypoint


async def entrypoint(ctx: JobContext) -> None:
    """The worker's own, and a task beside it."""
    telling = asyncio.create_task(_tell(ctx.room), name="candid")

    async def silence() -> None:
        telling.cancel()

    ctx.add_shutdown_callback(silence)
    await _entrypoint(ctx)


async def _tell(room: rtc.Room) -> None:
    while True:
        await asyncio.sleep(EVERY)
        # Copies: others come and go while one is asked after.
        for identity, participant in list(room.remote_participants.items()):
            for publication in list(participant.track_publications.values()):
                if isinstance(publication.track, rtc.RemoteAudioTrack):
                    now = await held(publication.track)
                    facts = {"seconds": now.seconds, "samples": now.samples, "of": identity}
                    logger.info(TOLD, extra={**facts, "at": time.monotonic()})


# Not where a test imports it for its figures.
if __name__ == "__mp_main__":
    app.entrypoint = entrypoint

if __name__ == "__main__":
    main()
