"""A database that falls silent: its machine is frozen, or the way to it swallows everything."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from sqlalchemy import URL

from tests.record.samples import OPENING
from worker.record import migrating, store
from worker.record.migrating import migrate
from worker.record.place import database
from worker.record.store import Store

pytestmark = pytest.mark.timeout(90)


@dataclass(slots=True)
class Way:
    """A way to a server of this machine, which can swallow what goes either way."""

    to: URL
    port: int = 0
    silent: bool = False
    _ends: list[asyncio.StreamWriter] = field(default_factory=list)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(self.to.host, self.to.port)
        self._ends += [writer, far_writer]
        await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if not self.silent:
                    writer.write(data)
        writer.close()

    def close(self) -> None:
        for end in self._ends:
            end.close()


@pytest_asyncio.fixture
async def way(server: str) -> AsyncIterator[Way]:
    """A way to PostgreSQL."""
    found = Way(to=database(server, ""))
    async with await asyncio.start_server(found.carry, "127.0.0.1", 0) as listening:
        found.port = listening.sockets[0].getsockname()[1]
        yield found
        found.close()


async def write(to: Store) -> None:
    await to.write([OPENING])


async def purge(to: Store) -> None:
    await to.purge(datetime.fromtimestamp(0, UTC))


@pytest.mark.parametrize("connected", [True, False])
@pytest.mark.parametrize("deed", [write, purge, migrate])
async def test_is_given_up_and_used_again_when_it_is_back(
    way: Way,
    monkeypatch: pytest.MonkeyPatch,
    deed: Callable[[Store], Awaitable[None]],
    connected: bool,
) -> None:
    async with Store.open(way.to.set(host="127.0.0.1", port=way.port)) as opened:
        if connected:
            await migrate(opened)
        monkeypatch.setattr(store, "SILENCE", 0.5)
        monkeypatch.setattr(store, "LONG", 0.5)
        monkeypatch.setattr(migrating, "LONG", 0.5)
        way.silent = True
        async with asyncio.timeout(10):
            with pytest.raises(TimeoutError):
                await deed(opened)
        monkeypatch.undo()
        way.silent = False
        await migrate(opened)
        await deed(opened)
