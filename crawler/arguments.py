"""What `-a` tells a crawl, checked before the first request. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from crawler.identity import UrlError, belongs, canonical_url
from crawler.portals import Channel, Portal
from crawler.undeclared import portal_for

NAMES = ("channel", "since", "until", "limit", "url", "revisit")
REVISIT = ("due", "all", "none")


class WrongUsage(ValueError):
    """An argument that cannot be understood: exit code 2."""


class Unknown(LookupError):
    """A named portal or channel that does not exist: exit code 1."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """A crawl's arguments."""

    channels: tuple[Channel, ...] = ()
    """The channels to read; all of the portal's when none is named."""
    since: str | None = None
    """YYYY-MM-DD, first day wanted, at +08:00."""
    until: str | None = None
    """YYYY-MM-DD, last day wanted."""
    limit: int | None = None
    """Most articles to store in this run."""
    urls: tuple[str, ...] = ()
    """Start from these list or article pages instead of the channels."""
    revisit: str = "due"
    """Which stored articles to look at again: those that are due, all, none."""
    outside: tuple[str, ...] = field(default=())
    """Start URLs that are not the portal's: reported as failed, never fetched."""

    def wants(self, day: str | None) -> bool:
        """True when an article of that day is asked for; a day not known is."""
        if day is None:
            return True
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)


def _day(name: str, text: str | None) -> str | None:
    if text is None:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise WrongUsage(
            f"{name}={text!r} is not a date; write it as YYYY-MM-DD, e.g. {name}=2026-01-31"
        ) from None


def _limit(text: str | None) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,9}", text) or int(text) < 1:
        raise WrongUsage(f"limit={text!r} is not a number of articles from 1 up")
    return int(text)


def _channels(portal: Portal, text: str | None) -> tuple[Channel, ...]:
    if text is None:
        return portal.channels
    by_name = {channel.name: channel for channel in portal.channels}
    by_title = {channel.title: channel for channel in portal.channels}
    wanted: dict[str, Channel] = {}
    for name in filter(None, (part.strip() for part in text.split(","))):
        channel = by_name.get(name) or by_title.get(name)
        if channel is None:
            known = ", ".join(f"{c.name} ({c.title})" for c in portal.channels) or "none"
            raise Unknown(f"{portal.name} has no channel {name!r}; its channels: {known}")
        wanted[channel.name] = channel
    if not wanted:
        raise WrongUsage("channel= names no channel")
    return tuple(wanted.values())


def split_urls(text: str | None) -> list[str]:
    """The URLs of an argument; a comma may also stand inside one: only before the next address it parts two.

    >>> split_urls("https://e.cn/a,b.html, https://e.cn/c")
    ['https://e.cn/a,b.html', 'https://e.cn/c']
    """
    return [url for part in re.split(r",(?=\s*https?://)", text or "") if (url := part.strip(" ,"))]


def undeclared_portal(url: str | None) -> Portal:
    """The portal of `crawl portal -a url=…`. Raises WrongUsage."""
    urls = split_urls(url)
    if not urls:
        raise WrongUsage("crawl portal needs a start: -a url=https://…")
    for text in urls:
        _check_url(text)
    try:
        return portal_for(urls)
    except ValueError as error:
        raise WrongUsage(f"url=: {error}") from None


def _check_url(text: str) -> None:
    try:
        canonical_url(text)
    except UrlError:
        raise WrongUsage(f"url={text!r} is not an absolute http or https URL") from None


def parse_arguments(
    portal: Portal,
    *,
    channel: str | None = None,
    since: str | None = None,
    until: str | None = None,
    limit: str | None = None,
    url: str | None = None,
    revisit: str | None = None,
    **unknown: str,
) -> Arguments:
    """The arguments of a crawl of `portal`. Raises WrongUsage or Unknown with a message for people."""
    if unknown:
        names = ", ".join(sorted(unknown))
        raise WrongUsage(f"unknown argument {names}; a crawl takes {', '.join(NAMES)}")
    first, last = _day("since", since), _day("until", until)
    if first and last and first > last:
        raise WrongUsage(f"since={first} is after until={last}: no article can be both")
    if revisit is not None and revisit not in REVISIT:
        raise WrongUsage(f"revisit={revisit!r}: say {', '.join(REVISIT)}")
    urls: list[str] = []
    outside: list[str] = []
    for text in split_urls(url):
        _check_url(text)
        (urls if belongs(text, portal.hosts) else outside).append(text)
    if url is not None and not urls and not outside:
        raise WrongUsage("url= names no URL")
    if url is not None and channel is not None:
        raise WrongUsage("give channel= or url=, not both")
    return Arguments(
        channels=() if url is not None else _channels(portal, channel),
        since=first,
        until=last,
        limit=_limit(limit),
        urls=tuple(dict.fromkeys(urls)),
        revisit=revisit or "due",
        outside=tuple(outside),
    )
