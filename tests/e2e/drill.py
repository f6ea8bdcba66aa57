"""Workers for drills: each may be ended in any way, and nothing sweeps up behind it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import psutil
from livekit import api

from offline.livekit import LiveKitServer
from offline.programs import running
from offline.stack import (
    REGISTERED,
    ROOT,
    WORKER_GRACE,
    WORKER_TIMEOUT,
    stand_in,
    worker_environment,
)
from tests.e2e.rig import FAST, LOGS, Rig

NOTHING: Mapping[str, str] = MappingProxyType({})

ASIDE = (
    "import subprocess, sys, time; status = subprocess.Popen(sys.argv[1:]).wait(); "
    "print('exit status', status, flush=True); time.sleep(3600)"
)
"""Runs a command and outlives it, so that whoever watches over us does not end its orphans."""


@contextlib.asynccontextmanager
async def yard(name: str) -> AsyncIterator[Rig]:
    """Run the servers alone, for the length of the block; `worker` is nobody yet."""
    folder = LOGS / name
    folder.mkdir(parents=True, exist_ok=True)
    async with contextlib.AsyncExitStack() as stack:
        enter = stack.enter_async_context
        gemini = await enter(stand_in(folder / "stand-in.log", FAST))
        server = await enter(LiveKitServer.start(log_path=folder / "livekit-server.log"))
        address = server.url.replace("ws://", "http://")
        client = await enter(api.LiveKitAPI(address, server.api_key, server.api_secret))
        yield Rig(server=server, gemini=gemini, worker=gemini.program, folder=folder, client=client)


@contextlib.asynccontextmanager
async def drilled(
    servers: Rig,
    name: str,
    *,
    script: Path = ROOT / "worker.py",
    command: str = "start",
    env: Mapping[str, str] = NOTHING,
) -> AsyncIterator[Rig]:
    """Run one more worker for the length of the block."""
    given = worker_environment(
        servers.server, servers.gemini, {"AGENT_GREETING": "off", "PYTHONPATH": str(ROOT), **env}
    )
    arguments = [sys.executable, "-c", ASIDE, sys.executable, str(script), command]
    log_path = servers.folder / f"{name}.log"
    async with running(
        f"worker {name}",
        arguments,
        log_path=log_path,
        env=given,
        cwd=log_path.parent,
        grace=WORKER_GRACE,
    ) as program:
        await program.said(REGISTERED, WORKER_TIMEOUT)
        yield replace(servers, worker=program)


def main_process(stack: Rig) -> psutil.Process:
    """Return the worker's main process, past what keeps it on a leash."""
    process = psutil.Process(stack.worker.pid)
    while process.cmdline()[2:3] not in (["start"], ["dev"]):
        (process,) = process.children()
    return process


def living(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Return those that still run."""
    return [one for one in processes if _lives(one)]


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@contextlib.asynccontextmanager
async def restarted(stack: Rig) -> AsyncIterator[LiveKitServer]:
    """Kill the livekit-server and run another one in its place for the length of the block."""
    first = stack.server
    for process in psutil.Process(first.program.pid).children():
        process.kill()
    await first.program.wait()
    port, keys = int(first.url.rpartition(":")[2]), (first.api_key, first.api_secret)
    log_path = stack.folder / "livekit-server-again.log"
    async with LiveKitServer.start(log_path=log_path, port=port, keys=keys) as server:
        yield server
