"""Indexes for counting. The views that came with them are made by 0009, as storage.views has them now."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_index(
        "ix_article_source_name_published_day_portal", "article", ["source_name", "published_day", "portal"]
    )
    op.create_index(
        "ix_article_published_day_portal_channel_path", "article", ["published_day", "portal", "channel_path"]
    )
