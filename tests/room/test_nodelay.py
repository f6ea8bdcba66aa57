"""Every TCP connection of the process sends at once; nothing else is touched."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from worker.room.nodelay import send_at_once


@pytest.fixture
def line() -> Iterator[socket.socket]:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        yield client


def delays(line: socket.socket) -> bool:
    return not line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_connection_that_delayed_does_so_no_more(line: socket.socket) -> None:
    assert delays(line)
    assert send_at_once() >= 1
    assert not delays(line)


def test_it_stays_open_and_leaves_nothing_open_behind(line: socket.socket) -> None:
    send_at_once()
    before = len(os.listdir("/dev/fd"))
    for _ in range(5):
        send_at_once()
    assert len(os.listdir("/dev/fd")) == before
    line.sendall(b"still here")


def test_what_is_no_tcp_connection_is_passed_over() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM), open(os.devnull) as file:
        one, other = socket.socketpair()
        with one, other:
            before = send_at_once()
            assert file.fileno() >= 0
    assert send_at_once() == before


def test_a_machine_without_the_folder_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.room.nodelay.OPEN", "/dev/there-is-no-such-folder")
    assert send_at_once() == 0
