"""Fall silent at the sample: what was handed over for playing is taken back at once.

The framework's output notes an interruption and empties WebRTC's queue (up to 200 ms) when its own
task next wakes, which waits for the end of the frame being played: 0 to 50 ms, 25 in the middle.
"""

from __future__ import annotations

from livekit import rtc
from livekit.agents import io
from livekit.rtc._ffi_client import FfiClient
from livekit.rtc._proto.ffi_pb2 import FfiRequest


def fall_silent(output: io.AudioOutput) -> None:
    """Cut what `output` plays, and drop what the room would still have heard of it."""
    output.clear_buffer()
    last = output
    while last.next_in_chain is not None:
        last = last.next_in_chain
    source = getattr(last, "_audio_source", None)
    if isinstance(source, rtc.AudioSource):
        _empty(source)


def _empty(source: rtc.AudioSource) -> None:
    """Empty the native queue alone.

    `AudioSource.clear_queue` would also forget how much was queued, from which the framework
    reckons at which word the speech was cut.
    """
    request = FfiRequest()
    request.clear_audio_buffer.source_handle = source._ffi_handle.handle
    FfiClient.instance.request(request)
