"""How each contender is started and sent to a room: same server, stand-in and variables."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from offline.livekit import LiveKitServer
from offline.programs import Program, running
from offline.stack import REGISTERED, StandIn, worker, worker_environment
from offline.tokens import room_token
from tests.bench.environments import python_of
from tests.bench.meter import Meter
from tests.bench.metrics import ADK, PLAIN, SIGHTLINE

HERE = Path(__file__).parent
LISTENING = "listening on "
READY_TIMEOUT = 90.0
WRITTEN = 1.6
"""Seconds until every loop has seen that nobody watches any more, and has written what it saw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a contender works."""

    server: LiveKitServer
    gemini: StandIn
    folder: Path

    def token(self, room: str, identity: str) -> str:
        """Return a token for the room."""
        key, secret = self.server.api_key, self.server.api_secret
        return room_token(api_key=key, api_secret=secret, room=room, identity=identity)


class Entrant:
    """A contender that is ready for rooms."""

    def __init__(self, name: str, program: Program, folder: Path, took: float) -> None:
        self.name, self.program, self.folder = name, program, folder
        self.took = took
        """Seconds from its start until it was ready."""
        self.meter = Meter(program.pid)

    async def dispatch(self, room: str) -> None:
        """Send it to a room; those that LiveKit itself sends need nothing."""
        if self.name == ADK:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port())
            writer.write(room.encode() + b"\n")
            await writer.drain()
            writer.close()

    def port(self) -> int:
        """Return the port that it said it listens on."""
        said = self.program.log_path.read_text(errors="replace")
        return int(said.split(LISTENING)[1].split()[0])

    def watch(self) -> None:
        """Have every event loop of its processes watched from now on."""
        (self.folder / "on").touch()

    async def watched(self, pid: int | None) -> list[tuple[float, float]]:
        """End the watch; return the main loop's delays in one process: seconds, of them busy."""
        (self.folder / "on").unlink(missing_ok=True)
        await asyncio.sleep(WRITTEN)
        late: list[tuple[float, float]] = []
        for path in self.folder.glob("*.json"):
            report = json.loads(path.read_text())
            path.unlink()
            if report["pid"] == pid and report["main"]:
                late += [(float(a), float(b)) for a, b in report["late"]]
        return late


@contextlib.asynccontextmanager
async def entrant(name: str, place: Place) -> AsyncIterator[Entrant]:
    """Run a contender for the length of the block; it is ready when the block begins.

    Raises:
        OfflineError: it cannot be installed or does not start.
    """
    place.folder.mkdir(parents=True, exist_ok=True)
    for left in place.folder.glob("*"):
        left.unlink()
    began = time.monotonic()
    async with _program(name, place) as program:
        yield Entrant(name, program, place.folder, time.monotonic() - began)


@contextlib.asynccontextmanager
async def _program(name: str, place: Place) -> AsyncIterator[Program]:
    log_path = place.folder / "contender.log"
    watched = {"PYTHONPATH": str(HERE / "inside"), "BENCH_LOOPS": str(place.folder)}
    env = worker_environment(place.server, place.gemini, {"AGENT_GREETING": "off", **watched})
    if name == SIGHTLINE:
        async with worker(log_path, env) as program:
            yield program
        return
    said = REGISTERED if name == PLAIN else LISTENING
    command = _command(name)
    folder = place.folder
    async with running(name, command, log_path=log_path, env=env, cwd=folder) as program:
        await program.said(said, READY_TIMEOUT)
        yield program


def _command(name: str) -> Sequence[str | Path]:
    program: list[str | Path] = [python_of(name), HERE / "contenders" / f"{name}.py"]
    return [*program, "start"] if name == PLAIN else program
