"""LiveKit's room and dispatch services over HTTP, for one room that tests furnish."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from livekit import api
from livekit.protocol import models

PROTOBUF = "application/protobuf"
REQUESTS: dict[str, type[Any]] = {
    "ListParticipants": api.ListParticipantsRequest,
    "RemoveParticipant": api.RoomParticipantIdentity,
    "DeleteRoom": api.DeleteRoomRequest,
    "ListDispatch": api.ListAgentDispatchRequest,
    "CreateDispatch": api.CreateAgentDispatchRequest,
    "DeleteDispatch": api.DeleteAgentDispatchRequest,
}


@dataclass(slots=True)
class Rooms:
    """Answers every request; `asked` keeps them in order."""

    present: dict[str, str] = field(default_factory=dict)
    """Identities, and of which of LiveKit's kinds they are."""
    missing: set[str] = field(default_factory=set)
    """Requests that are answered with `not_found`."""
    troubled: dict[str, int] = field(default_factory=dict)
    """Requests that fail, and how often they still do."""
    silent: dict[str, int] = field(default_factory=dict)
    """Requests that are done, and not answered, and how often still."""
    dispatches: dict[str, str] = field(default_factory=lambda: {"AD_1": "guide"})
    """Ids, and the names of the agents that they ask for."""
    coming: list[str] = field(default_factory=list)
    """Agents that were asked for and are not there yet."""
    asked: list[tuple[str, Any]] = field(default_factory=list)
    url: str = ""

    def names(self) -> list[str]:
        """Return what was asked for, in order."""
        return [name for name, _ in self.asked]

    def let_come(self) -> None:
        """Let those agents in that were asked for."""
        self.present |= dict.fromkeys(self.coming, "AGENT")
        self.coming.clear()

    async def answer(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        message = REQUESTS[name]()
        message.ParseFromString(await request.read())
        self.asked.append((name, message))
        if self.troubled.get(name, 0) > 0:
            self.troubled[name] -= 1
            return web.json_response({"code": "unavailable", "msg": "busy"}, status=503)
        if name in self.missing:
            return web.json_response({"code": "not_found", "msg": "gone"}, status=404)
        body = self._do(name, message)
        if self.silent.get(name, 0) > 0 and request.transport is not None:
            self.silent[name] -= 1
            request.transport.abort()
        return web.Response(body=body, content_type=PROTOBUF)

    def _do(self, name: str, message: Any) -> bytes:
        if name == "RemoveParticipant":
            self.present.pop(message.identity, None)
        if name == "CreateDispatch":
            number = len(self.asked)
            self.dispatches[f"AD_{number}"] = message.agent_name
            self.coming.append(f"agent-{number}")
        if name == "DeleteDispatch":
            self.dispatches.pop(message.dispatch_id, None)
        if name == "ListDispatch":
            return self._dispatches().SerializeToString()
        return self._people().SerializeToString() if name == "ListParticipants" else b""

    def _people(self) -> api.ListParticipantsResponse:
        listed = api.ListParticipantsResponse()
        for identity, kind in self.present.items():
            number = models.ParticipantInfo.Kind.Value(kind)
            listed.participants.add(identity=identity, kind=number)
        return listed

    def _dispatches(self) -> api.ListAgentDispatchResponse:
        listed = api.ListAgentDispatchResponse()
        for id, name in self.dispatches.items():
            listed.agent_dispatches.add(id=id, agent_name=name)
        return listed


@asynccontextmanager
async def rooms(**present: str) -> AsyncIterator[Rooms]:
    """Serve on loopback until the block ends."""
    found = Rooms(present=dict(present))
    app = web.Application()
    app.router.add_post("/twirp/{service}/{name}", found.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield found
    finally:
        await runner.cleanup()
