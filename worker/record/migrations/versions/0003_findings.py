"""Code that the model ran, and the web pages its lines are based on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ID = sa.String(255)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "scripts",
        *_head(),
        sa.Column("language", sa.String(32), nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("output", sa.Text, nullable=False),
        sa.Column("began", sa.Double, nullable=False),
        sa.Column("ended", sa.Double, nullable=False),
    )
    op.create_table(
        "citations",
        *_head(),
        sa.Column("line", ID, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("queries", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("citations")
    op.drop_table("scripts")


def _head() -> tuple[sa.Column[str], sa.Column[str], sa.Column[int]]:
    parent = sa.ForeignKey("conversations.id", ondelete="CASCADE")
    return (
        sa.Column("call", ID, parent, primary_key=True),
        sa.Column("id", ID, primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
    )
