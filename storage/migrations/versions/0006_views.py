"""Views for analysts, described column by column in docs/schema.md.

A later migration that makes a table anew (Alembic's batch mode on SQLite) must call `drop_views` before it
and make them again after: SQLite does not rename a table while a view names one that is not there.
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"

VIEWS = ("articles", "photos", "bylines", "stories", "reprints", "changes", "daily_counts")


def upgrade() -> None:
    op.create_index(
        "ix_article_source_name_published_day_portal", "article", ["source_name", "published_day", "portal"]
    )
    op.create_index(
        "ix_article_published_day_portal_channel_path", "article", ["published_day", "portal", "channel_path"]
    )
    create_views(op.get_context().dialect.name)


def create_views(dialect: str) -> None:
    say = SqliteWords() if dialect == "sqlite" else PostgresWords()
    for name in VIEWS:
        op.execute(f"CREATE VIEW {name} AS {globals()[name](say)}")


def drop_views() -> None:
    for name in VIEWS:
        op.execute(f"DROP VIEW {name}")


class SqliteWords:
    """What the two databases say differently: here times are text in UTC."""

    def utc(self, at: str) -> str:
        return f"replace(substr({at}, 1, 19), ' ', 'T') || 'Z'"

    def unix(self, at: str) -> str:
        return f"CAST(strftime('%s', {at}) AS INTEGER)"

    def published(self, table: str) -> str:
        offset = f"{table}.published_offset"
        local = f"strftime('%Y-%m-%dT%H:%M:%S', substr({table}.published_at, 1, 19), {offset} || ' minutes')"
        sign = f"CASE WHEN {offset} < 0 THEN '-' ELSE '+' END"
        zone = f"printf('%s%02d:%02d', {sign}, abs({offset}) / 60, abs({offset}) % 60)"
        return f"CASE WHEN {day_only(table)} THEN {table}.published_day ELSE {local} || {zone} END"

    def days(self, later: str, earlier: str) -> str:
        return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"

    def hex64(self, number: str) -> str:
        return f"CASE WHEN {number} IS NOT NULL THEN printf('%016x', {number}) END"


class PostgresWords:
    """Here times are timestamptz; text made of them is ordered by its bytes as all other text is."""

    def utc(self, at: str) -> str:
        return f"""to_char({at} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') COLLATE "C\""""

    def unix(self, at: str) -> str:
        return f"CAST(floor(extract(epoch FROM {at})) AS bigint)"

    def published(self, table: str) -> str:
        offset = f"{table}.published_offset"
        moved = f"({table}.published_at AT TIME ZONE 'UTC') + make_interval(mins => {offset})"
        local = f"""to_char({moved}, 'YYYY-MM-DD"T"HH24:MI:SS')"""
        sign = f"CASE WHEN {offset} < 0 THEN '-' ELSE '+' END"
        zone = f"to_char(abs({offset}) / 60, 'FM00') || ':' || to_char(abs({offset}) % 60, 'FM00')"
        text = f"CASE WHEN {day_only(table)} THEN {table}.published_day ELSE {local} || {sign} || {zone} END"
        return f'({text}) COLLATE "C"'

    def days(self, later: str, earlier: str) -> str:
        return f"(CAST({later} AS date) - CAST({earlier} AS date))"

    def hex64(self, number: str) -> str:
        return f"lpad(to_hex({number}), 16, '0') COLLATE \"C\""


Words = SqliteWords | PostgresWords


def day_only(table: str) -> str:
    return f"{table}.published_precision = 'day'"


def times(say: Words, table: str, prefix: str = "") -> str:
    """The columns of a publication time."""
    return (
        f"{say.published(table)} AS {prefix}published, "
        f"{say.utc(f'{table}.published_at')} AS {prefix}published_utc, "
        f"{table}.published_day AS {prefix}published_day"
    )


def minutes(say: Words, later: str, table: str) -> str:
    """Whole minutes from a page's publication to `later`; null where the page gives no time of day."""
    between = f"CAST(({say.unix(later)} - {say.unix(f'{table}.published_at')}) / 60 AS INTEGER)"
    return f"CASE WHEN {table}.published_precision <> 'day' THEN {between} END"


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
        CASE WHEN first.id <> article.id THEN first.url END AS reprint_of,
        article.pages, article.template, article.extractor,
        {say.utc("article.stored_at")} AS stored_utc, {say.utc("article.checked_at")} AS checked_utc,
        {say.utc("article.changed_at")} AS changed_utc, {say.utc("article.gone_at")} AS gone_utc
    FROM article LEFT JOIN story ON story.id = article.story_id
        LEFT JOIN article AS first ON first.id = story.first_article_id"""


def photos(say: Words) -> str:
    return f"""
    SELECT article_image.id, article_image.article_id, article_image.number, article_image.position,
        coalesce(article_image.url, image.url) AS url, article_image.alt, article_image.caption,
        article_image.credit, article_image.credit_raw, article_image.width, article_image.height,
        article_image.image_id, article_image.picture_id, picture.sha256,
        {say.hex64("picture.dhash")} AS dhash,
        {say.hex64("picture.phash")} AS phash, picture.width AS file_width, picture.height AS file_height,
        picture.bytes AS file_bytes, picture.mime AS file_type, picture.path AS file_path,
        article.portal, article.channel_path, article.url AS article_url, article.title AS article_title,
        article.source_name AS source, {times(say, "article")}, article.story_id AS story
    FROM article_image JOIN article ON article.id = article_image.article_id
        JOIN image ON image.id = article_image.image_id
        LEFT JOIN picture ON picture.id = article_image.picture_id"""


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
    both_timed = "copy.published_precision <> 'day' AND earlier.published_precision <> 'day'"
    between = f"CAST(({say.unix('copy.published_at')} - {say.unix('earlier.published_at')}) / 60 AS INTEGER)"
    return f"""
    SELECT story_link.id, story_link.story_id AS story, story_link.kind, story_link.similarity,
        story_link.why, story_link.method,
        copy.id AS article_id, copy.portal, copy.channel_path, copy.url, copy.title,
        copy.source_name AS source, {times(say, "copy")},
        earlier.id AS earlier_id, earlier.portal AS earlier_portal,
        earlier.channel_path AS earlier_channel_path,
        earlier.url AS earlier_url, earlier.title AS earlier_title, earlier.source_name AS earlier_source,
        {times(say, "earlier", "earlier_")},
        CASE WHEN {both_timed} THEN {between} END AS delay_minutes,
        {say.days("copy.published_day", "earlier.published_day")} AS delay_days,
        story.publisher, story.size AS story_size
    FROM story_link JOIN story ON story.id = story_link.story_id
        JOIN article AS copy ON copy.id = story_link.article_id
        JOIN article AS earlier ON earlier.id = story_link.other_id"""


def changes(say: Words) -> str:
    def part(kind: str, table: str, at: str, changed: str, number: str, title: str, reason: str) -> str:
        return f"""
        SELECT {say.utc(at)} AS at_utc, CAST('{kind}' AS TEXT) AS kind, article.id AS article_id,
            article.portal, article.channel_path, article.url, article.title, article.source_name AS source,
            {times(say, "article")}, {minutes(say, at, "article")} AS minutes_after_publication,
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
            part("returned", "absence", "absence.returned_at", "NULL", "NULL", "NULL", "absence.reason"),
        )
    )  # fmt: skip


def daily_counts(_say: Words) -> str:
    return """
    SELECT published_day AS day, portal, channel_path, source_name AS source,
        CAST(count(*) AS INTEGER) AS articles
    FROM article GROUP BY published_day, portal, channel_path, source_name"""
