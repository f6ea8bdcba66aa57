"""A word for who waits while the model cannot be reached: recorded, since no model can say it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from livekit import rtc

from worker.goodbye import load_sound, play, voice_in

logger = logging.getLogger(__name__)

SENTENCE = "One moment, please."
SOUND = Path(__file__).parent / "sounds" / "moment.wav"
"""`SENTENCE`, spoken; how it was made stands beside it."""


async def hold(room: rtc.Room, *, needless: Callable[[], bool]) -> bool:
    """Say `SENTENCE` to everybody in the room; tells whether it was said.

    On a track of its own, which goes when it is over: the agent's own voice must not wait behind
    it. Takes some 9 s at the most.

    Args:
        needless: whether, when it is about to begin, nobody waits any more.
    """
    sound = await asyncio.to_thread(load_sound, SOUND)
    source = rtc.AudioSource(sound.sample_rate, sound.num_channels, queue_size_ms=200)
    try:
        async with voice_in(room, source, name="holding line"):
            if needless():
                return False
            await play(sound, source)
    except TimeoutError:
        return False
    finally:
        await source.aclose()
    logger.info("asked for a moment")
    return True
