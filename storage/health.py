"""How well each channel is read: its new articles, and pages that failed, against its past. Reading only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, func, literal, select

from storage.drift import EXAMPLES, LEAST, Measure, Sample, compare, has_drifted, silent
from storage.models import ARTICLE, ARTICLE_IMAGE, PAGE, RUN
from storage.records import chunks
from storage.types import JsonText

__all__ = ["Measure", "measure", "portals"]

PAST = timedelta(days=90)  # of its own history to which a channel is held
_MOST = 2_000  # articles of a channel looked at on either side, the newest; more say nothing new
_FAILED = ("failed", "blocked")


@dataclass(slots=True)
class _Channel:
    """Ids of a channel's articles, the newest first, and when they were stored."""

    before: list[int] = field(default_factory=list)
    now: list[int] = field(default_factory=list)
    stored: list[datetime] = field(default_factory=list)


def measure(
    conn: Connection, portal: str, since: datetime | None = None, *, widen: bool | None = None
) -> list[Measure]:
    """Every field of every channel of a portal: what was stored since a moment, against what was before.

    Without `since`: since the last run began that stored something new. `widen`, which is usual then: of a
    channel with a few new articles its newest LEAST count as new, for small runs never bring as many.
    """
    moment = since or _last_run(conn, portal)
    if moment is None:
        return []
    widen = since is None if widen is None else widen
    channels = _channels(conn, portal, moment)
    errors = {row.channel or "-": row for row in _pages(conn, portal, moment)}
    listed = _listed(conn, portal, moment)
    found: list[Measure] = []
    for name in sorted(channels.keys() | errors.keys()):
        channel = channels[name]
        new = len(channel.now)
        if widen and 0 < new < LEAST:
            channel.now += channel.before[: LEAST - new]
            del channel.before[: LEAST - new]
        if new:
            samples = (_samples(conn, channel.before), _samples(conn, channel.now))
            found += compare(portal, name, *samples)
        if name in errors:
            found += _errors(conn, portal, name, moment, errors[name])
        if channel.stored and (new or name in listed):
            days = len({at.date() for at in channel.stored})
            usual = round(len(channel.stored) / days)
            is_silent = name in listed and silent(channel.stored, listed[name])
            counts = (len(channel.stored) - new, new)
            found.append(Measure(portal, name, "articles", usual, new, *counts, is_silent, []))
    return found


def _last_run(conn: Connection, portal: str) -> datetime | None:
    newest: datetime | None = conn.scalar(
        select(func.max(ARTICLE.c.stored_at)).where(ARTICLE.c.portal == portal)
    )
    if newest is None:
        return None
    began = select(func.max(RUN.c.started_at)).where(RUN.c.portal == portal, RUN.c.started_at <= newest)
    started: datetime | None = conn.scalar(began)
    return started or newest


def _channels(conn: Connection, portal: str, moment: datetime) -> dict[str, _Channel]:
    """The newest articles of each channel on either side, so that a large channel hides no small one."""
    is_new = ARTICLE.c.stored_at >= moment
    newest_first = (ARTICLE.c.stored_at.desc(), ARTICLE.c.id.desc())
    rank = func.row_number().over(partition_by=(PAGE.c.channel, is_new), order_by=newest_first)
    ranked = (
        select(ARTICLE.c.id, ARTICLE.c.stored_at, PAGE.c.channel, is_new.label("is_new"), rank.label("rank"))
        .select_from(ARTICLE.join(PAGE, PAGE.c.url_key == ARTICLE.c.url_key))
        .where(ARTICLE.c.portal == portal, ARTICLE.c.stored_at >= moment - PAST)
        .subquery()
    )
    found: dict[str, _Channel] = defaultdict(_Channel)
    statement = select(ranked).where(ranked.c.rank <= _MOST)
    for row in conn.execute(statement.order_by(ranked.c.stored_at.desc(), ranked.c.id.desc())):
        channel = found[row.channel or "-"]
        (channel.now if row.is_new else channel.before).append(row.id)
        channel.stored.append(row.stored_at)
    for channel in found.values():
        channel.stored.reverse()
    return found


def _samples(conn: Connection, ids: list[int]) -> list[Sample]:
    """What is measured of these articles, in their order; no text leaves the database."""
    use = ARTICLE_IMAGE.c
    columns = (
        ARTICLE.c.id,
        ARTICLE.c.url,
        ARTICLE.c.published_at.is_not(None).label("published_at"),
        ARTICLE.c.source_name.is_not(None).label("source"),
        (ARTICLE.c.authors != literal([], JsonText)).label("authors"),
        func.coalesce(ARTICLE.c.editor, ARTICLE.c.duty_editor).is_not(None).label("editor"),
        (func.coalesce(ARTICLE.c.template, "") == "general").label("general"),
        func.length(ARTICLE.c.body_text).label("length"),
    )
    number = (func.count(), func.count(use.caption), func.count(use.credit))
    pictures = select(use.article_id, *number).group_by(use.article_id)
    found: dict[int, Sample] = {}
    for chunk in chunks(ids):
        used = {row[0]: tuple(row[1:]) for row in conn.execute(pictures.where(use.article_id.in_(chunk)))}
        for row in conn.execute(select(*columns).where(ARTICLE.c.id.in_(chunk))):
            found[row.id] = Sample(*row[1:], *used.get(row.id, (0, 0, 0)))
    return [found[article_id] for article_id in ids]


def _pages(conn: Connection, portal: str, moment: datetime) -> Iterator[Any]:
    """Article pages fetched and failed, by channel."""
    now = PAGE.c.last_fetch_at >= moment
    bad = PAGE.c.state.in_(_FAILED)

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


def _errors(conn: Connection, portal: str, channel: str, moment: datetime, row: Any) -> Iterator[Measure]:
    """The share of pages that failed, with some of them when it drifted."""
    if not row.fetched_before or not row.fetched_now:
        return
    shares = (row.failed_before / row.fetched_before, row.failed_now / row.fetched_now)
    counts = (row.fetched_before, row.fetched_now)
    drifted = shares[1] > shares[0] and has_drifted(
        (row.failed_before, row.fetched_before), (row.failed_now, row.fetched_now)
    )
    urls: list[str] = []
    if drifted:
        failed = select(PAGE.c.url).where(
            PAGE.c.portal == portal,
            PAGE.c.kind == "article",
            PAGE.c.state.in_(_FAILED),
            PAGE.c.channel.is_not_distinct_from(row.channel),
            PAGE.c.last_fetch_at >= moment,
        )
        urls = list(conn.scalars(failed.order_by(PAGE.c.last_fetch_at.desc(), PAGE.c.id).limit(EXAMPLES)))
    yield Measure(portal, channel, "errors", *shares, *counts, drifted, urls)


def _listed(conn: Connection, portal: str, moment: datetime) -> dict[str, datetime]:
    """Channels whose lists were read since then, and when last."""
    read = (PAGE.c.portal == portal, PAGE.c.kind == "list", PAGE.c.state == "done")
    statement = select(PAGE.c.channel, func.max(PAGE.c.last_fetch_at)).group_by(PAGE.c.channel)
    rows = conn.execute(statement.where(*read, PAGE.c.last_fetch_at >= moment))
    return {channel or "-": latest for channel, latest in rows}


def portals(conn: Connection) -> list[str]:
    """Portals that have articles, by name."""
    statement = select(ARTICLE.c.portal).distinct().where(ARTICLE.c.portal.is_not(None))
    return sorted(conn.scalars(statement))
