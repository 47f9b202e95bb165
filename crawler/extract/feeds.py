"""Feeds and sitemaps: RSS, Atom, sitemaps, news sitemaps and their indexes, gzipped or not. Pure."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from io import BytesIO
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawler.extract.dates import CHINA, parse_moment, url_day
from crawler.text import squash

MAX_BYTES = 64 * 1024 * 1024  # after unpacking; the protocol allows 50 MB
_GZIP = b"\x1f\x8b"
_ROOTS = frozenset({"rss", "rdf", "feed", "urlset", "sitemapindex"})


@dataclass(frozen=True, slots=True)
class Link:
    """An article that a list or feed names."""

    url: str
    """Absolute."""
    title: str | None = None
    day: str | None = None
    """YYYY-MM-DD from the list's own date, else from the URL."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed or sitemap says."""

    links: list[Link] = field(default_factory=list)
    """Articles, in the feed's order."""
    sitemaps: list[Link] = field(default_factory=list)
    """Further sitemaps of an index, with the day they last changed, the newest first."""
    says_article: bool = True
    """Every entry is an article; False for a plain sitemap, which lists all pages of a site."""


def looks_like_xml(body: bytes) -> bool:
    """True when the bytes may be a feed; cheap, so that every list page can be asked."""
    if body.startswith(_GZIP):
        return True
    head = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<rss", b"<feed", b"<rdf", b"<urlset", b"<sitemapindex")):
        return True
    return head.startswith(b"<?xml") and b"<html" not in head and b"doctype html" not in head


def read_feed(body: bytes, url: str) -> Feed | None:
    """The feed or sitemap that the bytes hold; None when they hold something else."""
    data = _unpacked(body)
    root = _root(data) if data is not None else None
    if root is None:
        return None
    name = _name(root)
    if name not in _ROOTS:
        return None
    if name == "sitemapindex":
        found = [_entry(node, url) for node in root if _name(node) == "sitemap"]
        maps = [link for link in found if link is not None]
        return Feed(sitemaps=sorted(maps, key=lambda link: link.day or "", reverse=True))
    wanted = {"urlset": "url", "feed": "entry"}.get(name, "item")
    nodes = [node for node in root.iter() if _name(node) == wanted]
    links: dict[str, Link] = {}
    for node in nodes:
        link = _entry(node, url)
        if link is not None:
            links.setdefault(link.url, link)
    is_news = name != "urlset" or any(_name(child) == "news" for node in nodes[:5] for child in node)
    return Feed(list(links.values()), says_article=is_news)


def _unpacked(body: bytes) -> bytes | None:
    if not body.startswith(_GZIP):
        return body
    try:
        with gzip.GzipFile(fileobj=BytesIO(body)) as file:
            # one byte more than allowed tells a bomb from a large sitemap
            data = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        return None
    return data if len(data) <= MAX_BYTES else None


def _root(data: bytes) -> etree._Element | None:
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
    )
    try:
        return etree.fromstring(data.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _name(node: etree._Element) -> str:
    """The tag without its namespace, lower-case; "" for what is no element."""
    return node.tag.rpartition("}")[2].lower() if isinstance(node.tag, str) else ""


def _entry(node: etree._Element, base: str) -> Link | None:
    """One entry of any kind of feed."""
    address: str | None = None
    title: str | None = None
    dates: dict[str, str] = {}
    for child in node.iter():
        name, text = _name(child), squash(child.text or "")
        if name in ("loc", "link") and address is None and child.get("rel", "alternate") == "alternate":
            address = child.get("href") or text or None
        elif name in ("guid", "id") and text.startswith("http"):
            address = address or text
        elif name == "title":
            title = title or text or None
        elif name in ("pubdate", "published", "publication_date", "date", "updated", "lastmod") and text:
            dates.setdefault(name, text)
    if address is None:
        return None
    try:
        absolute = urljoin(base, address.strip())
        if urlsplit(absolute).scheme not in ("http", "https"):
            return None
    except ValueError:  # a host with an unclosed bracket
        return None
    return Link(absolute.split("#")[0], title, _day(dates) or url_day(absolute))


def _day(dates: dict[str, str]) -> str | None:
    """The day an entry was published, at +08:00."""
    for name in ("pubdate", "published", "publication_date", "date", "updated", "lastmod"):
        text = dates.get(name)
        if text is None:
            continue
        moment = parse_moment(text)
        if moment is not None:
            return moment.iso[:10]
        try:
            return parsedate_to_datetime(text).astimezone(CHINA).date().isoformat()
        except (ValueError, TypeError, OverflowError):
            continue  # not RFC 822 either: the next date may be readable
    return None
