"""Conversations, their lines, tool calls and remarks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.String(255)


def _of_call() -> list[sa.Column[object]]:
    parent = sa.ForeignKey("conversations.id", ondelete="CASCADE")
    return [
        sa.Column("call", ID, parent, primary_key=True),
        sa.Column("id", ID, primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
    ]


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "conversations",
        sa.Column("id", ID, primary_key=True),
        sa.Column("room", ID, nullable=False),
        sa.Column("persona", sa.String(64), nullable=False),
        sa.Column("model", sa.String(128), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lasted", sa.Double),
        sa.Column("reason", sa.Text),
    )
    op.create_index("conversations_started", "conversations", ["started"])
    op.create_table(
        "lines",
        *_of_call(),
        sa.Column("who", sa.String(16), nullable=False),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("began", sa.Double, nullable=False),
        sa.Column("ended", sa.Double, nullable=False),
        sa.Column("final", sa.Boolean, nullable=False),
        sa.Column("interrupted", sa.Boolean, nullable=False),
    )
    op.create_table(
        "tool_calls",
        *_of_call(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("began", sa.Double, nullable=False),
        sa.Column("ended", sa.Double, nullable=False),
    )
    op.create_table(
        "remarks",
        *_of_call(),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("remarks", "tool_calls", "lines", "conversations"):
        op.drop_table(table)
