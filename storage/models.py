"""The tables. Declared for SQLAlchemy Core; migrations/ makes them, and a test holds the two together.

Every row that a portal owns has its `portal`. Text is clean Unicode: no NUL, no lone surrogate.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    UniqueConstraint,
    text,
)

from storage.types import ROW_ID, TEXT, JsonText, UtcDateTime

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

RUN = Table(
    "run",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    Column("portal", TEXT, nullable=False),
    Column("arguments", JsonText, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("reason", TEXT),  # Scrapy's finish_reason; null while running or when killed
    Column("counts", JsonText),
    Column("host", TEXT, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("version", TEXT, nullable=False),
    Index(None, "portal", "started_at"),
)

STORY = Table(
    "story",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    # no foreign keys: article.story_id already points here
    Column("first_article_id", BigInteger),  # the copy of who published it first, as far as it is stored
    Column("centre_id", BigInteger),  # the earliest article, which all others match
    Column("publisher", TEXT),  # who published it first, by name
    Column("publisher_why", TEXT),
    Column("size", Integer, nullable=False),  # 0: dissolved, or merged into another
    Column("merged_into", ForeignKey("story.id")),
    Column("created_at", UtcDateTime, nullable=False),
)

ARTICLE = Table(
    "article",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    Column("portal", TEXT),
    Column("url", TEXT, nullable=False),
    Column("canonical_url", TEXT),
    Column("url_key", TEXT, nullable=False, unique=True),
    Column("url_rules", Integer, nullable=False),
    Column("channel", JsonText, nullable=False),
    Column("channel_path", TEXT),  # 重庆频道/民生
    Column("title", TEXT, nullable=False),
    Column("subtitle", TEXT),
    Column("keywords", JsonText, nullable=False),
    Column("language", TEXT),
    Column("published_at", UtcDateTime),
    Column("published_offset", SmallInteger),  # minutes east of UTC
    Column("published_precision", TEXT),  # day, minute, second
    Column("published_day", TEXT),  # the page's own date, YYYY-MM-DD
    Column("published_raw", TEXT),
    Column("modified_at", TEXT),  # ISO 8601 as in the record
    Column("source_name", TEXT),
    Column("source_url", TEXT),
    Column("editor", TEXT),
    Column("duty_editor", TEXT),
    Column("authors", JsonText, nullable=False),
    Column("blocks", JsonText, nullable=False),  # see storage.blocks
    Column("body_text", TEXT, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("template", TEXT),
    Column("extractor", TEXT),
    Column("text_hash", TEXT),
    Column("pictures_hash", TEXT),
    Column("content_hash", TEXT, nullable=False),
    Column("sort_key", BigInteger, nullable=False, unique=True),  # newest first, see storage.rows
    Column("story_id", ForeignKey("story.id")),
    Column("stored_at", UtcDateTime, nullable=False),
    Column("checked_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime),
    Column("gone_at", UtcDateTime),
    Column("run_id", ForeignKey("run.id")),
    Index(None, "stored_at"),
    Index(None, "text_hash"),
    Index(None, "pictures_hash"),
    Index(None, "story_id"),
    Index(None, "url"),
    Index(None, "portal", "sort_key"),
    # what is counted, so that counting reads an index alone: see storage.facets
    Index(None, "source_name", "published_day", "portal"),
    Index(None, "published_day", "portal", "channel_path", "source_name"),
    # the few of them, for filters
    *(
        Index(f"ix_article_{name}", "sort_key", sqlite_where=where, postgresql_where=where)
        for name in ("changed", "gone")
        for where in (text(f"{name}_at IS NOT NULL"),)
    ),
)

PAGE = Table(
    "page",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    Column("portal", TEXT),
    Column("url", TEXT, nullable=False),
    Column("url_key", TEXT, nullable=False, unique=True),
    Column("kind", TEXT, nullable=False),  # list, article, part
    Column("state", TEXT, nullable=False),  # see storage.ledger.STATES
    Column("reason", TEXT),
    Column("attempts", Integer, nullable=False),
    Column("channel", TEXT),  # the declared channel's name
    Column("title_hint", TEXT),
    Column("day_hint", TEXT),  # YYYY-MM-DD from the list or the URL
    Column("depth", Integer, nullable=False),
    Column("found_on", ForeignKey("page.id")),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("last_fetch_at", UtcDateTime),
    Column("last_status", Integer),
    Column("etag", TEXT),
    Column("last_modified", TEXT),
    Column("body_hash", TEXT),
    Column("not_before", UtcDateTime),  # when it may be asked for (again); of a stored page: when it is due
    Column("missing_since", UtcDateTime),  # stored page: first visit that did not find it, not yet confirmed
    Column("extractor", TEXT),  # version that could not read it
    Column("reached_end_at", UtcDateTime),  # list: when a run last paged down to its end
    Column("article_id", ForeignKey("article.id")),
    Column("run_id", ForeignKey("run.id")),
    Index(None, "portal", "state", "kind"),
    Index(None, "portal", "state", "not_before"),
    Index(None, "article_id"),
    Index(None, "found_on"),
    Index(None, "url"),
)

# times at which a portal no longer had an article
ABSENCE = Table(
    "absence",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    Column("article_id", ForeignKey("article.id"), nullable=False),
    Column("missed_at", UtcDateTime, nullable=False),  # the first visit that did not find it
    Column("gone_at", UtcDateTime, nullable=False),  # the visit that confirmed it
    Column("reason", TEXT, nullable=False),  # http_404, http_410, redirect_home, soft_404
    Column("returned_at", UtcDateTime),
    Column("run_id", ForeignKey("run.id")),  # the run that confirmed it
    Column("returned_run_id", ForeignKey("run.id")),
    Index(None, "article_id"),
    Index(None, "gone_at"),
    Index(None, "returned_at"),
)

# one response in the archive
CAPTURE = Table(
    "capture",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    Column("page_id", ForeignKey("page.id")),  # null: robots.txt, or a file that was only indexed
    Column("url", TEXT, nullable=False),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("status", Integer, nullable=False),
    Column("kind", TEXT, nullable=False),  # response, revisit
    Column("digest", TEXT, nullable=False),  # sha1:BASE32 of the payload, as in the record
    Column("file", TEXT, nullable=False),  # name in the archive's folder
    Column("offset", BigInteger, nullable=False),  # bytes, of the response or revisit record
    Column("length", BigInteger, nullable=False),  # bytes, as compressed
    Column("request_offset", BigInteger),  # bytes, of the request record beside it
    Column("request_length", BigInteger),
    UniqueConstraint("file", "offset"),
    Index(None, "page_id", "fetched_at"),
    Index(None, "url", "fetched_at"),
)

# who crawls a host now; on PostgreSQL and SQLite alike
HOST_LOCK = Table(
    "host_lock",
    METADATA,
    Column("host", TEXT, primary_key=True),  # registrable domain
    Column("portal", TEXT, nullable=False),
    Column("run_id", ForeignKey("run.id")),
    Column("machine", TEXT, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("process_started", TEXT, nullable=False),  # tells a pid that was given out again
    Column("taken_at", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime, nullable=False),
)

# hosts that asked to be left alone for a while
HOST_HOLD = Table(
    "host_hold",
    METADATA,
    Column("host", TEXT, primary_key=True),  # as in the URL
    Column("until", UtcDateTime, nullable=False),
    Column("reason", TEXT, nullable=False),
)

# articles that were taken down, so that nothing fetches them again
TOMBSTONE = Table(
    "tombstone",
    METADATA,
    Column("url_key", TEXT, primary_key=True),
    Column("url", TEXT, nullable=False),
    Column("portal", TEXT),
    Column("reason", TEXT, nullable=False),
    Column("forgotten_at", UtcDateTime, nullable=False),
)

REVISION = Table(
    "revision",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    Column("article_id", ForeignKey("article.id"), nullable=False),
    Column("number", Integer, nullable=False),  # from 1, oldest first
    Column("seen_at", UtcDateTime, nullable=False),  # when it was found replaced
    Column("title", TEXT, nullable=False),
    Column("body_text", TEXT, nullable=False),
    Column("blocks", JsonText, nullable=False),
    Column("images", JsonText, nullable=False),
    Column("content_hash", TEXT, nullable=False),
    Column("changed", JsonText, nullable=False),  # names of the record's fields that differ
    Column("run_id", ForeignKey("run.id")),  # the run that found the change
    UniqueConstraint("article_id", "number"),
    Index(None, "seen_at"),
)

IMAGE = Table(
    "image",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    Column("url", TEXT, nullable=False),
    Column("url_key", TEXT, nullable=False, unique=True),
    Column("picture_id", ForeignKey("picture.id")),  # what it showed when it was last fetched
    Column("asked_at", UtcDateTime),  # when its file was last asked for
    Column("failure", TEXT),  # why that gave no picture
    Column("not_before", UtcDateTime),  # when it may be asked for again
    Index(None, "picture_id"),
)

PICTURE = Table(
    "picture",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    Column("sha256", TEXT, nullable=False, unique=True),
    Column("dhash", BigInteger),
    Column("phash", BigInteger),
    Column("width", Integer),
    Column("height", Integer),
    Column("bytes", BigInteger),
    Column("mime", TEXT),
    Column("path", TEXT),  # of its file, relative to the folder of pictures
    Column("fetched_at", UtcDateTime),
    Column("sketch", LargeBinary),  # see crawler.pictures.Picture
    Column("flat", Boolean),  # left out of matching
    Column("centre_id", ForeignKey("picture.id")),  # the earliest that it looks like; null: itself
    Index(None, "dhash"),
    Index(None, "phash"),
    Index(None, "centre_id"),
)

# candidates for look-alikes: parts of dHash, see storage.alike
PICTURE_BAND = Table(
    "picture_band",
    METADATA,
    Column("value", BigInteger, primary_key=True, autoincrement=False),
    # no foreign key: one look-up of its parent for each of four rows a picture
    Column("picture_id", ROW_ID, primary_key=True, autoincrement=False),
    Column("dhash", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# two pictures that look the same, the later stored one first
PICTURE_LINK = Table(
    "picture_link",
    METADATA,
    Column("picture_id", ForeignKey("picture.id"), primary_key=True),
    Column("other_id", ForeignKey("picture.id"), primary_key=True),
    Column("distance", SmallInteger, nullable=False),  # bits of dHash
    Column("likeness", Float),  # of the detail, see crawler.pictures.alike; null: no sketch to compare
    Column("why", TEXT, nullable=False),
    Index(None, "other_id"),
)

ARTICLE_IMAGE = Table(
    "article_image",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    Column("article_id", ForeignKey("article.id"), nullable=False),
    Column("image_id", ForeignKey("image.id"), nullable=False),
    Column("picture_id", ForeignKey("picture.id")),  # what the URL showed when it was fetched
    Column("number", Integer, nullable=False),  # from 1
    Column("url", TEXT),  # as the article has it, where that is not image.url
    Column("position", Integer, nullable=False),
    Column("alt", TEXT),
    Column("caption", TEXT),
    Column("credit", TEXT),
    Column("credit_raw", TEXT),
    Column("width", Integer),
    Column("height", Integer),
    UniqueConstraint("article_id", "number"),
    Index(None, "image_id"),
    Index(None, "picture_id"),
)

PERSON = Table(
    "person",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    Column("name", TEXT, nullable=False, unique=True),
)

BYLINE = Table(
    "byline",
    METADATA,
    Column("article_id", ForeignKey("article.id"), primary_key=True),
    Column("role", TEXT, primary_key=True),  # author, editor, duty_editor, photographer
    Column("number", Integer, primary_key=True, autoincrement=False),  # from 1
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Index(None, "person_id"),
)

STORY_LINK = Table(
    "story_link",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    Column("story_id", ForeignKey("story.id"), nullable=False),
    Column("article_id", ForeignKey("article.id"), nullable=False),
    Column("other_id", ForeignKey("article.id"), nullable=False),
    Column("kind", TEXT, nullable=False),  # same, pictures
    Column("similarity", Float, nullable=False),
    Column("why", TEXT, nullable=False),
    Column("method", TEXT, nullable=False),
    Index(None, "story_id"),
    Index(None, "article_id"),
    Index(None, "other_id"),
)

# what is true of the whole database, by name; see storage.rebuild
SETTING = Table(
    "setting",
    METADATA,
    Column("name", TEXT, primary_key=True),
    Column("value", TEXT, nullable=False),
)

# candidates for near-duplicates: sampled n-grams of every text, and its exact hashes; see crawler.copies.
# Those that came last are in the second table, see storage.sketches
SKETCH, SKETCH_FRESH = (
    Table(
        name,
        METADATA,
        Column("hash", BigInteger, primary_key=True, autoincrement=False),  # 47 bits
        # 0: a centre or alone, 1: linked
        Column("member", SmallInteger, primary_key=True, autoincrement=False),
        # no foreign key: one look-up of its parent for each of some thirty rows an article
        Column("article_id", ROW_ID, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    for name in ("sketch", "sketch_fresh")
)

# the search index, see storage.index
SEARCH_SEGMENT = Table(
    "search_segment",
    METADATA,
    Column("id", ROW_ID, primary_key=True, autoincrement=False),
    Column("kind", SmallInteger, nullable=False),  # 0 articles, 1 pictures
    Column("size", Integer, nullable=False),  # documents
    Column(
        "fences", LargeBinary, nullable=False
    ),  # first sort key of each chunk of keys, and the last of all
    Column("dead", LargeBinary),  # one bit for each document: 1 when it was taken out
)
SEARCH_KEYS = Table(
    "search_keys",
    METADATA,
    Column("id", ROW_ID, primary_key=True, autoincrement=False),  # segment, then 6 bits of a chunk's number
    Column("keys", LargeBinary, nullable=False),  # the documents' sort keys, 8 bytes each
)
SEARCH_PAGE = Table(
    "search_page",
    METADATA,
    Column("id", ROW_ID, primary_key=True, autoincrement=False),  # segment, then 46 bits of the first token
    Column("page", LargeBinary, nullable=False),  # which documents hold which tokens, see storage.segments
)
SEARCH_FRESH = Table(
    "search_fresh",
    METADATA,
    Column("sort_key", ROW_ID, primary_key=True, autoincrement=False),
    Column("kind", SmallInteger, nullable=False),
    Column("tokens", LargeBinary, nullable=False),  # 8 bytes each
)
