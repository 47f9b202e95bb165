"""The search index made anew: it knows what is changed and what is gone."""

from __future__ import annotations

from alembic import op

from storage.reindex import reindex

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    reindex(op.get_bind())
