"""How well each channel is read: field by field, now against its own past. Reading only.

A rule that breaks breaks for a channel, and what is usual differs from channel to channel: so each is
measured against itself, and only what is both clear and large is called a drift.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import sqrt
from statistics import median
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, case, func, select

from storage.models import ARTICLE, ARTICLE_IMAGE, PAGE, RUN

PAST = timedelta(days=90)  # of its own history to which a channel is held
_MOST = 5_000  # articles of a channel looked at, the newest; more say nothing new
LEAST = 20  # articles, or pictures, on both sides: fewer differ by chance
CLEAR = 3.0  # standard deviations: one false alarm in some hundred measured fields
LARGE = 0.15  # of all: a smaller change is not worth a person's time
_HALF, _DOUBLE = 0.5, 2.0  # of the median length of the text
_EXAMPLES = 3

FILLED = ("published_at", "source", "authors", "editor")
SHARES = (*FILLED, "pictures", "captions", "credits", "general", "errors")
"""What is measured as a share: of articles, of pictures (captions, credits), of fetched pages (errors)."""


class Measure(NamedTuple):
    """One field of one channel, before and now."""

    portal: str
    channel: str
    """The declared channel's name; - where none is known."""
    field: str
    before: float
    """A share, or for body_length a median number of characters, for articles a number."""
    now: float
    count_before: int
    count_now: int
    drifted: bool
    examples: list[str]
    """URLs of now that show it, when it drifted."""


@dataclass(slots=True)
class _Side:
    """One side of the comparison."""

    articles: int = 0
    hits: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SHARES, 0))
    images: int = 0
    fetched: int = 0
    lengths: list[int] = field(default_factory=list)
    missing: dict[str, list[str]] = field(default_factory=dict)
    first: datetime | None = None
    last: datetime | None = None

    def total(self, name: str) -> int:
        if name in ("captions", "credits"):
            return self.images
        return self.fetched if name == "errors" else self.articles


def measure(conn: Connection, portal: str, since: datetime | None = None) -> list[Measure]:
    """Every field of every channel of a portal: what was stored since a moment, against what was before.

    Without `since`: since the last run began that stored something new.
    """
    moment = since or _last_run(conn, portal)
    if moment is None:
        return []
    sides: dict[str, tuple[_Side, _Side]] = {}
    for row in _articles(conn, portal, moment):
        pair = sides.setdefault(row.channel or "-", (_Side(), _Side()))
        _count(pair[row.stored_at >= moment], row)
    for row in _pages(conn, portal, moment):
        pair = sides.setdefault(row.channel or "-", (_Side(), _Side()))
        pair[0].fetched, pair[1].fetched = row.fetched_before, row.fetched_now
        pair[0].hits["errors"], pair[1].hits["errors"] = row.failed_before, row.failed_now
    listed = _listed(conn, portal, moment)
    return [
        found
        for channel, (before, now) in sorted(sides.items())
        for found in _compare(portal, channel, before, now, channel in listed)
    ]


def _last_run(conn: Connection, portal: str) -> datetime | None:
    newest: datetime | None = conn.scalar(
        select(func.max(ARTICLE.c.stored_at)).where(ARTICLE.c.portal == portal)
    )
    if newest is None:
        return None
    began = select(func.max(RUN.c.started_at)).where(RUN.c.portal == portal, RUN.c.started_at <= newest)
    started: datetime | None = conn.scalar(began)
    return started or newest


def _articles(conn: Connection, portal: str, moment: datetime) -> Iterator[Any]:
    use = ARTICLE_IMAGE.c
    pictures = (
        select(
            use.article_id,
            func.count().label("images"),
            func.count(use.caption).label("captions"),
            func.count(use.credit).label("credits"),
        )
        .group_by(use.article_id)
        .subquery()
    )
    editor = func.coalesce(ARTICLE.c.editor, ARTICLE.c.duty_editor)
    statement = (
        select(
            PAGE.c.channel,
            ARTICLE.c.url,
            ARTICLE.c.stored_at,
            ARTICLE.c.template,
            case((ARTICLE.c.published_at.is_not(None), 1), else_=0).label("published_at"),
            case((ARTICLE.c.source_name.is_not(None), 1), else_=0).label("source"),
            case((func.length(ARTICLE.c.authors) > 2, 1), else_=0).label("authors"),
            case((editor.is_not(None), 1), else_=0).label("editor"),
            func.length(ARTICLE.c.body_text).label("length"),
            func.coalesce(pictures.c.images, 0).label("images"),
            func.coalesce(pictures.c.captions, 0).label("captions"),
            func.coalesce(pictures.c.credits, 0).label("credits"),
        )
        .select_from(ARTICLE)
        .join(PAGE, PAGE.c.url_key == ARTICLE.c.url_key)
        .outerjoin(pictures, pictures.c.article_id == ARTICLE.c.id)
        .where(ARTICLE.c.portal == portal, ARTICLE.c.stored_at >= moment - PAST)
        .order_by(ARTICLE.c.stored_at.desc())
        .limit(_MOST * 10)
    )
    return iter(conn.execute(statement))


