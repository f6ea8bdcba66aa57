"""What an app may do with the agent's eyes: close and open them, set their pace, have them look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from worker.errors import ControlError, PictureError
from worker.eyes.picture import Region
from worker.eyes.sight import Sight
from worker.gaze import Gaze
from worker.looking import Looking
from worker.room.answers import LookAnswer, VisionAnswer
from worker.room.controls import Method
from worker.room.requests import FramesRequest, LookRequest, Request, VisionRequest


class Seeing:
    """Steers the eyes of one conversation."""

    def __init__(
        self,
        looking: Looking,
        sight: Sight,
        gaze: Gaze,
        frames: Method,
        *,
        ask: Callable[[str], Awaitable[bool]],
    ) -> None:
        """Prepare to steer.

        Args:
            frames: Shows the caller what the model is shown.
            ask: Puts a question to the model as if it had been typed; tells whether it was asked.
        """
        self._looking, self._sight, self._gaze = looking, sight, gaze
        self._ask = ask
        self._served = ""
        self.methods: Mapping[type[Request], Method] = {
            VisionRequest: self.vision,
            LookRequest: self.look,
            FramesRequest: frames,
        }

    def serve(self, identity: str) -> None:
        """Somebody is served: another one may not know that the eyes were closed before."""
        if self._served not in ("", identity):
            self._looking.remind()
        self._served = identity

    async def vision(self, _: str, asked: VisionRequest) -> VisionAnswer:
        """Look or do not, and how often.

        Raises:
            ControlError: whoever runs the worker has switched the eyes off.
        """
        on = None if asked.mode in ("", "steady", "adaptive") else asked.mode == "on"
        if asked.mode and asked.mode != "off" and self._looking.barred:
            raise ControlError.impossible("pictures are switched off on this agent")
        if asked.mode or asked.fps:
            mode = asked.mode if asked.mode in ("steady", "adaptive") else ""
            self._looking.set(on=True if mode else on, mode=mode, fps=asked.fps)
        return self.answer()

    def answer(self) -> VisionAnswer:
        """How it is now."""
        looking = self._looking
        blind = self._gaze.blind if looking.on else "paused"
        return VisionAnswer(on=looking.on, mode=looking.mode, fps=looking.fps, blind=blind)

    async def look(self, _: str, asked: LookRequest) -> LookAnswer:
        """Show the model one sharp picture, or a part of one; a question is answered aloud.

        Raises:
            ControlError: there is nothing to be seen, or no picture can be made or paid for.
        """
        if asked.left >= asked.right or asked.top >= asked.bottom:
            raise ControlError.malformed("left must be below right, and top below bottom")
        corners = (asked.left, asked.top, asked.right, asked.bottom)
        part = Region(left=asked.left, top=asked.top, right=asked.right, bottom=asked.bottom)
        try:
            whole = corners == (0, 0, 1, 1)
            look = await self._gaze.take(self._sight, None if whole else part, asked.source or None)
        except PictureError as error:
            raise ControlError.impossible(str(error)) from error
        if asked.question and not await self._ask(asked.question):
            raise ControlError.impossible("the question was cut off")
        return LookAnswer(
            width=look.picture.width,
            height=look.picture.height,
            source=look.source,
            age=round(look.age, 3),
        )
