"""The first schema: articles, pictures, stories, the ledger and the search index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0001"
down_revision = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_tables()
    if op.get_context().dialect.name == "postgresql":
        create_postgresql_index()
    else:
        create_sqlite_index()


def create_sqlite_index() -> None:
    # contentless: the text is in article already; without positions: what a phrase finds is checked again
    # ascii takes every non-ASCII character as part of a token, so storage.tokens alone decides what one is
    for name in ("article_fts", "image_fts"):
        op.execute(
            f"CREATE VIRTUAL TABLE {name} USING fts5(tokens, content='', detail=none, tokenize='ascii')"
        )


def create_postgresql_index() -> None:
    op.create_table(
        "article_search",
        sa.Column("sort_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tokens", TSVECTOR(), nullable=False),
        sa.PrimaryKeyConstraint("sort_key", name="pk_article_search"),
    )
    op.create_index("ix_article_search_tokens", "article_search", ["tokens"], postgresql_using="gin")
    op.create_table(
        "image_search",
        sa.Column("sort_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tokens", TSVECTOR(), nullable=False),
        sa.PrimaryKeyConstraint("sort_key", name="pk_image_search"),
    )
    op.create_index("ix_image_search_tokens", "image_search", ["tokens"], postgresql_using="gin")


def create_tables() -> None:
    op.create_table(
        "image",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("url_key", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_image"),
        sa.UniqueConstraint("url_key", name="uq_image_url_key"),
    )
    op.create_table(
        "person",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("name", name="uq_person_name"),
    )
    op.create_table(
        "picture",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("dhash", sa.BigInteger()),
        sa.Column("phash", sa.BigInteger()),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("bytes", sa.BigInteger()),
        sa.Column("mime", TEXT),
        sa.Column("path", TEXT),
        sa.Column("fetched_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_picture"),
        sa.UniqueConstraint("sha256", name="uq_picture_sha256"),
    )
    op.create_index("ix_picture_dhash", "picture", ["dhash"])
    op.create_index("ix_picture_phash", "picture", ["phash"])
    op.create_table(
        "run",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("portal", TEXT, nullable=False),
        sa.Column("arguments", TEXT, nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("finished_at", TIME),
        sa.Column("reason", TEXT),
        sa.Column("counts", TEXT),
        sa.Column("host", TEXT, nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("version", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
    )
    op.create_index("ix_run_portal_started_at", "run", ["portal", "started_at"])
    op.create_table(
        "story",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("first_article_id", sa.BigInteger()),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("merged_into", ROW_ID),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["merged_into"], ["story.id"], name="fk_story_merged_into_story"),
        sa.PrimaryKeyConstraint("id", name="pk_story"),
    )
    op.create_table(
        "article",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("portal", TEXT),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("canonical_url", TEXT),
        sa.Column("url_key", TEXT, nullable=False),
        sa.Column("url_rules", sa.Integer(), nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("channel_path", TEXT),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("subtitle", TEXT),
        sa.Column("keywords", TEXT, nullable=False),
        sa.Column("language", TEXT),
        sa.Column("published_at", TIME),
        sa.Column("published_offset", sa.SmallInteger()),
        sa.Column("published_precision", TEXT),
        sa.Column("published_day", TEXT),
        sa.Column("published_raw", TEXT),
        sa.Column("modified_at", TEXT),
        sa.Column("source_name", TEXT),
        sa.Column("source_url", TEXT),
        sa.Column("editor", TEXT),
        sa.Column("duty_editor", TEXT),
        sa.Column("authors", TEXT, nullable=False),
        sa.Column("blocks", TEXT, nullable=False),
        sa.Column("body_text", TEXT, nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("template", TEXT),
        sa.Column("extractor", TEXT),
        sa.Column("text_hash", TEXT),
        sa.Column("pictures_hash", TEXT),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.Column("sort_key", sa.BigInteger(), nullable=False),
        sa.Column("story_id", ROW_ID),
        sa.Column("stored_at", TIME, nullable=False),
        sa.Column("checked_at", TIME, nullable=False),
        sa.Column("changed_at", TIME),
        sa.Column("gone_at", TIME),
        sa.Column("run_id", ROW_ID),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_article_run_id_run"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_article_story_id_story"),
        sa.PrimaryKeyConstraint("id", name="pk_article"),
        sa.UniqueConstraint("sort_key", name="uq_article_sort_key"),
        sa.UniqueConstraint("url_key", name="uq_article_url_key"),
    )
    op.create_index("ix_article_pictures_hash", "article", ["pictures_hash"])
    op.create_index("ix_article_portal_sort_key", "article", ["portal", "sort_key"])
    op.create_index("ix_article_story_id", "article", ["story_id"])
    op.create_index("ix_article_text_hash", "article", ["text_hash"])
    op.create_index("ix_article_url", "article", ["url"])
    op.create_table(
        "article_image",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("article_id", ROW_ID, nullable=False),
        sa.Column("image_id", ROW_ID, nullable=False),
        sa.Column("picture_id", ROW_ID),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("url", TEXT),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("alt", TEXT),
        sa.Column("caption", TEXT),
        sa.Column("credit", TEXT),
        sa.Column("credit_raw", TEXT),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_article_image_article_id_article"),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name="fk_article_image_image_id_image"),
        sa.ForeignKeyConstraint(["picture_id"], ["picture.id"], name="fk_article_image_picture_id_picture"),
        sa.PrimaryKeyConstraint("id", name="pk_article_image"),
        sa.UniqueConstraint("article_id", "number", name="uq_article_image_article_id_number"),
    )
    op.create_index("ix_article_image_image_id", "article_image", ["image_id"])
    op.create_index("ix_article_image_picture_id", "article_image", ["picture_id"])
    op.create_table(
        "byline",
        sa.Column("article_id", ROW_ID, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_byline_article_id_article"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_byline_person_id_person"),
        sa.PrimaryKeyConstraint("article_id", "role", "number", name="pk_byline"),
    )
    op.create_index("ix_byline_person_id", "byline", ["person_id"])
    op.create_table(
        "page",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("portal", TEXT),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("url_key", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("reason", TEXT),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("channel", TEXT),
        sa.Column("title_hint", TEXT),
        sa.Column("day_hint", TEXT),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("found_on", ROW_ID),
        sa.Column("first_seen_at", TIME, nullable=False),
        sa.Column("last_fetch_at", TIME),
        sa.Column("last_status", sa.Integer()),
        sa.Column("etag", TEXT),
        sa.Column("last_modified", TEXT),
        sa.Column("body_hash", TEXT),
        sa.Column("not_before", TIME),
        sa.Column("extractor", TEXT),
        sa.Column("reached_end_at", TIME),
        sa.Column("article_id", ROW_ID),
        sa.Column("run_id", ROW_ID),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_page_article_id_article"),
        sa.ForeignKeyConstraint(["found_on"], ["page.id"], name="fk_page_found_on_page"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_page_run_id_run"),
        sa.PrimaryKeyConstraint("id", name="pk_page"),
        sa.UniqueConstraint("url_key", name="uq_page_url_key"),
    )
    op.create_index("ix_page_article_id", "page", ["article_id"])
    op.create_index("ix_page_found_on", "page", ["found_on"])
    op.create_index("ix_page_portal_state_kind", "page", ["portal", "state", "kind"])
    op.create_index("ix_page_url", "page", ["url"])
    op.create_table(
        "revision",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("article_id", ROW_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("body_text", TEXT, nullable=False),
        sa.Column("blocks", TEXT, nullable=False),
        sa.Column("images", TEXT, nullable=False),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.Column("changed", TEXT, nullable=False),
        sa.Column("run_id", ROW_ID),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_revision_article_id_article"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_revision_run_id_run"),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
        sa.UniqueConstraint("article_id", "number", name="uq_revision_article_id_number"),
    )
    op.create_table(
        "story_link",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("story_id", ROW_ID, nullable=False),
        sa.Column("article_id", ROW_ID, nullable=False),
        sa.Column("other_id", ROW_ID, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("similarity", sa.Float(), nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.Column("method", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_story_link_article_id_article"),
        sa.ForeignKeyConstraint(["other_id"], ["article.id"], name="fk_story_link_other_id_article"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_story_link_story_id_story"),
        sa.PrimaryKeyConstraint("id", name="pk_story_link"),
    )
    op.create_index("ix_story_link_article_id", "story_link", ["article_id"])
    op.create_index("ix_story_link_other_id", "story_link", ["other_id"])
    op.create_index("ix_story_link_story_id", "story_link", ["story_id"])
