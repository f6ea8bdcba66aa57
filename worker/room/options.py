"""What a session takes from the room, and what it gives it."""

from __future__ import annotations

from livekit import rtc
from livekit.agents.voice import io, room_io

BITRATE = 80_000
"""Bits a second for the agent's voice, at most, without what loss protection (RED) adds.

From about 76 kb/s on Opus codes speech with CELT alone; below, with SILK beside it, which takes up
to three times the CPU, in silence too (CPU seconds a minute of the encoder's thread, livekit
1.1.21: 1.3 to 1.6 silent and 1.4 speaking at the library's default of 48 kb/s; 0.5 and 0.7 here).
On the wire, with RED: 160 instead of 85 kb/s while the agent speaks, nothing while it does not.
"""


def room_options(captions: io.TextOutput) -> room_io.RoomOptions:
    """The model's own audio in, no pictures (they go past the session), words through `captions`.

    Args:
        captions: Takes the agent's words in step with its voice.
    """
    return room_io.RoomOptions(
        # What the model takes, in the shortest frames: no resampler, no chunk that waits.
        audio_input=room_io.AudioInputOptions(
            sample_rate=16_000, frame_size_ms=10, auto_gain_control=False
        ),
        audio_output=room_io.AudioOutputOptions(track_publish_options=_publishing()),
        # `Chat` reads it: this would read everything, of any length.
        text_input=False,
        text_output=room_io.TextOutputOptions(next_in_chain=captions),
        video_input=False,
        # `Attendance` decides: somebody else may stay, or a reloading page may come back.
        close_on_disconnect=False,
    )


def _publishing() -> rtc.TrackPublishOptions:
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    options.audio_encoding.max_bitrate = BITRATE
    return options
