"""Finds or installs livekit-server and runs it on loopback; a program too (install, run)."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from offline import building
from offline.errors import OfflineError, ProgramError
from offline.ports import LOOPBACK, free_port, is_free
from offline.programs import Program, running

CONFIG = Path(__file__).parents[1] / "livekit.yaml"
READY_TIMEOUT = 15.0
"""Seconds until the health answer; it takes 0.1–0.3 s on an idle machine."""
GRACE = 0.1
"""Asked once, the server waits for its rooms; asked again (the leash does), it goes at once."""
ATTEMPTS = 3
"""Free ports are tried this often: another program may take one between our look and the bind."""


def find_or_install() -> Path:
    """Return a livekit-server of version 1.13 or newer: from PATH, from the cache, or built now.

    Raises:
        InstallError: there is none and it cannot be built; one line says why.
    """
    found = shutil.which("livekit-server")
    if found and building.is_recent(building.version_of(Path(found))):
        return Path(found)
    return building.cached_or_built()


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveKitServer:
    """A running livekit-server and the way in."""

    url: str
    """ws://127.0.0.1:PORT"""
    api_key: str
    api_secret: str = field(repr=False)
    log_path: Path
    program: Program

    @classmethod
    @contextlib.asynccontextmanager
    async def start(
        cls,
        *,
        binary: Path | None = None,
        log_path: Path | None = None,
        port: int | None = None,
        keys: tuple[str, str] | None = None,
    ) -> AsyncIterator[LiveKitServer]:
        """Run a server for the length of the block, on free ports, with keys of its own.

        Args:
            binary: found or installed when not given (the first time that takes minutes).
            log_path: where its log goes; a temporary file when not given.
            port: a port of your choice for signalling, instead of a free one.
            keys: API key and secret of your choice, such as those of a server that went before.

        Raises:
            InstallError: no binary; ProgramError: it does not start, or the port is taken.
        """
        if binary is None:
            binary = await asyncio.to_thread(find_or_install)
        with tempfile.TemporaryDirectory(prefix="sightline-livekit-") as folder:
            log_path = log_path or Path(folder) / "livekit-server.log"
            async with contextlib.AsyncExitStack() as stack:
                keys = keys or (f"API{secrets.token_hex(6)}", secrets.token_urlsafe(36))
                yield await cls._started(stack, binary, Path(folder), log_path, port, keys)

    @classmethod
    async def _started(
        cls,
        stack: contextlib.AsyncExitStack,
        binary: Path,
        folder: Path,
        log_path: Path,
        port: int | None,
        keys: tuple[str, str],
    ) -> LiveKitServer:
        if port is not None and not is_free(port):
            raise ProgramError(f"port {port} is taken by another program; choose another one")
        key, secret = keys
        command = _command(binary, folder, keys)
        for attempt in range(ATTEMPTS):
            http, udp = port or free_port(), free_port(socket.SOCK_DGRAM)
            try:
                program = await stack.enter_async_context(
                    running(
                        "livekit-server",
                        [*command, "--port", str(http), "--udp-port", str(udp)],
                        log_path=log_path,
                        env=_environment(),
                        grace=GRACE,
                    )
                )
                await healthy(program, http)
            except ProgramError as error:
                if "address already in use" in str(error) and attempt + 1 < ATTEMPTS:
                    continue
                raise
            url = f"ws://{LOOPBACK}:{http}"
            return cls(url=url, api_key=key, api_secret=secret, log_path=log_path, program=program)
        raise AssertionError("the last attempt returns or raises")


def _command(binary: Path, folder: Path, keys: tuple[str, str]) -> list[str | Path]:
    """Write the keys down in the folder, and say how the server is called, but for its ports."""
    key_file = folder / "keys.yaml"
    key_file.touch(mode=0o600)
    key_file.write_text(": ".join(keys) + "\n", encoding="utf-8")
    return [binary, "--config", CONFIG, "--bind", LOOPBACK, "--key-file", key_file]


def _environment() -> dict[str, str]:
    """Return the environment without what the server would read as its settings."""
    names = ("NODE_IP", "UDP_PORT", "REDIS_HOST", "REDIS_PASSWORD")
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("LIVEKIT_") and name not in names
    }


async def healthy(program: Program, port: int, path: str = "/") -> None:
    """Wait for the health answer of this very program.

    Raises:
        ProgramError: it ended, or did not answer in time.
    """
    timeout = aiohttp.ClientTimeout(total=1.0)
    ended = asyncio.ensure_future(program.wait())
    try:
        async with asyncio.timeout(READY_TIMEOUT), aiohttp.ClientSession(timeout=timeout) as http:
            while not ended.done():
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with http.get(f"http://{LOOPBACK}:{port}{path}") as answer:
                        if answer.status == 200:
                            return
                await asyncio.wait([ended], timeout=0.05)
    except TimeoutError:
        raise program.failure(f"gave no health answer within {READY_TIMEOUT:.0f} s") from None
    finally:
        ended.cancel()
    raise program.failure(f"ended with status {ended.result()}")


async def _run(port: int | None) -> None:
    async with LiveKitServer.start(port=port) as server:
        print(f"LIVEKIT_URL={server.url}")
        print(f"LIVEKIT_API_KEY={server.api_key}")
        print(f"LIVEKIT_API_SECRET={server.api_secret}")
        print(f"# log: {server.log_path}; Ctrl-C ends it", flush=True)
        status = await server.program.wait()
        raise server.program.failure(f"ended with status {status}")


def main() -> int:
    """Speak to the terminal; return 0, 1 after one clear line, or 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m offline.livekit", description=__doc__)
    parser.add_argument("what", choices=["install", "run"])
    parser.add_argument("--port", type=int, help="for run: instead of a free one")
    arguments = parser.parse_args()
    # A shell that starts programs in the background has them ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        if arguments.what == "install":
            print(find_or_install())
        else:
            asyncio.run(_run(arguments.port))
    except OfflineError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
