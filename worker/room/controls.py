"""What an app may ask of a running call: RPC methods, who may call them, and their typed errors."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping

from livekit import rtc

from worker.errors import ControlError

logger = logging.getLogger(__name__)

GRANT = "sightline.control"
"""Attribute that lets a participant who is not served call too; `on`. The token gives it."""
MAX_REQUEST = 2_000
"""Characters of a request."""

Request = Mapping[str, object]
Method = Callable[[str, Request], Awaitable[Request]]
"""Takes the caller's identity and the request, gives the answer; raises ControlError."""


class Controls:
    """Answers RPC calls in one room: a JSON object in, a JSON object out.

    A caller gets an `RpcError` whose code is that of the `ControlError`, and its sentence.
    """

    def __init__(
        self, room: rtc.Room, methods: Mapping[str, Method], *, served: Callable[[], str]
    ) -> None:
        """Prepare to answer.

        Args:
            methods: Every method by its name.
            served: Gives the identity of the participant who is served.
        """
        self._room, self._methods, self._served = room, methods, served

    def start(self) -> None:
        """Begin to answer; the room is joined."""
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
        if not self._may(caller):
            logger.info("control refused", extra={"method": method})
            raise ControlError.refused()
        answer = await self._methods[method](caller, read(payload))
        return json.dumps(answer, separators=(",", ":"))

    def _may(self, caller: str) -> bool:
        person = self._room.remote_participants.get(caller)
        granted = person is not None and person.attributes.get(GRANT) == "on"
        return granted or (bool(caller) and caller == self._served())


def read(payload: str) -> Request:
    """Read a request; nothing at all is an empty one.

    Raises:
        ControlError: it is too long or no JSON object.
    """
    if len(payload) > MAX_REQUEST:
        raise ControlError.malformed(f"a request has at most {MAX_REQUEST} characters")
    try:
        request = json.loads(payload or "{}")
    except (ValueError, RecursionError):
        raise ControlError.malformed("a request is a JSON object") from None
    if not isinstance(request, dict):
        raise ControlError.malformed("a request is a JSON object")
    return request


def switch(request: Request, name: str) -> bool:
    """Return a field that is true or false.

    Raises:
        ControlError: it is missing or something else.
    """
    value = request.get(name)
    if not isinstance(value, bool):
        raise ControlError.malformed(f"{name} must be true or false")
    return value
