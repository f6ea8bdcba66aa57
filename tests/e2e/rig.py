"""The whole stack for tests: servers and worker with their logs, callers, accounts, processes."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import psutil
import pytest
from livekit import api, rtc

from offline.caller import Caller
from offline.camera import CameraOptions
from offline.livekit import LiveKitServer
from offline.programs import Program
from offline.stack import ROOT, StandIn, stand_in, worker, worker_environment
from offline.tokens import room_token
from tests.e2e.account import Account
from worker.start.exchange import exchange_events

FOUND = TypeVar("FOUND")
OUTPUT = Path(__file__).parents[1] / "output"
LOGS = OUTPUT / f"logs-{os.getpid()}"
"""Of this run alone: another one may be going on beside it."""
POLL = 0.05
"""Seconds between two looks at another process, which has no way to call us."""

FAST = (
    *("--think-ms", "0", "--setup-ms", "0", "--handle-ms", "0", "--tool-reply-ms", "0"),
    *("--vad-start-ms", "0", "--vad-end-extra-ms", "0", "--silence-ms", "500"),
)
"""The stand-in without the real service's delays: what is left is ours, and the protocol's."""

CAMERA = CameraOptions(width=640, height=360, fps=15, simulcast=False)
"""Cheap to encode: several callers and the worker share two cores."""

MARKS = [
    pytest.mark.e2e,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(90, func_only=True),
]
_rooms = itertools.count(1)


def new_room(prefix: str = "room") -> str:
    """Return a room name that nobody has used in this run."""
    return f"{prefix}-{next(_rooms)}"


async def until(
    what: str, look: Callable[[], Awaitable[FOUND | None]], timeout: float = 10.0
) -> FOUND:
    """Return what `look` finds, as soon as it finds something.

    Raises:
        TimeoutError: it found nothing; says what was waited for.
    """
    deadline = time.monotonic() + timeout
    while (found := await look()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"no {what} within {timeout:g} s")
        await asyncio.sleep(POLL)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Attributes of an agent: those it had when first seen, and every change afterwards."""

    at: float
    attributes: Mapping[str, str]


