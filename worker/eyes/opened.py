"""The eyes that are open: one for each source that is received, for as long as it is the same."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from worker.eyes.eye import Eye, OpenLens
from worker.eyes.lens import Clock
from worker.eyes.sources import Source

logger = logging.getLogger(__name__)


class OpenEyes:
    """Opens and closes eyes as sources come and go, and leaves the others as they are.

    What stands still shows its frame once: an eye that is opened anew would never see it.
    """

    def __init__(self, open_lens: OpenLens, clock: Clock) -> None:
        self._open_lens, self._clock = open_lens, clock
        self._muted: frozenset[str] = frozenset()
        self.eyes: tuple[Eye, ...] = ()
        """In the order of the sources."""
        self._closing: list[Eye] = []

    async def follow(self, sources: Sequence[Source], *, speaking: bool) -> str:
        """Look at these sources, at those of them that are received and not muted.

        Returns:
            Why a picture is due: `source` or `unmuted`; empty: they are the same as before.
        """
        muted, self._muted = self._muted, frozenset(s.sid for s in sources if s.muted)
        shown = [source for source in sources if not source.muted and source.track is not None]
        before = self.eyes
        found = [self._find(source) or self._open(source, speaking) for source in shown]
        self.eyes = tuple(eye for eye in found if eye is not None)
        self._closing += [eye for eye in before if eye not in self.eyes]
        while self._closing:
            await self._closing[0].aclose()
            del self._closing[0]
        if self.eyes == before:
            return ""
        new = {eye.source.sid for eye in self.eyes if eye not in before}
        return "unmuted" if muted & new else "source"

    async def aclose(self) -> None:
        """Close all of them."""
        await self.follow((), speaking=False)

    def _find(self, source: Source) -> Eye | None:
        for eye in self.eyes:
            if eye.looks_at(source):
                eye.source = source
                return eye
        return None

    def _open(self, source: Source, speaking: bool) -> Eye | None:
        try:
            eye = Eye(source, self._open_lens(source, self._clock), self._clock)
            eye.lens.attend(speaking)
        except Exception:
            # The others are looked at all the same, and this one after the next change.
            logger.exception("cannot look at a source")
            return None
        return eye
