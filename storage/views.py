"""The views for analysts, described column by column in docs/schema.md.

Views hold no rows, so only the newest migration that changed one makes them, all of them; those before it
make none. A migration that makes a table anew (Alembic's batch mode on SQLite) calls `drop_views` before it
and `make_views` after: SQLite does not rename a table while a view names one that is not there.

Other tables are asked in subselects where it can be: what a question does not name is then not read, and a
count goes over an index alone.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, text

from storage.wording import PostgresWords, SqliteWords, Words, day_only, minutes, times


def make_views(conn: Connection) -> None:
    """Make all views; there must be none of their names."""
    say = SqliteWords() if conn.dialect.name == "sqlite" else PostgresWords()
    for view in VIEWS:
        conn.execute(text(f"CREATE VIEW {view.__name__} AS {view(say)}"))


def drop_views(conn: Connection) -> None:
    """Drop those of them that are there."""
    for view in VIEWS:
        conn.execute(text(f"DROP VIEW IF EXISTS {view.__name__}"))


def articles(say: Words) -> str:
    # count(*) in a part of a query is more than DuckDB's reading of SQLite's views understands
    return f"""
    SELECT article.id, article.portal, article.channel_path, article.channel, article.url,
        article.canonical_url, article.title, article.subtitle, article.source_name AS source,
        article.source_url, article.authors, article.editor, article.duty_editor, {times(say, "article")},
        article.published_precision, article.published_raw, article.modified_at AS modified,
        article.language, article.keywords, article.body_text AS body,
        length(article.body_text) AS characters,
        (SELECT count(article_image.id) FROM article_image WHERE article_image.article_id = article.id)
            AS pictures,
        (SELECT count(revision.id) FROM revision WHERE revision.article_id = article.id) AS edits,
        article.story_id AS story,
        (SELECT first.url FROM story JOIN article AS first ON first.id = story.first_article_id
            WHERE story.id = article.story_id AND first.id <> article.id) AS reprint_of,
        article.pages, article.template, article.extractor,
        {say.utc("article.stored_at")} AS stored_utc, {say.utc("article.checked_at")} AS checked_utc,
        {say.utc("article.changed_at")} AS changed_utc,
        article.gone_at IS NOT NULL AS gone, {say.utc("article.gone_at")} AS gone_utc
    FROM article"""


def photos(say: Words) -> str:
    def shown(column: str) -> str:
        return f"(SELECT {column} FROM picture WHERE picture.id = article_image.picture_id)"

    return f"""
    SELECT article_image.id, article_image.article_id, article_image.number, article_image.position,
        coalesce(article_image.url, (SELECT image.url FROM image WHERE image.id = article_image.image_id))
            AS url,
        article_image.alt, article_image.caption,
        article_image.credit, article_image.credit_raw, article_image.width, article_image.height,
        article_image.image_id, article_image.picture_id, {shown("picture.sha256")} AS sha256,
        {shown(say.hex64("picture.dhash"))} AS dhash, {shown(say.hex64("picture.phash"))} AS phash,
        {shown("picture.width")} AS file_width, {shown("picture.height")} AS file_height,
        {shown("picture.bytes")} AS file_bytes, {shown("picture.mime")} AS file_type,
        {shown("picture.path")} AS file_path,
        article.portal, article.channel_path, article.url AS article_url, article.title AS article_title,
        article.source_name AS source, {times(say, "article")}, article.story_id AS story
    FROM article_image JOIN article ON article.id = article_image.article_id"""


def images(say: Words) -> str:
    return f"""
    SELECT image.id, image.url_key AS address, image.url,
        (SELECT count(article_image.id) FROM article_image WHERE article_image.image_id = image.id) AS uses,
        image.picture_id, {say.utc("image.asked_at")} AS asked_utc, image.failure
    FROM image"""


def files(say: Words) -> str:
    return f"""
    SELECT picture.id, picture.sha256, {say.hex64("picture.dhash")} AS dhash,
        {say.hex64("picture.phash")} AS phash, picture.width, picture.height, picture.bytes,
        picture.mime AS type, picture.path, {say.utc("picture.fetched_at")} AS fetched_utc
    FROM picture"""


def bylines(say: Words) -> str:
    return f"""
    SELECT byline.article_id, byline.role, byline.number, person.name, byline.person_id, article.portal,
        article.channel_path, article.url AS article_url, article.title AS article_title,
        article.source_name AS source, {times(say, "article")}
    FROM byline JOIN person ON person.id = byline.person_id JOIN article ON article.id = byline.article_id"""


def stories(say: Words) -> str:
    return f"""
    SELECT story.id, story.size, story.publisher, story.publisher_why,
        (SELECT count(DISTINCT member.portal) FROM article AS member WHERE member.story_id = story.id)
            AS portals,
        (SELECT count(DISTINCT member.source_name) FROM article AS member WHERE member.story_id = story.id)
            AS sources,
        story.first_article_id AS article_id, article.portal, article.url AS article_url,
        article.title AS article_title, article.source_name AS source, {times(say, "article")}
    FROM story LEFT JOIN article ON article.id = story.first_article_id WHERE story.size > 0"""


def reprints(say: Words) -> str:
    both_timed = f"NOT ({day_only('copy')} OR {day_only('earlier')})"
    return f"""
    SELECT story_link.id, story_link.story_id AS story, story_link.kind, story_link.similarity,
        story_link.why, story_link.method,
        copy.id AS article_id, copy.portal, copy.channel_path, copy.url, copy.title,
        copy.source_name AS source, {times(say, "copy")},
        earlier.id AS earlier_id, earlier.portal AS earlier_portal,
        earlier.channel_path AS earlier_channel_path,
        earlier.url AS earlier_url, earlier.title AS earlier_title, earlier.source_name AS earlier_source,
        {times(say, "earlier", "earlier_")}, earlier.story_id AS earlier_story,
        CASE WHEN {both_timed} THEN {minutes(say, "copy.published_at", "earlier.published_at")} END
            AS delay_minutes,
        {say.days("copy.published_day", "earlier.published_day")} AS delay_days,
        story.publisher, story.size AS story_size
    FROM story_link JOIN story ON story.id = story_link.story_id
        JOIN article AS copy ON copy.id = story_link.article_id
        JOIN article AS earlier ON earlier.id = story_link.other_id"""


def changes(say: Words) -> str:
    def part(kind: str, table: str, at: str, changed: str, number: str, title: str, reason: str) -> str:
        passed = f"CASE WHEN NOT {day_only('article')} THEN {minutes(say, at, 'article.published_at')} END"
        return f"""
        SELECT {say.utc(at)} AS at_utc, CAST('{kind}' AS TEXT) AS kind, article.id AS article_id,
            article.portal, article.channel_path, article.url, article.title, article.source_name AS source,
            {times(say, "article")}, {passed} AS minutes_after_publication,
            CAST({changed} AS TEXT) AS changed, CAST({number} AS INTEGER) AS revision,
            CAST({title} AS TEXT) AS old_title, CAST({reason} AS TEXT) AS reason
        FROM {table} JOIN article ON article.id = {table}.article_id WHERE {at} IS NOT NULL"""

    return " UNION ALL ".join(
        (
            part(
                "edited", "revision", "revision.seen_at", "revision.changed", "revision.number",
                "revision.title", "NULL",
            ),
            part("gone", "absence", "absence.gone_at", "NULL", "NULL", "NULL", "absence.reason"),
            part("returned", "absence", "absence.returned_at", "NULL", "NULL", "NULL", "NULL"),
        )
    )  # fmt: skip


def daily_counts(_say: Words) -> str:
    # of a bare portal SQLite would take the index that begins with it, and then read article by article
    return """
    SELECT article.published_day AS day, article.portal || '' AS portal, article.channel_path,
        article.source_name AS source, CAST(count(*) AS INTEGER) AS articles
    FROM article
    GROUP BY article.published_day, article.portal, article.channel_path, article.source_name"""


VIEWS: tuple[Callable[[Words], str], ...] = (
    articles,
    photos,
    images,
    files,
    bylines,
    stories,
    reprints,
    changes,
    daily_counts,
)
