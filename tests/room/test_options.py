"""What a session takes from the room and gives it, as the framework understands it."""

from __future__ import annotations

from livekit import rtc
from livekit.agents.voice import io

from worker.room.options import BITRATE, room_options


class Words(io.TextOutput):
    """Takes words and does nothing with them."""

    def __init__(self) -> None:
        super().__init__(label="words", next_in_chain=None)

    async def capture_text(self, text: str) -> None: ...

    def flush(self) -> None: ...


def test_the_microphone_comes_as_the_model_takes_it_in_the_shortest_frames() -> None:
    audio = room_options(Words()).get_audio_input_options()
    assert audio is not None
    assert (audio.sample_rate, audio.num_channels, audio.frame_size_ms) == (16_000, 1, 10)
    assert audio.auto_gain_control is False


def test_the_voice_is_a_microphone_to_the_room_coded_by_celt_alone() -> None:
    audio = room_options(Words()).get_audio_output_options()
    assert audio is not None
    publishing = audio.track_publish_options
    assert publishing.source == rtc.TrackSource.SOURCE_MICROPHONE
    assert publishing.audio_encoding.max_bitrate == BITRATE >= 76_000
    # Left as they are by default: silence costs nothing on the wire, a lost packet nothing to hear.
    assert not publishing.HasField("dtx")
    assert not publishing.HasField("red")


def test_pictures_and_typed_text_go_past_the_session() -> None:
    words = Words()
    options = room_options(words)
    assert options.get_video_input_options() is None
    assert options.get_text_input_options() is None
    text = options.get_text_output_options()
    assert text is not None
    assert text.next_in_chain is words
