"""Push-to-talk: whether a button, and not silence, says when the user speaks; and that button."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping

from worker.errors import ControlError
from worker.gemini.activity import Activity
from worker.role import Role
from worker.room.answers import PushToTalkAnswer
from worker.room.controls import Method
from worker.room.requests import PushToTalkRequest, Request

TAIL = 0.25
"""Seconds of audio after the button was let go: a call of the button's comes sooner than sound,
which passes jitter buffers on its way."""
PATIENCE = 2.0
"""Seconds that renewing the connection may take before the caller is told that it lasts. LiveKit
gives an answer 3 s where the caller waits for 10: it takes off 7 for the way there and back."""

Later = Callable[[float, Callable[[], None]], asyncio.TimerHandle]


class Listening:
    """Steers how the user's turns are found in one call."""

    def __init__(
        self,
        role: Role,
        activity: Activity,
        settled: asyncio.Event,
        *,
        on_press: Callable[[], object],
        stop: Callable[[], object],
        on_edge: Callable[[bool, float], None],
        later: Later,
    ) -> None:
        """Prepare to steer.

        Args:
            settled: set while the connection is set up as the role wants it.
            on_press: Told when the user wants to speak: whoever speaks has to stop.
            stop: Has the model stop too, where no mark of a turn tells it.
            on_edge: Told when the user begins to speak, and ends; with the seconds until the
                service knows of an end.
            later: Calls something after so many seconds, as a loop does.
        """
        self._role, self._activity, self._settled = role, activity, settled
        self._on_press, self._stop = on_press, stop
        self._on_edge, self._later = on_edge, later
        self._ending: asyncio.TimerHandle | None = None
        self._served = ""
        self.methods: Mapping[type[Request], Method] = {PushToTalkRequest: self.push_to_talk}

    async def push_to_talk(self, _: str, asked: PushToTalkRequest) -> PushToTalkAnswer:
        """Switch it on or off, press or let go.

        Raises:
            ControlError: it is off, or the model cannot be reached to switch it, or the call is at
                its end.
        """
        try:
            await self._carry_out(asked.action)
        except RuntimeError as error:
            raise ControlError.impossible("the call is about to end") from error
        return self.answer()

    async def _carry_out(self, action: str) -> None:
        if action in ("on", "off"):
            await self._switch(action == "on")
        elif not self._activity.in_force:
            raise ControlError.impossible("push-to-talk is off; switch it on first")
        elif action == "start":
            self._press()
        else:
            self._let_go()

    def answer(self) -> PushToTalkAnswer:
        """How it is now."""
        talking = self._activity.held and self._ending is None
        return PushToTalkAnswer(on=self._activity.in_force, talking=talking)

    def on_voice(self, began: bool) -> None:
        """Our own ear hears the user, whom the service does not hear yet: they may cut in."""
        if not began:
            return
        self._activity.on_voice()
        with contextlib.suppress(RuntimeError):  # the call is about to end
            self._on_press()
            self._stop()

    def serve(self, identity: str) -> None:
        """Somebody is served, or the same after an absence: no button is held any more.

        Another one begins with an open microphone: they may know of no button, or have none.
        """
        self.close()
        if self._served not in ("", identity):
            with contextlib.suppress(RuntimeError):
                self._listen(manual=False)
        self._served = identity

    def close(self) -> None:
        """Whoever held the button is gone, and what they said without it."""
        if self._activity.yielding:
            self._activity.put_away(True)
        if self._activity.held:
            if self._ending is None:
                self._on_edge(False, 0.0)
            self._end()

    async def _switch(self, on: bool) -> None:
        if not on:
            self.close()
        self._listen(manual=on)
        if self._activity.manual:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await self._settled.wait()
        except TimeoutError:
            raise ControlError.impossible("not yet: it will be so at the next pause") from None

    def _listen(self, *, manual: bool) -> None:
        self._role.listen(manual=manual)
        if self._activity.manual:
            # It is renewed at the next pause; until then our own ear hears who wants to speak.
            self._activity.put_away(not manual)

    def _press(self) -> None:
        if self._ending is not None:
            # Pressed again before it was over: one turn with a short pause in it.
            self._cancel_end()
            self._on_edge(True, 0.0)
        elif not self._activity.held:
            self._on_press()
            self._activity.begin()
            self._on_edge(True, 0.0)

    def _let_go(self) -> None:
        if self._activity.held and self._ending is None:
            self._ending = self._later(TAIL, self._end)
            self._on_edge(False, TAIL)

    def _end(self) -> None:
        self._cancel_end()
        self._activity.end()

    def _cancel_end(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
