"""Pictures: what arrives, what of it belongs to the next turn, what the model can still see."""

from __future__ import annotations

from collections import deque

from offline.gemini.images import dimensions
from offline.gemini.inputs import Blob
from offline.gemini.line import Line
from offline.gemini.memory import CONTEXT_FRAMES
from offline.gemini.profiles import ALL_INPUT, ONLY_ACTIVITY

DETAILED_TOKENS = 280
"""Tokens of a frame at high media resolution on the 3.x models."""


class Watching:
    """The eyes of one connection."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._pending: deque[bytes] = deque(maxlen=CONTEXT_FRAMES)
        self._count = 0

    @property
    def all_input(self) -> bool:
        """Whether silence belongs to a turn as well."""
        return self._line.config.coverage == ALL_INPUT

    def see(self, blob: Blob, now: float, *, active: bool) -> None:
        """Take a picture in; `active` says that it came while the user was speaking."""
        if not blob.mime.startswith("image/"):
            return
        size = dimensions(blob.data) or (0, 0)
        self._line.account.frame(blob.data, blob.mime, size, now)
        if active or self._line.config.coverage != ONLY_ACTIVITY:
            self._pending.append(blob.data)
            self._count += 1

    def absorb(self) -> None:
        """Move what came since the last turn into the context."""
        config = self._line.config
        tokens = DETAILED_TOKENS if config.detailed_frames else config.profile.frame_tokens
        self._line.memory.count("VIDEO", self._count * tokens)
        self._line.memory.frames.extend(self._pending)
        self._pending.clear()
        self._count = 0
