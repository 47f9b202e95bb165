"""The views as storage.views has them, in place of an earlier version's; the index of days knows sources."""

from __future__ import annotations

from alembic import op

from storage.views import drop_views, make_views

revision = "0009"
down_revision = "0008"

DAYS = ["published_day", "portal", "channel_path"]


def upgrade() -> None:
    drop_views(op.get_bind())
    op.drop_index(f"ix_article_{'_'.join(DAYS)}", "article")
    # daily_counts is then read from it alone
    op.create_index(f"ix_article_{'_'.join(DAYS)}_source_name", "article", [*DAYS, "source_name"])
    make_views(op.get_bind())
