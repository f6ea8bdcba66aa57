"""The user's turn where a button, and not the service's ear, says when it begins and ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from google.genai import types

from worker.gemini.mail import Mail
from worker.gemini.outbound import BYTES_PER_SECOND, Outbound
from worker.gemini.posts import Post

if TYPE_CHECKING:
    from google.genai.live import AsyncSession

ASIDE_SECONDS = 30.0
"""Sound that is kept from the beginning of speech on; of more the oldest goes."""


class Activity:
    """Marks of one conversation's turns, each with all of its audio, whatever connections do.

    On a connection set up for it (`manual`) the service hears what lies between the marks and
    nothing else, so nothing else is sent to it. A turn is kept until its reply begins: another
    connection gets it whole, from its first mark on.

    Another setup takes another connection, and that has to wait until nobody speaks. Where the
    button is put away before that (`yielding`), sound is kept aside for the next connection: the
    newest half second and, once our own ear has heard somebody, everything.
    """

    def __init__(
        self,
        mail: Mail,
        on_button: Callable[[bool], None],
        on_force: Callable[[bool], None] = lambda _: None,
    ) -> None:
        """Begin without a button.

        Args:
            on_button: Told when it is pressed, and let go.
            on_force: Told when it comes into force, and is no more.
        """
        self._mail, self._on_button, self._on_force = mail, on_button, on_force
        self._told = False
        self._start: Post | None = None
        self._end: Post | None = None
        self.manual = False
        """Whether the present connection, or the last one, is set up for it."""
        self.yielding = False
        """Whether it is, though the button has been put away."""
        self._aside: deque[bytes] = deque()
        self._aside_size = 0
        self._spoken = False
        """Whether somebody has spoken since the button was put away."""

    @property
    def held(self) -> bool:
        """Whether the button is held."""
        return self._start is not None and self._end is None

    @property
    def in_force(self) -> bool:
        """Whether the button, and nothing else, says when the user speaks."""
        return self.manual and not self.yielding

    @property
    def hears(self) -> bool:
        """Whether audio is to be sent."""
        return self.held or not self.manual

    def put_away(self, away: bool) -> None:
        """The button is put away, or taken up again, on a connection that is set up for it."""
        self.yielding, self._spoken = away, False
        self._aside.clear()
        self._aside_size = 0
        self._tell()

    def overhear(self, pcm: bytes) -> None:
        """Keep 16 kHz s16le mono samples for the next connection."""
        self._aside.append(pcm)
        self._aside_size += len(pcm)
        seconds = ASIDE_SECONDS if self._spoken else Outbound.ONSET_SECONDS
        while self._aside_size > seconds * BYTES_PER_SECOND:
            self._aside_size -= len(self._aside.popleft())

    def on_voice(self) -> None:
        """Our own ear hears somebody speak."""
        self._spoken = True

    def begin(self) -> None:
        """The button is pressed."""
        self._start, self._end = Post(_say_begun), None
        self._mail.post(self._start)
        # What was said before does not belong to it.
        self._mail.outbound.hold(False)
        self._mail.outbound.hold(True)
        self._on_button(True)

    def end(self) -> None:
        """The button is let go, and all audio up to then has been heard."""
        self._post_end()
        self._on_button(False)

    def replied(self) -> None:
        """The model replies: it has the turn."""
        if self._end is not None:
            self._start = self._end = None
            self._mail.outbound.hold(False)

    def connect(self, config: types.LiveConnectConfig, *, afresh: bool) -> None:
        """Another connection is up; what was kept for it has not been sent yet."""
        self.manual = is_manual(config)
        if self.yielding and not self.manual:
            for pcm in self._aside:
                self._mail.hear(pcm)
            self.put_away(False)
        self._tell()
        if not self.manual or self._start is None or self._mail.waits(self._start):
            return
        arrived = self._end is not None and not self._mail.waits(self._end)
        if arrived and not afresh:
            return
        self._mail.begin_with(Post(_say_begun))
        self._mail.outbound.again()
        self._mail.outbound.hold(True)
        if arrived:
            self._post_end()

    def _tell(self) -> None:
        if self.in_force is not self._told:
            self._told = self.in_force
            self._on_force(self._told)

    def _post_end(self) -> None:
        self._end = Post(_say_ended, asks=True, last=True)
        self._mail.post(self._end)


def is_manual(config: types.LiveConnectConfig) -> bool:
    """Whether the service is told when somebody speaks."""
    given = config.realtime_input_config
    detection = given.automatic_activity_detection if given else None
    return bool(detection and detection.disabled)


async def _say_begun(session: AsyncSession) -> None:
    await session.send_realtime_input(activity_start=types.ActivityStart())


async def _say_ended(session: AsyncSession) -> None:
    await session.send_realtime_input(activity_end=types.ActivityEnd())
