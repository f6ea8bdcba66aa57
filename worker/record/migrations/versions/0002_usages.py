"""What each turn has cost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.String(255)
TOKENS = ("text_in", "audio_in", "image_in", "video_in", "text_out", "audio_out", "thoughts")


def upgrade() -> None:
    """Make the table."""
    parent = sa.ForeignKey("conversations.id", ondelete="CASCADE")
    op.create_table(
        "usages",
        sa.Column("call", ID, parent, primary_key=True),
        sa.Column("id", ID, primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in TOKENS),
        sa.Column("usd", sa.Double, nullable=False),
        sa.Column("latency", sa.Double, nullable=False),
        sa.Column("own_latency", sa.Double, nullable=False),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("usages")
