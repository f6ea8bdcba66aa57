"""The tables of the record."""

from __future__ import annotations

from datetime import UTC, datetime

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

ID = String(255)


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


def _of_call() -> Column[str]:
    return Column("call", ID, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)


conversations = Table(
    "conversations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("room", ID, nullable=False),
    Column("persona", String(64), nullable=False),
    Column("model", String(128), nullable=False),
    Column("started", Moment, nullable=False),
    Column("lasted", Double),  # seconds; null while it goes on, or when its end was not told
    Column("reason", Text),
    Index("conversations_started", "started"),
)
"""One row a call; times in the other tables are seconds into it."""

lines = Table(
    "lines",
    metadata,
    _of_call(),
    Column("id", ID, primary_key=True),
    Column("place", Integer, nullable=False),
    Column("who", String(16), nullable=False),
    Column("identity", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("began", Double, nullable=False),
    Column("ended", Double, nullable=False),
    Column("final", Boolean, nullable=False),
    Column("interrupted", Boolean, nullable=False),
)

tool_calls = Table(
    "tool_calls",
    metadata,
    _of_call(),
    Column("id", ID, primary_key=True),
    Column("place", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("summary", Text, nullable=False),
    Column("began", Double, nullable=False),
    Column("ended", Double, nullable=False),
)

scripts = Table(
    "scripts",
    metadata,
    _of_call(),
    Column("id", ID, primary_key=True),
    Column("place", Integer, nullable=False),
    Column("language", String(32), nullable=False),
    Column("code", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("output", Text, nullable=False),
    Column("began", Double, nullable=False),
    Column("ended", Double, nullable=False),
)

citations = Table(
    "citations",
    metadata,
    _of_call(),
    Column("id", ID, primary_key=True),
    Column("place", Integer, nullable=False),
    Column("line", ID, nullable=False),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("queries", Text, nullable=False),
    Column("at", Double, nullable=False),
)

remarks = Table(
    "remarks",
    metadata,
    _of_call(),
    Column("id", ID, primary_key=True),
    Column("place", Integer, nullable=False),
    Column("level", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Double, nullable=False),
)

usages = Table(
    "usages",
    metadata,
    _of_call(),
    Column("id", ID, primary_key=True),
    Column("place", Integer, nullable=False),
    Column("at", Double, nullable=False),
    Column("text_in", BigInteger, nullable=False),
    Column("audio_in", BigInteger, nullable=False),
    Column("image_in", BigInteger, nullable=False),
    Column("video_in", BigInteger, nullable=False),
    Column("text_out", BigInteger, nullable=False),
    Column("audio_out", BigInteger, nullable=False),
    Column("thoughts", BigInteger, nullable=False),
    Column("usd", Double, nullable=False),
    Column("latency", Double, nullable=False),
    Column("own_latency", Double, nullable=False),
)
"""One row a turn of the model's: tokens, US dollars, seconds; a call's total is their sum."""
