"""livekit-server as we run it: reachable on loopback, with keys of its own, and gone afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
import sys
from pathlib import Path

import psutil
import pytest
from livekit import api

from offline import livekit
from offline.errors import ProgramError
from offline.livekit import CONFIG, LiveKitServer, healthy
from offline.ports import free_port
from offline.programs import running

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


async def test_answers_to_its_own_keys_only() -> None:
    async with LiveKitServer.start() as server:
        assert len(server.api_secret) >= 32
        assert server.api_secret not in repr(server)
        async with api.LiveKitAPI(server.url, server.api_key, server.api_secret) as client:
            await client.room.list_rooms(api.ListRoomsRequest())
        async with api.LiveKitAPI(server.url, "devkey", "x" * 32) as stranger:
            with pytest.raises(api.TwirpError, match="401"):
                await stranger.room.list_rooms(api.ListRoomsRequest())


async def test_listens_on_loopback_alone() -> None:
    async with LiveKitServer.start() as server:
        family = psutil.Process(server.program.pid).children(recursive=True)
        sockets = [c for p in family for c in p.net_connections() if not c.raddr]
        assert len(sockets) == 2
        assert {c.laddr[0] for c in sockets} == {"127.0.0.1"}


async def test_is_gone_when_the_block_ends_in_an_error(tmp_path: Path) -> None:
    family: list[psutil.Process] = []

    async def fail() -> None:
        async with LiveKitServer.start(log_path=tmp_path / "server.log") as server:
            family.extend(psutil.Process(server.program.pid).children(recursive=True))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert len(family) == 1
    assert not family[0].is_running()
    assert "starting LiveKit server" in (tmp_path / "server.log").read_text()


async def test_two_run_side_by_side() -> None:
    async with LiveKitServer.start() as first, LiveKitServer.start() as second:
        assert first.url != second.url
        assert first.api_secret != second.api_secret


async def test_says_so_when_the_port_is_taken() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ProgramError, match=f"port {port} is taken"):
            async with LiveKitServer.start(port=port):
                pass


async def test_takes_other_ports_when_one_was_taken_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        ports = iter([taken, free_port(socket.SOCK_DGRAM), free_port(), free_port()])
        monkeypatch.setattr(livekit, "free_port", lambda *_: next(ports))
        async with LiveKitServer.start() as server:
            assert not server.url.endswith(f":{taken}")


@pytest.mark.parametrize(
    ("script", "line"),
    [("echo boom >&2; exit 3", "ended with status 3; it said: boom"), (None, "ended with status")],
)
async def test_quotes_a_server_that_does_not_start(
    tmp_path: Path, script: str | None, line: str
) -> None:
    binary = tmp_path / "livekit-server"
    binary.write_text(f"#!/bin/sh\n{script}\n" if script else "no program")
    binary.chmod(0o755)
    with pytest.raises(ProgramError, match=line):
        async with LiveKitServer.start(binary=binary):
            pass


async def test_the_configuration_serves_by_hand_too(tmp_path: Path) -> None:
    port, udp = free_port(), free_port(socket.SOCK_DGRAM)
    async with LiveKitServer.start() as server:
        binary = psutil.Process(server.program.pid).children()[0].exe()
    command = [binary, "--config", CONFIG, "--port", str(port), "--udp-port", str(udp)]
    async with running("by hand", command, log_path=tmp_path / "log", grace=0.1) as program:
        await healthy(program, port)
        assert program.running


async def test_settings_in_the_environment_do_not_reach_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LIVEKIT_KEYS", "other: " + "x" * 40)
    monkeypatch.setenv("LIVEKIT_CONFIG", "nonsense: true")
    async with LiveKitServer.start() as server:
        assert server.program.running


async def test_ctrl_c_ends_the_program_and_the_server(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "offline.livekit", "run", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    lines = [(await process.stdout.readline()).decode() for _ in range(4)]
    family = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, signal.SIGINT)
    assert await process.wait() == 130
    assert lines[0].startswith("LIVEKIT_URL=ws://127.0.0.1:")
    assert len(family) == 2
    assert not any(child.is_running() for child in family)
    assert await process.stdout.read() == b""


async def test_keys_are_kept_from_other_users() -> None:
    async with LiveKitServer.start() as server:
        command = psutil.Process(server.program.pid).children()[0].cmdline()
        key_file = command[command.index("--key-file") + 1]
        assert stat.S_IMODE(os.stat(key_file).st_mode) == 0o600
        assert server.api_secret not in " ".join(command)
