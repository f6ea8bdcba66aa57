"""Where the record is kept: a file, or what `DATABASE_URL` says."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from worker.config.sections import IDLE_WORDS
from worker.errors import RecordError

DRIVERS = {"postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
DRIVERS |= {"sqlite": "sqlite+aiosqlite"}


def database(url: str, file: str) -> URL:
    """The address of the database, with the driver that we bring for it.

    Args:
        url: as hosters hand it out, such as `postgres://user:word@host/name?sslmode=require`;
            empty: the file.
        file: of an SQLite database.

    Raises:
        RecordError: the address is none, or of another kind of database.
    """
    if not url:
        return URL.create("sqlite+aiosqlite", database=str(Path(file).absolute()))
    try:
        given = make_url(url)
    except ArgumentError:
        raise RecordError("DATABASE_URL is no address of a database") from None
    kind = given.drivername.partition("+")[0]
    if kind not in DRIVERS:
        raise RecordError("DATABASE_URL must begin with postgresql:// or sqlite://")
    query = {word: value for word, value in given.query.items() if word not in IDLE_WORDS}
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    return given.set(drivername=DRIVERS[kind], query=query)
