"""What a session takes from the room, and what it gives it."""

from __future__ import annotations

from livekit.agents.voice import io, room_io


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
        # `Chat` reads it: this would read everything, of any length.
        text_input=False,
        text_output=room_io.TextOutputOptions(next_in_chain=captions),
        video_input=False,
        # `Attendance` decides: somebody else may stay, or a reloading page may come back.
        close_on_disconnect=False,
    )
