"""One agent to a room: of two that serve it, the one that came first stays."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from livekit import rtc
from livekit.agents.types import ATTRIBUTE_AGENT_NAME

from worker.tasks import Tasks

logger = logging.getLogger(__name__)

METHOD = "sightline.since"
"""By which agents ask each other when they took the call; Unix milliseconds."""
AGAIN = 5.0
"""Seconds after which one that did not answer is asked once more."""
Code = rtc.RpcError.ErrorCode
NO_ANSWER = (
    Code.CONNECTION_TIMEOUT,
    Code.RESPONSE_TIMEOUT,
    Code.RECIPIENT_DISCONNECTED,
    Code.RECIPIENT_NOT_FOUND,
    Code.SEND_FAILED,
)
"""It may be dead, or on its way; with any other error it is none of ours."""


class Elders:
    """Leaves the room to an agent that has served it for longer, once that has proved to live.

    livekit-server that is restarted knows neither its rooms nor their agents: whoever comes back
    first makes the room anew, and another agent is sent to it while the one of before is on its way
    back. That one knows what was said, so it stays. A dead one is listed for some 15 s more; so it
    is asked, and the answer is its age. That is no attribute: pages on components-react up to
    2.9.20 lose the agent's state by any other.
    """

    def __init__(
        self,
        room: rtc.Room,
        tasks: Tasks,
        *,
        on_elder: Callable[[], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._room, self._tasks, self._on_elder = room, tasks, on_elder
        self._since = round(now() * 1000)
        self._asked: set[str] = set()

    def start(self) -> None:
        """Answer, look who is there, and who comes; once, in the room."""
        self._room.local_participant.register_rpc_method(METHOD, self._tell)
        self._room.on("participant_connected", self._look_at)
        for one in self._room.remote_participants.values():
            self._look_at(one)

    def close(self) -> None:
        """Look no more; may be called twice."""
        self._room.off("participant_connected", self._look_at)

    async def _tell(self, _: rtc.RpcInvocationData) -> str:
        return str(self._since)

    def _look_at(self, one: rtc.RemoteParticipant) -> None:
        if one.identity not in self._asked and self._does_the_same(one):
            self._asked.add(one.identity)
            self._tasks.spawn(self._ask(one.identity), "ask the other agent")

    def _does_the_same(self, one: rtc.RemoteParticipant) -> bool:
        """Tell whether it is an agent that is dispatched by the name that we are."""
        me = self._room.local_participant
        names = [who.attributes.get(ATTRIBUTE_AGENT_NAME, "") for who in (me, one)]
        agent = one.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT
        return agent and names[0] == names[1]

    async def _ask(self, other: str) -> None:
        me = self._room.local_participant.identity
        try:
            while other in self._room.remote_participants:
                try:
                    since = await self._since_of(other)
                except rtc.RpcError as error:
                    if error.code not in NO_ANSWER:
                        return
                    await asyncio.sleep(AGAIN)
                    continue
                # Of two in the same millisecond, the name decides, for both alike.
                if since is not None and (since, other) < (self._since, me):
                    self._on_elder()
                return
        finally:
            self._asked.discard(other)

    async def _since_of(self, other: str) -> int | None:
        ask = self._room.local_participant.perform_rpc
        answer = await ask(destination_identity=other, method=METHOD, payload="")
        return int(answer) if answer.isascii() and answer.isdigit() and len(answer) < 20 else None
