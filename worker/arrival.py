"""How the agent comes into its room: asked for first, so that all else goes on beside it."""

from __future__ import annotations

import asyncio

from livekit.agents import AutoSubscribe, JobContext


async def arrive(ctx: JobContext) -> asyncio.Task[None]:
    """Ask to be let into the room; what is returned is done when we are, and raises if we are not.

    LiveKit's native library works on it for 100 ms, in threads of its own. Voices alone are
    subscribed to; of pictures, the eyes choose.
    """
    joining = asyncio.create_task(
        # Two connections, one for each direction: over a single one the first attribute, which
        # tells the room that the agent listens, is 10 to 30 ms longer on its way.
        ctx.connect(auto_subscribe=AutoSubscribe.AUDIO_ONLY, single_peer_connection=False),
        name="arrival",
    )
    # The request leaves in the task's first step.
    await asyncio.sleep(0)
    return joining
