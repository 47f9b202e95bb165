"""Questions about stories, reading only: which there are, how one travelled, why it is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, exists, func, select

from crawler.items import Article
from storage.asked import at_most, is_id
from storage.centres import Centres, may_match, order_of
from storage.filters import Filters
from storage.models import ARTICLE, STORY, STORY_LINK
from storage.records import chunks, load, select_articles
from storage.times import published_iso

_PAGE = 200  # stories read together


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A story in a list."""

    id: int
    size: int
    """Articles."""
    portals: list[str]
    """In the order in which they published it."""
    publisher: str
    """Who published it first, as far as the pages show."""
    publisher_why: str
    title: str
    """Headline of the first copy."""
    first_url: str
    first_at: str | None
    """When the first of its articles was published, as in the record."""
    last_at: str | None


@dataclass(frozen=True, slots=True)
class Copy:
    """One article of a story, with what joins it to the others."""

    article_id: int
    article: Article
    kind: str | None
    """same, reprint, excerpt or pictures; None of the story's centre."""
    similarity: float | None
    of: int | None
    """The article that it is a copy of: the story's centre."""
    why: str | None
    also: list[int]
    """Articles of other stories that it repeats too."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why two articles are in one story, or are not."""

    linked: bool
    text: str


def stories(
    conn: Connection,
    filters: Filters | None = None,
    least: int = 2,
    limit: int | None = None,
    *,
    portals: int = 1,
) -> Iterator[StoryRow]:
    """Stories of `least` articles or more at `portals` portals or more, the largest first, equal ones by id.

    With filters those of which an article passes them.
    """
    statement = select(STORY.c.id, STORY.c.size).where(STORY.c.size >= max(least, portals, 2))
    conditions = filters.conditions() if filters else []
    if conditions:
        statement = statement.where(
            exists(select(ARTICLE.c.id).where(ARTICLE.c.story_id == STORY.c.id, *conditions))
        )
    if portals > 1:
        number = select(func.count(ARTICLE.c.portal.distinct())).where(ARTICLE.c.story_id == STORY.c.id)
        statement = statement.where(number.scalar_subquery() >= portals)
    statement = statement.order_by(STORY.c.size.desc(), STORY.c.id).limit(at_most(limit))
    ids = [row.id for row in conn.execute(statement)]
    for chunk in chunks(ids, _PAGE):
        rows = {row.id: row for row in conn.execute(select(STORY).where(STORY.c.id.in_(chunk)))}
        copies: dict[int, list[Any]] = {}
        for row in conn.execute(_BRIEF.where(ARTICLE.c.story_id.in_(chunk))):
            copies.setdefault(row.story_id, []).append(row)
        for story_id in chunk:
            ordered = sorted(copies[story_id], key=lambda row: order_of(row.published_at, row.url_key))
            yield _row(rows[story_id], ordered)


_BRIEF = select(
    ARTICLE.c.story_id,
    ARTICLE.c.id,
    ARTICLE.c.portal,
    ARTICLE.c.url,
    ARTICLE.c.url_key,
    ARTICLE.c.title,
    ARTICLE.c.published_at,
    ARTICLE.c.published_offset,
    ARTICLE.c.published_precision,
    ARTICLE.c.published_day,
)


def _row(story: Any, ordered: Sequence[Any]) -> StoryRow:
    first = next((row for row in ordered if row.id == story.first_article_id), ordered[0])
    timed = [row for row in ordered if row.published_at is not None]
    return StoryRow(
        id=story.id,
        size=story.size,
        portals=list(dict.fromkeys(row.portal for row in ordered if row.portal)),
        publisher=story.publisher,
        publisher_why=story.publisher_why,
        title=first.title,
        first_url=first.url,
        first_at=_time(timed[0]) if timed else None,
        last_at=_time(timed[-1]) if timed else None,
    )


