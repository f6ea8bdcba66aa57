"""Run by Alembic: brings the tables of the database it is given to the newest shape."""

from __future__ import annotations

from alembic import context

from worker.record.schema import VERSIONS, metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    # Not Alembic's own name: the database may be another application's too.
    version_table=VERSIONS,
    # SQLite cannot alter most of a table in place.
    render_as_batch=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
