"""Answers the RPC calls of apps: who may call, one request in, one answer out, typed errors."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from livekit import rtc

from worker.errors import ControlError
from worker.room.answers import Answer, write
from worker.room.gate import Gate
from worker.room.parsing import read
from worker.room.requests import REQUESTS, HistoryRequest, Request

logger = logging.getLogger(__name__)

GRANT = "sightline.control"
"""Attribute that lets a participant who is not served call too; `on`. The token gives it."""
AT_ONCE = 16
"""Calls that are worked on at once; one more is told to try again."""

NOTED = 100
"""Callers whose refusal is logged, and whose rate is remembered, in one call."""

BURST, INTERVAL = 30, 0.1
"""Calls that one caller may make at once, and seconds until one more: a finger at the talk button
makes ten in its fastest second."""
PAGES, PAGE_INTERVAL = 200, 0.05
"""The same for the history, whose pages are asked for one after the other: a long call has 140."""
REST = 1.0
"""Seconds without a call after which a caller who was too fast is answered again."""

Method = Callable[[str, Any], Awaitable[Answer]]
"""Takes the caller's identity and the request, gives the answer; raises ControlError."""

_KINDS = {kind.METHOD: kind for kind in REQUESTS}


class Controls:
    """Answers calls in one room.

    A caller gets an `RpcError` whose code is that of the `ControlError`, and its sentence.
    """

    def __init__(
        self,
        room: rtc.Room,
        methods: Iterable[Mapping[type[Request], Method]],
        *,
        served: Callable[[], str],
        clock: Callable[[], float],
    ) -> None:
        """Prepare to answer.

        Args:
            methods: What does each kind of request, in tables that are taken together.
            served: Gives the identity of the participant who is served.
            clock: Monotonic seconds.
        """
        self._room, self._served, self._clock = room, served, clock
        self._methods = {kind.METHOD: do for table in methods for kind, do in table.items()}
        self._running = 0
        self._open = asyncio.Event()
        self._refused: set[str] = set()
        self._gates: dict[tuple[str, bool], Gate] = {}

    def open(self) -> None:
        """Begin to answer; who has called before is answered now."""
        self._open.set()

    def start(self) -> None:
        """Take calls; the room is joined, and an app may have seen the agent there."""
        for name in self._methods:
            self._room.local_participant.register_rpc_method(name, self._answer)

    async def _answer(self, call: rtc.RpcInvocationData) -> str:
        try:
            return await self.answer(call.method, call.caller_identity, call.payload)
        except ControlError as error:
            raise rtc.RpcError(error.code, str(error)) from error

    async def answer(self, method: str, caller: str, payload: str) -> str:
        """Answer one call.

        Raises:
            ControlError: the caller may not ask this, or asked something else than can be answered.
        """
        if self._running >= AT_ONCE:
            raise ControlError.busy("too much is asked at once; ask again in a moment")
        self._running += 1
        try:
            await self._open.wait()
            if not self._may(caller):
                self._note(caller, method)
                raise ControlError.refused()
            self._pass_gate(caller, method)
            return write(await self._methods[method](caller, read(_KINDS[method], payload)))
        finally:
            self._running -= 1

    def _pass_gate(self, caller: str, method: str) -> None:
        """Let through as much of one caller as a person can mean.

        Raises:
            ControlError: this caller asks too often.
        """
        pages = _KINDS[method] is HistoryRequest
        gate = self._gates.pop((caller, pages), None) or _gate(pages=pages)
        self._gates[caller, pages] = gate
        if len(self._gates) > NOTED:
            del self._gates[next(iter(self._gates))]
        if not gate.admit(self._clock()):
            if gate.refused == 1:
                logger.warning("controls flooded", extra={"method": method})
            raise ControlError.busy("too often; ask again after a second of rest")

    def _note(self, caller: str, method: str) -> None:
        """Log who is refused, once: a thousand calls a second would fill the log."""
        if caller not in self._refused and len(self._refused) < NOTED:
            self._refused.add(caller)
            logger.info("control refused", extra={"method": method})

    def _may(self, caller: str) -> bool:
        # Who reloads the page may ask before we have learnt of their return.
        if caller and caller == self._served():
            return True
        person = self._room.remote_participants.get(caller)
        if person is None:
            return False
        # Participants who may change their own attributes could have given themselves this one.
        return person.attributes.get(GRANT) == "on" and not person.permissions.can_update_metadata


def _gate(*, pages: bool) -> Gate:
    burst, interval = (PAGES, PAGE_INTERVAL) if pages else (BURST, INTERVAL)
    return Gate(burst=burst, interval=interval, silence=REST)
