"""Bring the database to the newest shape before it is written to."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, text

from worker.errors import RecordError
from worker.record.schema import VERSIONS
from worker.record.store import LONG, Store, begin

SCRIPTS = Path(__file__).parent / "migrations"
NEWER = "The record was made by a newer version of Sightline"
LOCK = 7_314_159_265
"""Of PostgreSQL's advisory locks: several workers may start at once."""


async def migrate(store: Store) -> None:
    """Run the migrations that the database has not seen yet; one process at a time.

    Raises:
        SQLAlchemyError, OSError: the database refuses, or is not there.
        RecordError: a newer Sightline has been here.
    """
    async with store.transaction(LONG) as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        await begin(connection)
        await connection.run_sync(_upgrade)


async def check(store: Store) -> None:
    """See that the database has the shape that is read here; changes nothing.

    Raises:
        SQLAlchemyError, OSError: the database refuses, or is not there.
        RecordError: there is no record in it, or one of another version.
    """
    async with store.engine.connect() as connection:
        await connection.run_sync(_check)


def _check(connection: Connection) -> None:
    context = MigrationContext.configure(connection, opts={"version_table": VERSIONS})
    found = context.get_current_revision()
    known = [script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()]
    if found is None:
        raise RecordError("There is no record yet, or one that a worker has to bring up to date")
    if found not in known:
        raise RecordError(NEWER)
    if found != known[0]:
        raise RecordError("The record is of an older version: start a worker of this one once")


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    if connection.dialect.name == "sqlite" and inspect(connection).has_table("alembic_version"):
        # Written by the first versions, which used Alembic's own name; the file is ours alone.
        connection.exec_driver_sql(f"ALTER TABLE alembic_version RENAME TO {VERSIONS}")
    try:
        command.upgrade(config, "head")
    except CommandError:
        raise RecordError(NEWER) from None
