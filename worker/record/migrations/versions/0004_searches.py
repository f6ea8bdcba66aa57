"""How many of Google's own searches each turn is billed for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column; of older turns nobody knows."""
    op.add_column("usages", sa.Column("searches", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("usages", "searches")
