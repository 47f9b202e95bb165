"""Revisits, disappearances, the archive's index, locks of hosts, tombstones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("page", sa.Column("missing_since", TIME))
    op.create_index("ix_page_portal_state_not_before", "page", ["portal", "state", "not_before"])
    op.create_index("ix_article_stored_at", "article", ["stored_at"])
    op.create_index("ix_revision_seen_at", "revision", ["seen_at"])
    op.create_table(
        "absence",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("article_id", ROW_ID, nullable=False),
        sa.Column("missed_at", TIME, nullable=False),
        sa.Column("gone_at", TIME, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("returned_at", TIME),
        sa.Column("run_id", ROW_ID),
        sa.Column("returned_run_id", ROW_ID),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_absence_article_id_article"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_absence_run_id_run"),
        sa.ForeignKeyConstraint(["returned_run_id"], ["run.id"], name="fk_absence_returned_run_id_run"),
        sa.PrimaryKeyConstraint("id", name="pk_absence"),
    )
    for column in ("article_id", "gone_at", "returned_at"):
        op.create_index(f"ix_absence_{column}", "absence", [column])
    # articles that an earlier version found gone
    op.execute(
        "INSERT INTO absence (article_id, missed_at, gone_at, reason) "
        "SELECT article.id, article.gone_at, article.gone_at, coalesce(page.reason, 'unknown') "
        "FROM article LEFT JOIN page ON page.url_key = article.url_key WHERE article.gone_at IS NOT NULL"
    )
    op.create_table(
        "capture",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("page_id", ROW_ID),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("fetched_at", TIME, nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("file", TEXT, nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("request_offset", sa.BigInteger()),
        sa.Column("request_length", sa.BigInteger()),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name="fk_capture_page_id_page"),
        sa.PrimaryKeyConstraint("id", name="pk_capture"),
        sa.UniqueConstraint("file", "offset", name="uq_capture_file_offset"),
    )
    op.create_index("ix_capture_page_id_fetched_at", "capture", ["page_id", "fetched_at"])
    op.create_index("ix_capture_url_fetched_at", "capture", ["url", "fetched_at"])
    op.create_table(
        "host_lock",
        sa.Column("host", TEXT, nullable=False),
        sa.Column("portal", TEXT, nullable=False),
        sa.Column("run_id", ROW_ID),
        sa.Column("machine", TEXT, nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("process_started", TEXT, nullable=False),
        sa.Column("taken_at", TIME, nullable=False),
        sa.Column("lease_until", TIME, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_host_lock_run_id_run"),
        sa.PrimaryKeyConstraint("host", name="pk_host_lock"),
    )
    op.create_table(
        "host_hold",
        sa.Column("host", TEXT, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_host_hold"),
    )
    op.create_table(
        "tombstone",
        sa.Column("url_key", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("portal", TEXT),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("forgotten_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("url_key", name="pk_tombstone"),
    )
