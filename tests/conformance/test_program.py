"""The program: one line of JSON, the service behind it, and a clean end."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.conformance.clients import raw


async def start(*options: str) -> asyncio.subprocess.Process:
    command = [sys.executable, "-m", "offline.gemini", *options]
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_serves_until_it_is_told_to_stop(tmp_path: Path, number: signal.Signals) -> None:
    program = await start("--setup-ms", "0", "--record", str(tmp_path / "record"))
    assert program.stdout is not None
    line = json.loads(await program.stdout.readline())
    assert line.keys() == {"url", "ca_file", "control", "token"}
    service = SimpleNamespace(url=line["url"], ca_file=Path(line["ca_file"]))
    async with raw(service) as client:  # type: ignore[arg-type]
        assert await client.setup() == {"setupComplete": {}}
    program.send_signal(number)
    assert await program.wait() == 0
    assert not service.ca_file.exists()
    assert (tmp_path / "record" / "session-0.json").exists()


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("--think-ms", "-1"), 2, "think_ms must be a number >= 0"),
        (("--port", "1", "--pace", "nan"), 2, "pace must be a number >= 0"),
        (("--port", "99999"), 2, "a port must be 0-65535"),
    ],
)
async def test_says_in_one_line_what_is_wrong(
    options: tuple[str, ...], code: int, says: str
) -> None:
    program = await start(*options)
    _, errors = await program.communicate()
    assert program.returncode == code
    assert says in errors.decode()
    assert errors.count(b"\n") == 1


async def test_says_that_a_port_is_taken() -> None:
    holder = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    async with holder:
        port = holder.sockets[0].getsockname()[1]
        program = await start("--port", str(port))
        _, errors = await program.communicate()
    assert program.returncode == 1
    assert f"{port}" in errors.decode()
    assert errors.count(b"\n") == 1
