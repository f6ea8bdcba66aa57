"""Width and height of a still image, read from its first bytes."""

from __future__ import annotations

import struct

# Start-of-frame markers of JPEG: C0-CF without the tables DHT, JPG and DAC.
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def dimensions(image: bytes) -> tuple[int, int] | None:
    """Return (width, height) of a JPEG, PNG or WebP; None for anything else or cut short."""
    try:
        if image[:2] == b"\xff\xd8":
            return _jpeg(image)
        if image[:8] == b"\x89PNG\r\n\x1a\n":
            width, height = struct.unpack_from(">II", image, 16)
            return width, height
        if image[:4] == b"RIFF" and image[8:12] == b"WEBP":
            return _webp(image)
    except (struct.error, IndexError):
        return None
    return None


def _jpeg(image: bytes) -> tuple[int, int] | None:
    at = 2
    while at < len(image):
        if image[at] != 0xFF:
            return None
        marker = image[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _FRAME_MARKERS:
            height, width = struct.unpack_from(">HH", image, at + 5)
            return width, height
        at += 2 + struct.unpack_from(">H", image, at + 2)[0]
    return None


def _webp(image: bytes) -> tuple[int, int] | None:
    kind = image[12:16]
    if kind == b"VP8X":
        low = int.from_bytes(image[24:27], "little"), int.from_bytes(image[27:30], "little")
        return low[0] + 1, low[1] + 1
    if kind == b"VP8L":
        bits = int.from_bytes(image[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", image, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None
