"""livekit-server, the stand-in, the real worker and the page, started and ended together."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from offline.errors import ProgramError
from offline.livekit import LiveKitServer
from offline.page import PageHost, is_built, page_host
from offline.programs import Program, running

ROOT = Path(__file__).parents[1]
STAND_IN_TIMEOUT = 30.0
WORKER_TIMEOUT = 40.0
"""Seconds until the worker is registered; 2–4 s on an idle machine."""
WORKER_GRACE = 8.0
REGISTERED = "registered worker"
FOREIGN = ("LIVEKIT_", "GOOGLE_", "GEMINI_", "DATABASE_URL")
"""Variables that would lead the worker away from this stack, and its record into a database of
somebody else's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """A running stand-in for the Gemini Live service (see offline/gemini)."""

    url: str
    ca_file: str
    control: str
    token: str = field(repr=False)
    program: Program

    async def sessions(self) -> list[dict[str, object]]:
        """Return its account of every connection so far."""
        sessions: list[dict[str, object]] = json.loads(await self._get("/sessions"))
        return sessions

    async def picture(self, session: int, number: int) -> bytes:
        """Return a picture it was sent, as JPEG."""
        return await self._get(f"/sessions/{session}/frames/{number}.jpg")

    async def change(self, **temper: object) -> None:
        """Change its delays and pacing from now on (the fields of its Temper)."""
        await self._post("/set", temper)

    async def play(self, scenario: str = "") -> None:
        """Begin a scenario: by name, or as its TOML; nothing ends the one that runs."""
        kind = "toml" if "\n" in scenario else "name"
        await self._post("/scenario", {kind: scenario} if scenario else {})

    async def fail(self, do: str, **values: object) -> None:
        """Do one fault now, to the newest open connection or the one of `session`."""
        await self._post("/fault", {"do": do, **values})

    async def conversations(self) -> list[dict[str, object]]:
        """Return its account of every conversation over all its connections."""
        found: list[dict[str, object]] = json.loads(await self._get("/conversations"))
        return found

    async def _post(self, path: str, body: Mapping[str, object]) -> None:
        async with self._client() as http, http.post(path, json=body) as answer:
            answer.raise_for_status()

    async def _get(self, path: str) -> bytes:
        async with self._client() as http, http.get(path) as answer:
            return await answer.read()

    def _client(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            self.control,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=aiohttp.ClientTimeout(total=20),
            raise_for_status=True,
        )


@contextlib.asynccontextmanager
async def stand_in(log_path: Path, flags: Sequence[str] = ()) -> AsyncIterator[StandIn]:
    """Run the stand-in for the length of the block.

    Args:
        flags: settings of its command line, such as `--think-ms 0`.

    Raises:
        ProgramError: it does not start.
    """
    command = [sys.executable, "-m", "offline.gemini", "--port", "0", *flags]
    async with running(
        "the stand-in", command, log_path=log_path, cwd=ROOT, piped=True, grace=3.0
    ) as program:
        said = await program.first_line(STAND_IN_TIMEOUT)
        try:
            line = json.loads(said)
            place = {name: str(line[name]) for name in ("url", "ca_file", "control", "token")}
        except (ValueError, KeyError, TypeError):
            raise program.failure(f"said {said[:80]!r} instead of its address") from None
        yield StandIn(**place, program=program)


def worker_environment(
    server: LiveKitServer, gemini: StandIn, extra: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the environment of a worker that serves this server and speaks to this stand-in.

    AGENT_* settings of the shell stay, but for those that would take the agent out of the room.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    no_proxy = ",".join(filter(None, [os.environ.get("NO_PROXY"), "127.0.0.1,localhost"]))
    return {
        **kept,
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "LIVEKIT_URL": server.url,
        "LIVEKIT_API_KEY": server.api_key,
        "LIVEKIT_API_SECRET": server.api_secret,
        "GOOGLE_API_KEY": "offline",
        "GOOGLE_GEMINI_BASE_URL": gemini.url,
        "SSL_CERT_FILE": gemini.ca_file,
        "AGENT_NAME": "",
        "AGENT_GREETING": "on",
        "AGENT_HEALTH_PORT": "0",
        # Scenarios count connections.
        "AGENT_PROBE_INTERVAL": "0",
        **(extra or {}),
    }


@contextlib.asynccontextmanager
async def worker(
    log_path: Path,
    env: Mapping[str, str],
    *,
    command: str = "start",
    script: Path = ROOT / "worker.py",
) -> AsyncIterator[Program]:
    """Run the real worker until the block ends; it is registered when the block begins.

    Raises:
        ProgramError: it does not register.
    """
    # In the log's folder: worker.py reads the `.env` of the folder it is run in, and the keys for
    # the real services in the repository's own one are not for this stack.
    argv = [sys.executable, str(script), command]
    async with running(
        "the worker", argv, log_path=log_path, env=env, cwd=log_path.parent, grace=WORKER_GRACE
    ) as program:
        await program.said(REGISTERED, WORKER_TIMEOUT)
        yield program


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Everything but the people."""

    server: LiveKitServer
    gemini: StandIn
    worker: Program
    page: PageHost | None
    """Absent where no page was built."""

    @classmethod
    @contextlib.asynccontextmanager
    async def start(
        cls,
        folder: Path,
        *,
        gemini_flags: Sequence[str] = (),
        worker_env: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Stack]:
        """Run them all for the length of the block; their logs go to `folder`.

        Raises:
            OfflineError: one of them does not start; its last words are quoted.
        """
        async with contextlib.AsyncExitStack() as stack:
            enter = stack.enter_async_context
            await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
            gemini = await enter(stand_in(folder / "stand-in.log", gemini_flags))
            server = await enter(LiveKitServer.start(log_path=folder / "livekit-server.log"))
            env = worker_environment(server, gemini, worker_env)
            program = await enter(worker(folder / "worker.log", env))
            page = await enter(page_host(folder / "page.log", server)) if is_built() else None
            yield cls(server=server, gemini=gemini, worker=program, page=page)

    @property
    def programs(self) -> tuple[Program, ...]:
        """All that runs."""
        page = [self.page.program] if self.page else []
        return (self.server.program, self.gemini.program, self.worker, *page)

    def check(self) -> None:
        """See that all of it still runs.

        Raises:
            ProgramError: a program has ended on its own.
        """
        for program in self.programs:
            if not program.running:
                raise program.failure("ended on its own")


async def first_of(work: asyncio.Task[None], stack: Stack) -> None:
    """Finish `work`, unless one of the programs ends on its own before.

    Raises:
        ProgramError: a program ended; whatever `work` raises.
    """
    endings = [asyncio.ensure_future(program.wait()) for program in stack.programs]
    try:
        await asyncio.wait([work, *endings], return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            stack.check()
            raise ProgramError("a program ended on its own")
        work.result()
    finally:
        for task in (work, *endings):
            task.cancel()
        await asyncio.gather(work, *endings, return_exceptions=True)
