"""How the agent comes into its room: asked for first, so that all else goes on beside it."""

from __future__ import annotations

import asyncio

from livekit.agents import AutoSubscribe, JobContext

from worker.room.nodelay import send_at_once
from worker.room.voices import Voices


async def arrive(ctx: JobContext) -> asyncio.Task[None]:
    """Ask to be let into the room; what is returned is done when we are, and raises if we are not.

    LiveKit's native library works on it for 100 ms, in threads of its own. Voices alone are
    subscribed to; of pictures, the eyes choose.
    """
    joining = asyncio.create_task(_join(ctx), name="arrival")
    # The request leaves in the task's first step.
    await asyncio.sleep(0)
    return joining


async def _join(ctx: JobContext) -> None:
    # One connection for both directions, as is the library's way: with two, a camera that was let
    # go of soon after it had come is never received again (livekit 1.1, livekit-server 1.13.5).
    await ctx.connect(auto_subscribe=AutoSubscribe.AUDIO_ONLY)
    send_at_once()
    voices = Voices(ctx.room)
    ctx.add_shutdown_callback(voices.aclose)
    voices.start()