def _time(row: Any) -> str | None:
    return published_iso(row.published_at, row.published_offset, row.published_precision, row.published_day)


def story(conn: Connection, story_id: int) -> StoryRow | None:
    """One story, or the one that it was merged into; None when there is no such story any more."""
    seen: set[int] = set()
    row: Any = None
    while is_id(story_id) and story_id not in seen:
        seen.add(story_id)
        row = conn.execute(select(STORY).where(STORY.c.id == story_id)).first()
        if row is None or row.size or row.merged_into is None:
            break
        story_id = row.merged_into
    if row is None or not row.size:
        return None
    copies = conn.execute(_BRIEF.where(ARTICLE.c.story_id == row.id)).all()
    return _row(row, sorted(copies, key=lambda copy: order_of(copy.published_at, copy.url_key)))


def timeline(conn: Connection, story_id: int) -> Iterator[Copy]:
    """The articles of a story as they were published, read piece by piece."""
    if not is_id(story_id):
        return
    keys = conn.execute(
        select(ARTICLE.c.id, ARTICLE.c.published_at, ARTICLE.c.url_key).where(ARTICLE.c.story_id == story_id)
    )
    ordered = sorted(keys, key=lambda row: order_of(row.published_at, row.url_key))
    for chunk in chunks([row.id for row in ordered], _PAGE):
        rows = {row.id: row for row in conn.execute(select_articles().where(ARTICLE.c.id.in_(chunk)))}
        articles = dict(zip(rows, load(conn, list(rows.values())), strict=True))
        links: dict[int, list[Any]] = {}
        other = ARTICLE.alias("other")
        statement = select(STORY_LINK, other.c.story_id.label("other_story")).join(
            other, other.c.id == STORY_LINK.c.other_id
        )
        for link in conn.execute(
            statement.where(STORY_LINK.c.article_id.in_(chunk)).order_by(STORY_LINK.c.id)
        ):
            links.setdefault(link.article_id, []).append(link)
        for article_id in chunk:
            mine = [link for link in links.get(article_id, []) if link.other_story == story_id]
            also = [link.other_id for link in links.get(article_id, []) if link.other_story != story_id]
            joined: Any = mine[0] if mine else None
            yield Copy(
                article_id,
                articles[article_id],
                joined.kind if joined else None,
                joined.similarity if joined else None,
                joined.other_id if joined else None,
                joined.why if joined else None,
                also,
            )


def why(conn: Connection, one_id: int, other_id: int) -> Why:
    """Measure two stored articles against each other, and say what follows for their stories.

    ValueError when they are one, or one is not stored.
    """
    if one_id == other_id:
        raise ValueError(f"article {one_id} twice: give the ids of two")
    centres = Centres(conn)
    nodes = {node.id: node for node in centres.load(filter(is_id, (one_id, other_id)))}
    for article_id in (one_id, other_id):
        if article_id not in nodes:
            raise ValueError(f"no article {article_id}")
    one, other = nodes[one_id], nodes[other_id]
    match, told = centres.explain(one, other)
    if match is not None and not may_match(one, other):
        match, told = None, f"{told}; but of the runs of letters that stand for each text they share too few"
    together = one.story_id is not None and one.story_id == other.story_id
    lines = [told if match is None else f"{match.kind} ({match.similarity:.2f}): {match.why}"]
    if together:
        lines.append(f"both are in story {one.story_id}")
        if match is None:
            lines.append(f"because both match article {_centre(conn, one.story_id)}, its earliest")
    elif match is not None:
        lines.append(
            f"they are in different stories ({one.story_id or 'none'} and {other.story_id or 'none'}): an "
            "article belongs to the earliest one that it repeats and that repeats no earlier one itself"
        )
    return Why(together, "\n".join(lines))


def _centre(conn: Connection, story_id: int | None) -> int | None:
    return conn.scalar(select(STORY.c.centre_id).where(STORY.c.id == story_id))
