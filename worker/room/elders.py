"""One agent to a room: of two that serve it, the one that came first stays."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from livekit import rtc

from worker.room.requests import StatusRequest
from worker.room.seniority import rank
from worker.tasks import Tasks

AGAIN = 5.0
"""Seconds after which an elder that did not answer is asked once more."""
Code = rtc.RpcError.ErrorCode
NO_ANSWER = (
    Code.CONNECTION_TIMEOUT,
    Code.RESPONSE_TIMEOUT,
    Code.RECIPIENT_DISCONNECTED,
    Code.RECIPIENT_NOT_FOUND,
    Code.SEND_FAILED,
    Code.UNSUPPORTED_SERVER,
)
"""With any other error somebody has answered."""


class Elders:
    """Leaves the room to an agent that has served it for longer, once that has proved to live.

    livekit-server that is restarted knows neither its rooms nor their agents: whoever comes back
    first makes the room anew, and another agent is sent to it while the one of before is on its way
    back. That one knows what was said, so it stays. A dead one is listed for some 15 s more; so it
    is asked, and any answer counts, a refusal too.
    """

    def __init__(self, room: rtc.Room, tasks: Tasks, *, on_elder: Callable[[], None]) -> None:
        self._room, self._tasks, self._on_elder = room, tasks, on_elder
        self._asked: set[str] = set()

    def start(self) -> None:
        """Look who is there, and who comes; once, in the room."""
        self._room.on("participant_connected", self._look_at)
        for one in self._room.remote_participants.values():
            self._look_at(one)

    def close(self) -> None:
        """Look no more; may be called twice."""
        self._room.off("participant_connected", self._look_at)

    def _look_at(self, one: rtc.RemoteParticipant) -> None:
        if one.identity not in self._asked and self._is_elder(one):
            self._asked.add(one.identity)
            self._tasks.spawn(self._ask(one.identity), "ask the elder")

    def _is_elder(self, one: rtc.RemoteParticipant) -> bool:
        me = self._room.local_participant
        mine, its = rank(me.identity, me.attributes), rank(one.identity, one.attributes)
        if one.kind != rtc.ParticipantKind.PARTICIPANT_KIND_AGENT or mine is None or its is None:
            return False
        return its[0] == mine[0] and its < mine

    async def _ask(self, elder: str) -> None:
        try:
            while elder in self._room.remote_participants:
                if await self._answers(elder):
                    return self._on_elder()
                await asyncio.sleep(AGAIN)
        finally:
            self._asked.discard(elder)

    async def _answers(self, elder: str) -> bool:
        ask = self._room.local_participant.perform_rpc
        try:
            await ask(destination_identity=elder, method=StatusRequest.METHOD, payload="")
        except rtc.RpcError as error:
            return error.code not in NO_ANSWER
        return True
