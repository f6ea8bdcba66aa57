"""The agent's last words, when the model that speaks for it cannot be reached: a recording."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import wave
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from livekit import rtc

from worker.room.outbox import Outbox
from worker.room.posting import Posting
from worker.voice import ON_ITS_WAY

logger = logging.getLogger(__name__)

SENTENCE = "I am sorry, I have lost my connection and have to go. Goodbye."
SOUND = Path(__file__).parent / "sounds" / "goodbye.wav"
"""`SENTENCE`, spoken; how it was made stands beside it."""
LISTEN = 5.0
"""Seconds in which somebody must have begun to listen, or it is said to nobody."""
SPARE = 2.0
"""Seconds that playing may take longer than the sound is long."""

CLOSING = 3.0
"""Seconds that a session which has lost its model may take to end what it was saying."""
FAREWELL = 20.0
"""Seconds for all of it: to join the room, if need be, and to say goodbye in it."""


async def take_leave(
    room: rtc.Room, posting: Posting, outbox: Outbox, *, closed: asyncio.Event
) -> None:
    """Say goodbye aloud and in writing, and send the messages that wait.

    Args:
        closed: set when the session is closed; it is not waited for long.

    Raises:
        TimeoutError: the room was not even joined in that time.
    """
    async with asyncio.timeout(FAREWELL):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(closed.wait(), CLOSING)
        await posting.write(SENTENCE)
        heard = await say_goodbye(room, on_listened=outbox.start)
        logger.info("said goodbye", extra={"heard": heard})
    outbox.start()
    await outbox.aclose()


def load_sound(file: Path = SOUND) -> rtc.AudioFrame:
    """Read a whole WAV file, s16le mono. Blocks for some milliseconds."""
    with wave.open(str(file), "rb") as sound:
        count, rate = sound.getnframes(), sound.getframerate()
        return rtc.AudioFrame(sound.readframes(count), rate, sound.getnchannels(), count)


async def say_goodbye(room: rtc.Room, *, on_listened: Callable[[], None]) -> bool:
    """Say `SENTENCE` to everybody in the room; tells whether somebody listened to its end.

    On a track of its own: the session that had one is closed by now. Returns when the last sample
    has had time to be heard, after some 11 s at the latest.

    Args:
        on_listened: called when somebody listens and it is about to begin.
    """
    if not room.isconnected():
        return False
    sound = await asyncio.to_thread(load_sound)
    source = rtc.AudioSource(sound.sample_rate, sound.num_channels, queue_size_ms=200)
    try:
        async with voice_in(room, source, name="goodbye"):
            on_listened()
            await play(sound, source)
    except TimeoutError:
        logger.info("goodbye was not heard")
        return False
    finally:
        await source.aclose()
    return True


@contextlib.asynccontextmanager
async def voice_in(room: rtc.Room, source: rtc.AudioSource, *, name: str) -> AsyncIterator[None]:
    """Publish a source as one more voice for the length of the block, which begins when heard.

    Raises:
        TimeoutError: nobody listens within `LISTEN`.
    """
    track = rtc.LocalAudioTrack.create_audio_track(name, source)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    publication = await room.local_participant.publish_track(track, options)
    try:
        await asyncio.wait_for(publication.wait_for_subscription(), LISTEN)
        yield
    finally:
        if room.isconnected():
            await room.local_participant.unpublish_track(publication.sid)


async def play(sound: rtc.AudioFrame, source: rtc.AudioSource) -> None:
    """Play a whole sound; return when it has had time to be heard.

    Raises:
        TimeoutError: it takes `SPARE` longer than the sound is long.
    """
    # In short frames: a single one of this length would not fit in the source's queue.
    step = sound.sample_rate // 50
    async with asyncio.timeout(sound.duration + SPARE):
        for start in range(0, sound.samples_per_channel, step):
            part = sound.data[start : start + step]
            await source.capture_frame(
                rtc.AudioFrame(part.tobytes(), sound.sample_rate, sound.num_channels, len(part))
            )
        await source.wait_for_playout()
        await asyncio.sleep(ON_ITS_WAY)
