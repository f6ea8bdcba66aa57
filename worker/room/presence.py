"""The agent's state, shown to everybody who joins."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from worker.tasks import end

STATE = "lk.agent.state"


class Presence:
    """Shows the agent's state once more to whoever has just come.

    The playground (and every page on components-react up to 2.9.20) shows chat, RPC panel and
    visualiser only after it has seen the state *change*. The framework publishes ``listening``
    before the server has announced the agent, so nothing changes any more until the agent first
    speaks, and after 20 s the page gives up. So a second after an arrival the state goes to
    ``thinking`` and 0.3 s later back to the true one. (Through ``initializing`` would hide panels
    that are there already.)
    """

    SETTLE = 1.0
    SHOW = 0.3

    def __init__(
        self,
        publish: Callable[[dict[str, str]], Awaitable[None]],
        state: Callable[[], str],
    ) -> None:
        self._publish = publish
        self._state = state
        self._task: asyncio.Task[None] | None = None

    def on_arrival(self) -> None:
        """Somebody came; an arrival within the wait starts it anew, which serves both."""
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.create_task(self._show(), name="presence")

    async def aclose(self) -> None:
        """Stop showing."""
        await end(self._task)

    async def _show(self) -> None:
        await asyncio.sleep(self.SETTLE)
        # Not awaited: an acknowledgement that is lost would leave the false state there for 5 s.
        shown = asyncio.ensure_future(self._publish({STATE: "thinking"}))
        await asyncio.sleep(self.SHOW)
        await asyncio.gather(shown, self._publish({STATE: self._state()}))