def _count(side: _Side, row: Any) -> None:
    if side.articles >= _MOST:
        return
    side.articles += 1
    side.lengths.append(row.length)
    side.first = row.stored_at
    side.last = side.last or row.stored_at
    side.images += row.images
    hits = {name: getattr(row, name) for name in FILLED}
    hits |= {"pictures": int(row.images > 0), "captions": row.captions, "credits": row.credits}
    hits["general"] = int(row.template == "general")
    for name, number in hits.items():
        side.hits[name] += number
        wrong = row.images - number if name in ("captions", "credits") else not number
        if wrong if name != "general" else number:
            urls = side.missing.setdefault(name, [])
            if len(urls) < _EXAMPLES:
                urls.append(row.url)


def _pages(conn: Connection, portal: str, moment: datetime) -> Iterator[Any]:
    """Article pages fetched and failed, by channel."""
    now = PAGE.c.last_fetch_at >= moment
    bad = PAGE.c.state.in_(("failed", "blocked"))

    def number(*conditions: Any) -> Any:
        return func.sum(case((and_(*conditions), 1), else_=0))

    statement = (
        select(
            PAGE.c.channel,
            number(now).label("fetched_now"),
            number(~now).label("fetched_before"),
            number(now, bad).label("failed_now"),
            number(~now, bad).label("failed_before"),
        )
        .where(PAGE.c.portal == portal, PAGE.c.kind == "article", PAGE.c.last_fetch_at >= moment - PAST)
        .group_by(PAGE.c.channel)
    )
    return iter(conn.execute(statement))


def _listed(conn: Connection, portal: str, moment: datetime) -> set[str]:
    """Channels whose lists were read since then."""
    read = (PAGE.c.portal == portal, PAGE.c.kind == "list", PAGE.c.state == "done")
    statement = select(PAGE.c.channel).distinct().where(*read, PAGE.c.last_fetch_at >= moment)
    return {channel or "-" for channel in conn.scalars(statement)}


def _compare(portal: str, channel: str, before: _Side, now: _Side, listed: bool) -> Iterator[Measure]:
    for name in SHARES:
        pair = (before.total(name), now.total(name))
        if not all(pair):
            continue
        shares = (before.hits[name] / pair[0], now.hits[name] / pair[1])
        drifted = has_drifted((before.hits[name], pair[0]), (now.hits[name], pair[1]))
        worse = shares[1] > shares[0] if name in ("general", "errors") else shares[1] < shares[0]
        examples = now.missing.get(name, []) if drifted and worse else []
        yield Measure(portal, channel, name, *shares, *pair, drifted, examples)
    if before.lengths and now.lengths:
        lengths = (median(before.lengths), median(now.lengths))
        enough = min(len(before.lengths), len(now.lengths)) >= LEAST
        drifted = enough and not _HALF * lengths[0] <= lengths[1] <= _DOUBLE * lengths[0]
        yield Measure(portal, channel, "body_length", *lengths, before.articles, now.articles, drifted, [])
    expected = _expected(before, now) if listed else 0.0
    if expected or now.articles:
        silent = not now.articles and expected >= LEAST
        yield Measure(
            portal, channel, "articles", expected, now.articles, before.articles, now.articles, silent, []
        )


def has_drifted(before: Sequence[int], now: Sequence[int]) -> bool:
    """True when two shares, each (hits, total), differ clearly and by much.

    >>> has_drifted((95, 100), (40, 50)), has_drifted((95, 100), (10, 50)), has_drifted((19, 19), (0, 19))
    (False, True, False)
    """
    (hits, total), (hits_now, total_now) = before, now
    if min(total, total_now) < LEAST:
        return False
    change = abs(hits / total - hits_now / total_now)
    common = (hits + hits_now) / (total + total_now)
    spread = sqrt(common * (1 - common) * (1 / total + 1 / total_now))
    return change >= LARGE and change >= CLEAR * spread


def _expected(before: _Side, now: _Side) -> float:
    """How many articles the channel's own pace would have brought since its last one."""
    if now.articles or before.articles < LEAST or before.first is None or before.last is None:
        return 0.0
    span = before.last - before.first
    if span < timedelta(days=1):
        return 0.0
    return (
        before.articles / (span / timedelta(days=1)) * ((datetime.now(UTC) - before.last) / timedelta(days=1))
    )


def portals(conn: Connection) -> list[str]:
    """Portals that have articles, by name."""
    statement = select(ARTICLE.c.portal).distinct().where(ARTICLE.c.portal.is_not(None))
    return sorted(conn.scalars(statement))
