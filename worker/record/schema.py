"""The tables of the record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.types import TypeEngine

from worker.record.entries import LONGEST_MODEL, LONGEST_NAME, LONGEST_PERSONA, TOKENS

ID = String(LONGEST_NAME)


class Moment(TypeDecorator[datetime]):
    """A moment with its zone; SQLite forgets zones, so it is kept in UTC there."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        return value and (value if value.tzinfo else value.replace(tzinfo=UTC))


metadata = MetaData()
VERSIONS = "sightline_version"
"""Table that says which migrations have run."""


def _given(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]]) -> Column[Any]:
    return Column(name, kind, nullable=False)


def _of_call(name: str, *columns: Column[Any]) -> Table:
    """A table of one kind of thing in calls; `place` is its order among all kinds."""
    parent = ForeignKey("conversations.id", ondelete="CASCADE")
    return Table(
        name,
        metadata,
        Column("call", ID, parent, primary_key=True),
        Column("id", ID, primary_key=True),
        _given("place", Integer),
        *columns,
    )


conversations = Table(
    "conversations",
    metadata,
    Column("id", ID, primary_key=True),
    _given("room", ID),
    _given("persona", String(LONGEST_PERSONA)),
    _given("model", String(LONGEST_MODEL)),
    _given("started", Moment),
    Column("lasted", Double),  # seconds; null while it goes on, or when its end was not told
    Column("reason", Text),
    Index("conversations_started", "started"),
)
"""One row a call; times in the other tables are seconds into it."""

lines = _of_call(
    "lines",
    _given("who", String(16)),
    _given("identity", Text),
    _given("text", Text),
    _given("began", Double),
    _given("ended", Double),
    _given("final", Boolean),
    _given("interrupted", Boolean),
)

tool_calls = _of_call(
    "tool_calls",
    _given("name", Text),
    _given("status", String(16)),
    _given("summary", Text),
    _given("began", Double),
    _given("ended", Double),
)

scripts = _of_call(
    "scripts",
    _given("language", String(32)),
    _given("code", Text),
    _given("status", String(16)),
    _given("output", Text),
    _given("began", Double),
    _given("ended", Double),
)

citations = _of_call(
    "citations",
    _given("line", ID),
    _given("title", Text),
    _given("url", Text),
    _given("queries", Text),
    _given("at", Double),
)

remarks = _of_call(
    "remarks",
    _given("level", String(16)),
    _given("text", Text),
    _given("at", Double),
)

usages = _of_call(
    "usages",
    _given("at", Double),
    *(_given(name, BigInteger) for name in TOKENS),
    _given("searches", Integer),
    _given("usd", Double),
    _given("latency", Double),
    _given("own_latency", Double),
)
"""One row a turn of the model's: tokens, searches, US dollars, seconds; a call is their sum."""
