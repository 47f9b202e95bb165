"""What became of a picture's URL, sketches of pictures, and which look alike."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _add_key("image", "picture_id", "picture")
    op.add_column("image", sa.Column("asked_at", TIME))
    op.add_column("image", sa.Column("failure", TEXT))
    op.add_column("image", sa.Column("not_before", TIME))
    op.add_column("picture", sa.Column("sketch", sa.LargeBinary()))
    op.add_column("picture", sa.Column("flat", sa.Boolean()))
    _add_key("picture", "centre_id", "picture")
    op.create_table(
        "picture_band",
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("picture_id", ROW_ID, nullable=False),
        sa.Column("dhash", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("value", "picture_id", name="pk_picture_band"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "picture_link",
        sa.Column("picture_id", ROW_ID, nullable=False),
        sa.Column("other_id", ROW_ID, nullable=False),
        sa.Column("distance", sa.SmallInteger(), nullable=False),
        sa.Column("likeness", sa.Float()),
        sa.Column("why", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["picture_id"], ["picture.id"], name="fk_picture_link_picture_id_picture"),
        sa.ForeignKeyConstraint(["other_id"], ["picture.id"], name="fk_picture_link_other_id_picture"),
        sa.PrimaryKeyConstraint("picture_id", "other_id", name="pk_picture_link"),
    )
    op.create_index("ix_picture_link_other_id", "picture_link", ["other_id"])


def _add_key(table: str, column: str, target: str) -> None:
    """Add a column that points to another table.

    Written out: Alembic would make SQLite's whole table anew for it, which what points to that table forbids.
    """
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    name = f"fk_{table}_{column}_{target}"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {number} CONSTRAINT {name} REFERENCES {target} (id)")
    op.create_index(f"ix_{table}_{column}", table, [column])
