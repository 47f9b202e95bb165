"""Near-duplicates: sketches of texts, and who published a story first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sketch",
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("member", sa.SmallInteger(), nullable=False),
        sa.Column("article_id", ROW_ID, nullable=False),
        sa.PrimaryKeyConstraint("hash", "member", "article_id", name="pk_sketch"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "setting",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_setting"),
    )
    op.add_column("story", sa.Column("centre_id", sa.BigInteger()))
    op.add_column("story", sa.Column("publisher", TEXT))
    op.add_column("story", sa.Column("publisher_why", TEXT))
    # so that stories keep their numbers when they are decided anew, see storage.migrate
    op.execute("UPDATE story SET centre_id = first_article_id WHERE size > 0")
