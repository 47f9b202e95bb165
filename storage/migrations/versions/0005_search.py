"""The search index in tables of our own, the same on both databases; still empty."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OLD = {"sqlite": ("article_fts", "image_fts"), "postgresql": ("article_search", "image_search")}


def upgrade() -> None:
    for name in OLD[op.get_context().dialect.name]:
        op.execute(f"DROP TABLE {name}")
    op.create_table(
        "search_segment",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("fences", sa.LargeBinary(), nullable=False),
        sa.Column("dead", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_search_segment"),
    )
    for name, content in (("search_keys", "keys"), ("search_page", "page")):
        op.create_table(
            name,
            sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
            sa.Column(content, sa.LargeBinary(), nullable=False),
            sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        )
    op.create_table(
        "search_fresh",
        sa.Column("sort_key", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("tokens", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sort_key", name="pk_search_fresh"),
    )
    for name in ("changed", "gone"):
        some = sa.text(f"{name}_at IS NOT NULL")
        op.create_index(
            f"ix_article_{name}", "article", ["sort_key"], sqlite_where=some, postgresql_where=some
        )
    # 0007 fills them