class Guest(Caller):
    """A caller that also keeps every attribute an agent ever had."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.changes: list[Change] = []
        self.subscribed: list[float] = []
        """When somebody began to listen to a track of this caller's."""
        self.room.on("participant_connected", self._on_seen)
        self.room.on("participant_attributes_changed", self._on_change)
        self.room.on("local_track_subscribed", lambda _: self.subscribed.append(self.clock()))

    def shown(self, kind: str, since: float = 0.0) -> list[Mapping[str, object]]:
        """Return the data messages of one type."""
        return [m.body for m in self.messages if m.type == kind and m.at >= since]

    async def until_text(self, words: str, since: float, timeout: float = 20.0) -> str:
        """Return the agent's line, opened after `since`, in which these words stand."""

        def look() -> str | None:
            lines = (line.text for line in self.said(since, by_agent=True))
            return next((text for text in lines if words in text), None)

        return await self.wait_until(f"line with {words!r}", look, timeout)

    async def wait_for_listener(self, since: float = 0.0, timeout: float = 15.0) -> float:
        """Return when somebody began to listen to a track of this caller's, from `since` on."""

        def look() -> float | None:
            return next((at for at in self.subscribed if at >= since), None)

        return await self.wait_until("listener", look, timeout)

    def _on_seen(self, participant: rtc.RemoteParticipant) -> None:
        self._on_change(participant.attributes, participant)

    def _on_change(self, changed: Mapping[str, str], participant: rtc.Participant) -> None:
        if participant.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT:
            self.changes.append(Change(at=self.clock(), attributes=dict(changed)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """A livekit-server, the stand-in and a worker."""

    server: LiveKitServer
    gemini: StandIn
    worker: Program
    folder: Path
    client: api.LiveKitAPI = field(repr=False)

    def token(self, room: str, identity: str, **grants: Any) -> str:
        key, secret = self.server.api_key, self.server.api_secret
        return room_token(api_key=key, api_secret=secret, room=room, identity=identity, **grants)

    def guest(
        self,
        room: str,
        identity: str = "ann",
        *,
        camera: CameraOptions | None = CAMERA,
        grants: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Guest:
        """Return a caller that is about to join; `grants` as `room_token` takes them."""
        token = self.token(room, identity, **(grants or {}))
        return Guest(url=self.server.url, token=token, identity=identity, camera=camera, **more)

    async def accounts(self, since: float = 0.0) -> list[Account]:
        """Return the stand-in's accounts of connections opened after `since`."""
        reports = await self.gemini.sessions()
        return [a for a in map(Account, reports) if a.opened >= since]

    async def account(self, since: float) -> Account:
        """Return the newest connection's account, as soon as one was opened after `since`."""

        async def look() -> Account | None:
            return next(iter((await self.accounts(since))[-1:]), None)

        return await until("connection at the stand-in", look)

    async def present(self, room: str) -> list[str]:
        """Return the identities of all participants, as the server lists them."""
        try:
            asked = api.ListParticipantsRequest(room=room)
            listed = await self.client.room.list_participants(asked)
        except api.TwirpError as error:
            if error.code == "not_found":
                return []
            raise
        return [participant.identity for participant in listed.participants]

    async def status(self) -> Mapping[str, Any]:
        """Return what the worker's health port says of it (`GET /worker`)."""
        _, text = await self.ask("HTTP server listening on ", "/worker")
        status: Mapping[str, Any] = json.loads(text)
        return status

    async def health(self) -> int:
        """Return the HTTP status with which the worker says whether it is well (`GET /`)."""
        return (await self.ask("HTTP server listening on ", "/"))[0]

    async def ask(self, announced: str, path: str) -> tuple[int, str]:
        """Return status and text that the worker's port answers with, announced so in its log."""
        port = re.search(re.escape(announced) + r"(?:http://)?[\d.]+:(\d+)", self.log())
        assert port is not None
        address = f"http://127.0.0.1:{port[1]}{path}"
        async with aiohttp.ClientSession() as http, http.get(address) as answer:
            return answer.status, await answer.text()

    def log(self) -> str:
        """Return all that the worker has logged."""
        return self.worker.log_path.read_text(errors="replace")

    def entries(self, message: str, room: str = "") -> list[Mapping[str, Any]]:
        """Return the log's JSON entries with that message (`start` only; `dev` logs colours)."""
        lines = (json.loads(line) for line in self.log().splitlines() if line.startswith("{"))
        return [e for e in lines if e["message"] == message and room in ("", e.get("room"))]

    def job(self, room: str) -> psutil.Process:
        """Return the process that serves a room."""
        return psutil.Process(self.entries("RoomIO linked to participant", room)[-1]["pid"])

    def private_folder(self) -> Path:
        """Return the folder that only the worker's processes share."""
        for pid in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                if path := psutil.Process(pid).environ().get("SIGHTLINE_BEATS"):
                    return Path(path).parent
        raise AssertionError("no process of the worker knows the folder")

    def processes(self) -> set[int]:
        """Return the ids of the worker's living processes, but for the one that writes the record.

        That one comes with a call, and goes by itself some seconds after the last.
        """
        children = psutil.Process(self.worker.pid).children(recursive=True)
        return {child.pid for child in children if _stays(child)}


def _stays(process: psutil.Process) -> bool:
    try:
        alive = process.status() != psutil.STATUS_ZOMBIE
        return alive and "worker.record.writing" not in process.cmdline()
    except psutil.NoSuchProcess:
        return False


@contextlib.asynccontextmanager
async def rig(
    name: str,
    *,
    flags: Sequence[str] = FAST,
    command: str = "start",
    script: Path = ROOT / "worker.py",
    env: Mapping[str, str] | None = None,
) -> AsyncIterator[Rig]:
    """Run a stack of its own for the length of the block; logs go to `LOGS/<name>`."""
    # A caller's microphone waits for ever for an answer that is lost.
    exchange_events()
    folder = LOGS / name
    folder.mkdir(parents=True, exist_ok=True)
    async with contextlib.AsyncExitStack() as stack:
        enter = stack.enter_async_context
        gemini = await enter(stand_in(folder / "stand-in.log", flags))
        server = await enter(LiveKitServer.start(log_path=folder / "livekit-server.log"))
        given = worker_environment(server, gemini, {"AGENT_GREETING": "off", **(env or {})})
        program = await enter(worker(folder / "worker.log", given, command=command, script=script))
        address = server.url.replace("ws://", "http://")
        client = await enter(api.LiveKitAPI(address, server.api_key, server.api_secret))
        yield Rig(server=server, gemini=gemini, worker=program, folder=folder, client=client)
