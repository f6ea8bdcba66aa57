"""The record in its database: written in batches, read whole, purged by age."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, delete, event, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from worker.errors import RecordError
from worker.record.entries import (
    Citation,
    Closing,
    Entry,
    Line,
    Opening,
    Placed,
    Remark,
    Script,
    Spent,
    ToolCall,
)
from worker.record.schema import (
    citations,
    conversations,
    lines,
    remarks,
    scripts,
    tool_calls,
    usages,
)
from worker.record.talks import Summary, Talk

P = TypeVar("P", bound=Placed)
BUSY = 5.0
"""Seconds that SQLite waits for another process's write."""
SILENCE = 30.0
"""Seconds after which a database that says nothing is not there; TCP waits for 15 min or ever."""
LONG = 300.0
"""The same for what may take a while: another worker's migration, a purge of many conversations."""
TABLES: dict[type[Entry], Table] = {
    Line: lines,
    ToolCall: tool_calls,
    Script: scripts,
    Citation: citations,
    Remark: remarks,
    Spent: usages,
}
ORDER: tuple[type[Entry], ...] = (Opening, *TABLES, Closing)


@dataclass(frozen=True, slots=True)
class Store:
    """One database of conversations."""

    engine: AsyncEngine

    @classmethod
    @asynccontextmanager
    async def open(cls, url: URL) -> AsyncIterator[Store]:
        """Use a database for the length of the block; it is connected to when it is needed."""
        engine = create_async_engine(url, pool_pre_ping=True, connect_args=_arguments(url))
        if url.get_backend_name() == "sqlite":
            event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        try:
            yield cls(engine)
        finally:
            await engine.dispose()

    async def write(self, entries: Iterable[Entry]) -> None:
        """Keep entries, all or none of them; those that are known are replaced.

        Raises:
            SQLAlchemyError, OSError: the database refuses, or is not there.
        """
        async with self.transaction(SILENCE) as connection:
            await begin(connection)
            for kind, group in _grouped(entries):
                await _write(connection, kind, group)

    @asynccontextmanager
    async def transaction(self, seconds: float) -> AsyncIterator[AsyncConnection]:
        """Begin what is committed at the end of the block.

        Raises:
            TimeoutError: it was not done within these seconds.
        """
        async with asyncio.timeout(seconds), self.engine.begin() as connection:
            yield connection

    async def conversations(self, limit: int = 50) -> list[Summary]:
        """The newest conversations first."""
        spoken = (
            select(lines.c.call, func.count().label("lines"))
            .where(lines.c.final)
            .group_by(lines.c.call)
            .subquery()
        )
        paid = select(usages.c.call, func.sum(usages.c.usd).label("usd"))
        cost = paid.group_by(usages.c.call).subquery()
        query = (
            select(
                conversations,
                func.coalesce(spoken.c.lines, 0).label("lines"),
                func.coalesce(cost.c.usd, 0.0).label("usd"),
            )
            .outerjoin(spoken, spoken.c.call == conversations.c.id)
            .outerjoin(cost, cost.c.call == conversations.c.id)
            .order_by(conversations.c.started.desc(), conversations.c.id)
            .limit(limit)
        )
        async with self.engine.connect() as connection:
            return [Summary(**row._mapping) for row in await connection.execute(query)]

    async def talk(self, id: str) -> Talk:
        """One conversation, whole; the beginning of its id will do if only one begins so.

        Raises:
            RecordError: there is none, or more than one.
        """
        async with self.engine.connect() as connection:
            query = select(conversations).where(conversations.c.id.startswith(id, autoescape=True))
            found = (await connection.execute(query.limit(2))).all()
            exact = [row for row in found if row.id == id] or found
            if len(exact) != 1:
                raise RecordError("more than one begins so" if exact else "no such conversation")
            row = exact[0]
            return Talk(
                **row._mapping,
                lines=await _read(connection, Line, row.id),
                tools=await _read(connection, ToolCall, row.id),
                scripts=await _read(connection, Script, row.id),
                citations=await _read(connection, Citation, row.id),
                remarks=await _read(connection, Remark, row.id),
                usages=await _read(connection, Spent, row.id),
            )

    async def purge(self, before: datetime) -> int:
        """Forget the conversations that began before a moment; tells how many."""
        old = conversations.c.started < before
        async with self.transaction(LONG) as connection:
            return (await connection.execute(delete(conversations).where(old))).rowcount


async def begin(connection: AsyncConnection) -> None:
    """Begin to write, where SQLite is written to: nobody else does until this is committed.

    Python would begin by itself, but it knows `INSERT` by its small letters, and in a Turkish
    locale those of I are others: each row would be kept by itself.
    """
    if connection.dialect.name == "sqlite":
        await connection.exec_driver_sql("BEGIN IMMEDIATE")


def _arguments(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"timeout": BUSY}
    # What is done beside a transaction, such as to end one, and to connect.
    return {"command_timeout": LONG, "timeout": SILENCE}


def _prepare_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    # A commit survives the death of the process; readers do not wait for the writer.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _grouped(entries: Iterable[Entry]) -> list[tuple[type[Entry], list[Entry]]]:
    """By kind, openings first and closings last; of one key only the newest."""
    newest = {entry.key: entry for entry in entries}
    return [
        (kind, group)
        for kind in ORDER
        if (group := [entry for entry in newest.values() if type(entry) is kind])
    ]


async def _write(connection: AsyncConnection, kind: type[Entry], group: list[Entry]) -> None:
    if kind is Opening:
        rows = [_opening(entry) for entry in group if isinstance(entry, Opening)]
        await connection.execute(_upsert(connection.sync_connection, conversations), rows)
    elif kind is Closing:
        for entry in group:
            assert isinstance(entry, Closing)
            ended = {"lasted": entry.after, "reason": entry.reason}
            this = conversations.c.id == entry.call
            await connection.execute(update(conversations).where(this).values(**ended))
    else:
        rows = [entry.values() for entry in group]
        await connection.execute(_upsert(connection.sync_connection, TABLES[kind]), rows)


def _opening(entry: Opening) -> dict[str, Any]:
    return {
        "id": entry.call,
        "room": entry.room,
        "persona": entry.persona,
        "model": entry.model,
        "started": datetime.fromtimestamp(entry.at, UTC),
    }


def _upsert(connection: Connection | None, table: Table) -> Any:
    assert connection is not None
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(table)
    keys = [column.name for column in table.primary_key]
    kept = {"lasted", "reason"}
    newer = {
        column.name: insert.excluded[column.name]
        for column in table.columns
        if column.name not in keys and column.name not in kept
    }
    return insert.on_conflict_do_update(index_elements=keys, set_=newer)


async def _read(connection: AsyncConnection, kind: type[P], call: str) -> tuple[P, ...]:
    table = TABLES[kind]
    query = select(table).where(table.c.call == call).order_by(table.c.place, table.c.id)
    return tuple(kind(**row._mapping) for row in await connection.execute(query))
