"""Dates and times as Chinese portals write them. Pure; a time without a zone is China's, +08:00."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

from crawler.text import clean, squash

CHINA = timezone(timedelta(hours=8))
# text is looked at up to here: a byline is short, and a page may be hostile
_MOST = 4000

_DATE = r"(?<!\d)(?P<y>(?:19|20)\d{2})\s?(?:[-/.年]|(?<=\d)\s)\s?(?P<m>\d{1,2})\s?[-/.月]\s?(?P<d>\d{1,2})(?!\d)\s?[日号號]?"
_CLOCK = (
    r"(?:[\sT,，|]{0,4}(?:(?:星期|周|週)[一二三四五六日天])?\s{0,2}(?P<half>上午|下午|晚上|凌晨|中午|[AaPp][Mm])?\s?"
    r"(?P<H>\d{1,2})\s?[:时時点點]\s?(?P<M>\d{1,2})(?:\s?[:分]\s?(?P<S>\d{1,2})(?!\d))?(?:\.\d{1,9})?[分秒]?"
    r"(?:\s?(?P<half2>[AaPp][Mm])(?![A-Za-z]))?"
    r"(?:\s?(?P<zone>Z\b|GMT|UTC|[+-]\d{2}:?\d{2}(?!\d)))?)?"
)
_MOMENT = re.compile(_DATE + _CLOCK)
_COMPACT = re.compile(
    r"(?<!\d)(?P<y>20\d{2})(?P<m>[01]\d)(?P<d>[0-3]\d)(?:(?P<H>[012]\d)(?P<M>[0-5]\d)(?P<S>[0-5]\d))?(?!\d)"
)
_NUMERALS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_CHINESE_DATE = re.compile(
    r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_URL_DATE = re.compile(r"/(20\d{2})[-/_]?(0[1-9]|1[0-2])[-/_]?(0[1-9]|[12]\d|3[01])(?=[/_\-.]|\d{0,2}\D|\Z)")


class Moment(NamedTuple):
    """A publication time."""

    iso: str
    """`2017-04-06T15:07:56+08:00`, or `2017-04-06` when no time is given."""
    raw: str
    """The text it was read from."""


def _tens(text: str) -> int:
    """一 to 九十九 as a number."""
    head, ten, tail = text.partition("十")
    if not ten:
        return int(text.translate(_NUMERALS))
    return int(head.translate(_NUMERALS) or 1) * 10 + int(tail.translate(_NUMERALS) or 0)


def _offset(zone: str | None) -> timezone:
    if zone is None:
        return CHINA
    if zone[0] not in "+-":
        return UTC
    digits = zone[1:].replace(":", "")
    delta = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(delta if zone[0] == "+" else -delta)


def _moment(found: re.Match[str]) -> Moment | None:
    parts = found.groupdict()
    year, month, day = int(parts["y"]), int(parts["m"]), int(parts["d"])
    raw = squash(found[0]).rstrip(" |,，T")
    try:
        if parts.get("H") is None:
            return Moment(datetime(year, month, day).strftime("%Y-%m-%d"), raw)
        hour = int(parts["H"])
        half = (parts.get("half") or parts.get("half2") or "").lower()
        if half in ("下午", "晚上", "pm") and hour < 12:
            hour += 12
        elif half in ("上午", "凌晨", "am") and hour == 12:
            hour = 0
        when = datetime(
            year,
            month,
            day,
            hour,
            int(parts["M"]),
            int(parts.get("S") or 0),
            tzinfo=_offset(parts.get("zone")),
        )
    except ValueError:  # 2024-13-45, 25:61: digits that are no date
        return None
    return Moment(when.isoformat(), raw)


def moments(text: str) -> Iterator[Moment]:
    """Every date of a text, in order; with its time where one follows."""
    text = unicodedata.normalize("NFKC", clean(text[:_MOST])).replace("\n", " ")
    for found in _MOMENT.finditer(text):
        moment = _moment(found)
        if moment:
            yield moment
    for found in _CHINESE_DATE.finditer(text):
        year, month, day = found[1].translate(_NUMERALS), _tens(found[2]), _tens(found[3])
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield Moment(f"{year}-{month:02}-{day:02}", found[0])


def parse_moment(text: str | None) -> Moment | None:
    """The first date of a text that has a time, else the first date; None without a year.

    >>> parse_moment("2019年06月15日08:18  来源：新华网")
    Moment(iso='2019-06-15T08:18:00+08:00', raw='2019年06月15日08:18')
    >>> parse_moment("发布于 2024-5-1").iso
    '2024-05-01'
    >>> parse_moment("2024 05/10 09:30:12").iso
    '2024-05-10T09:30:12+08:00'
    >>> parse_moment("05-10 09:30") is None
    True
    """
    if not text:
        return None
    first: Moment | None = None
    for moment in moments(text):
        if "T" in moment.iso:
            return moment
        first = first or moment
    if first is None:
        compact = _COMPACT.search(clean(text[:_MOST]))
        first = _moment(compact) if compact else None
    return first


def url_day(url: str) -> str | None:
    """The day that a URL's path names, as YYYY-MM-DD.

    >>> url_day("//news.cri.cn/20251010/0f.html"), url_day("http://money.cri.cn/303/2019/05/06/a.html")
    ('2025-10-10', '2019-05-06')
    """
    found = _URL_DATE.search(url)
    return "-".join(found.groups()) if found else None
