"""Publication times between the record's ISO text and the columns published_*."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from typing import NamedTuple

CHINA = timezone(timedelta(hours=8))
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SECONDS = re.compile(r"\d[:：]\s*\d{1,2}\s*[:：]\s*\d|分\s*\d{1,2}\s*秒")


class Published(NamedTuple):
    """The columns of one publication time; all None when it is unknown."""

    at: datetime | None = None
    """UTC; of a day its midnight at +08:00."""
    offset: int | None = None
    """Minutes east of UTC on the page."""
    precision: str | None = None
    """day, minute or second."""
    day: str | None = None
    """The page's own date, YYYY-MM-DD."""


def published(iso: str | None, raw: str | None) -> Published:
    """Read a record's `published_at`, with `published_raw` telling whether the page showed seconds.

    A time without offset is at +08:00. ValueError when it is not ISO 8601.
    """
    if not iso:
        return Published()
    try:
        if _DAY.fullmatch(iso):
            local = datetime.combine(date.fromisoformat(iso), time(), CHINA)
            return Published(local.astimezone(UTC), 480, "day", iso)
        local = datetime.fromisoformat(iso)
        if local.tzinfo is None:
            local = local.replace(tzinfo=CHINA)
        at = local.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"published_at {iso!r} is not ISO 8601; give a date, or a time like 2019-06-15T08:18:00+08:00"
        ) from error
    offset = local.utcoffset() or timedelta()
    shown = raw is None or local.second or local.microsecond or _SECONDS.search(raw)
    return Published(
        at, round(offset.total_seconds() / 60), "second" if shown else "minute", local.date().isoformat()
    )


def published_iso(
    at: datetime | None, offset: int | None, precision: str | None, day: str | None
) -> str | None:
    """The record's `published_at` for the columns: the inverse of published()."""
    if at is None:
        return None
    if precision == "day":
        return day
    return at.astimezone(_zone(offset or 0)).isoformat()


@cache
def _zone(offset: int) -> timezone:
    return timezone(timedelta(minutes=offset))


def day_start(day: date) -> datetime:
    """The first moment of a day at +08:00, in UTC: what --since and --until mean."""
    return datetime.combine(day, time(), CHINA).astimezone(UTC)


def since_moment(since: date | datetime) -> datetime:
    """The first moment that `since` includes: itself, or of a date the start of that day at +08:00."""
    if isinstance(since, datetime):
        return _aware(since, "since")
    # the first day began before the first moment that there is
    return day_start(since) if since > date.min else datetime.min.replace(tzinfo=UTC)


def until_moment(until: date | datetime) -> datetime:
    """The first moment that `until` leaves out: itself, or of a date the end of that day at +08:00."""
    if isinstance(until, datetime):
        return _aware(until, "until")
    return day_start(until + timedelta(days=1)) if until < date.max else datetime.max.replace(tzinfo=UTC)


def _aware(at: datetime, name: str) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{name} {at.isoformat()} has no time zone; give it one, e.g. UTC, or give a date")
    return at
