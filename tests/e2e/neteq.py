"""How long WebRTC's jitter buffer holds sound back: each listener's own, and never the same twice.

It depends on what a listener's first seconds were like: 40 to 180 ms, in the same room and at the
same time. So it is taken out of both sides wherever one listener is compared with another.
"""

from __future__ import annotations

from dataclasses import dataclass

from livekit import rtc


@dataclass(frozen=True, slots=True)
class Held:
    """What the buffer of one track has counted so far."""

    seconds: float
    """Of delay, summed over all samples."""
    samples: int

    def since(self, before: Held) -> float:
        """Return by how many seconds sound was held back between `before` and now."""
        return (self.seconds - before.seconds) / max(1, self.samples - before.samples)


async def held(track: rtc.Track) -> Held:
    """Read the count of a track that is received."""
    for stats in await track.get_stats():
        if stats.WhichOneof("stats") == "inbound_rtp":
            found = stats.inbound_rtp.inbound
            return Held(found.jitter_buffer_delay, found.jitter_buffer_emitted_count)
    return Held(0.0, 0)
