"""Whether and how often the agent looks in one call, and how that changes while it goes on."""

from __future__ import annotations

from collections.abc import Callable

from worker.config.settings import Settings
from worker.eyes.adaptive import Adaptive
from worker.eyes.allowance import Allowance
from worker.eyes.pacing import Pacing, Steady
from worker.gemini.families import family_of
from worker.personas import VisionPacing

CLOSED = "Pictures are off: the agent sees nothing now."
OPENED = "Pictures are on: the agent sees again."


class Looking:
    """The pace of one call's eyes: the settings' where they say one, else the persona's.

    What somebody in the call chooses holds until the persona changes; eyes that they, or the
    settings, have closed are opened by no persona.
    """

    def __init__(self, settings: Settings, wanted: VisionPacing) -> None:
        self._settings = settings
        self._family = family_of(settings.model)
        each = self._family.tokens_per_frame(settings.media_resolution)
        self._allowance = Allowance(tokens=settings.picture_budget, each=each)
        self.mode = "adaptive"
        """`adaptive` or `steady`: what it is while it is on."""
        self.fps = 1.0
        self.on = True
        self._closed_by_persona = False
        self._pause: Callable[[bool], None] = lambda _: None
        self._shift: Callable[[Pacing], None] = lambda _: None
        self._tell: Callable[[str], None] = lambda _: None
        self._take(wanted)

    @property
    def barred(self) -> bool:
        """Whether the settings say that the agent is blind; then nobody opens its eyes."""
        return self._settings.vision == "off"

    def pacing(self) -> Pacing:
        """Make the pacing for how it is now; all of them pay from one allowance."""
        if self.mode == "steady":
            return Steady(self.fps, self._allowance)
        forgets = self._family.forgets_pictures
        return Adaptive(self._allowance, fps=self.fps, per_turn=forgets)

    def serve(self, pause: Callable[[bool], None], shift: Callable[[Pacing], None]) -> None:
        """Open or close these eyes from now on, and tell them of another pacing."""
        self._pause, self._shift = pause, shift
        pause(not self.on)

    def report(self, tell: Callable[[str], None]) -> None:
        """Tell the room and the record, in a sentence, when the eyes are closed or opened."""
        self._tell = tell

    def remind(self) -> None:
        """Tell once more that somebody in the call has closed the eyes, if they have."""
        if not (self.on or self.barred or self._closed_by_persona):
            self._tell(CLOSED)

    def follow(self, wanted: VisionPacing) -> None:
        """Look as another persona does."""
        before = self._now
        self._take(wanted)
        self._change(before)

    def set(self, *, on: bool | None = None, mode: str = "", fps: float = 0.0) -> None:
        """Look as somebody in the call wants it; what is left out stays."""
        before = self._now
        if on is not None:
            self.on = on and not self.barred
            self._closed_by_persona = False
        self.mode = mode or self.mode
        self.fps = fps or self.fps
        self._change(before)

    @property
    def _now(self) -> tuple[bool, str, float]:
        return self.on, self.mode, self.fps

    def _take(self, wanted: VisionPacing) -> None:
        pacing = self._settings.vision or wanted.pacing
        self.fps = self._settings.fps or wanted.fps
        if pacing == "off":
            self._closed_by_persona = self.on
            self.on = False
            return
        self.mode = pacing
        if self._closed_by_persona:
            self.on, self._closed_by_persona = True, False

    def _change(self, before: tuple[bool, str, float]) -> None:
        if self._now == before:
            return
        self._shift(self.pacing())
        if self.on is not before[0]:
            self._pause(not self.on)
            self._tell(OPENED if self.on else CLOSED)
