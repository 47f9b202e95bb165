"""A small table for the sketches that came last, so that few pages of the large one are written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sketch_fresh",
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("member", sa.SmallInteger(), nullable=False),
        sa.Column("article_id", ROW_ID, nullable=False),
        sa.PrimaryKeyConstraint("hash", "member", "article_id", name="pk_sketch_fresh"),
        sqlite_with_rowid=False,
    )
