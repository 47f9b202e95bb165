"""List pages: which links are articles, with their titles and days, and where the list goes on. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from crawler.extract import links
from crawler.extract.dates import parse_moment, url_day
from crawler.extract.dom import Element, select, visible_text
from crawler.extract.feeds import Feed, Link
from crawler.identity import belongs
from crawler.portals import Portal
from crawler.text import squash

_NEXT = re.compile(
    r"\A[\s\[（(《«]*(?:下一?[页頁]|后一页|next(?:\s?page)?|[>»]{1,2}|更多)[\s\]）)》»>]*\Z", re.IGNORECASE
)
# what numbered list pages look like: /china-2, /china/index-2.html, /china/index_2.html, /inc/<id>-2.inc
_NUMBERED = re.compile(r"(?P<stem>.*?)(?:/index)?[-_](?P<number>\d{1,4})(?P<ending>\.\w+|/)?\Z")
_ENDING = re.compile(r"(?:/index)?(?:\.\w+|/)?\Z")


_FEED_TYPE = re.compile(r"application/(?:rss|atom|rdf)\+xml", re.IGNORECASE)
COLUMNS_MOST = 60  # columns of an undeclared site that one home page leads to


@dataclass(frozen=True, slots=True)
class ListPage:
    """What a list page says."""

    links: list[Link] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    """Absolute URLs of lists below this one (a regional site's columns), in page order."""
    next_url: str | None = None
    """Absolute URL of the next page or fragment of this list."""
    sitemaps: list[Link] = field(default_factory=list)
    """Further sitemaps below a sitemap index, with the day each last changed, the newest first."""
    feeds: list[str] = field(default_factory=list)
    """Absolute URLs of the feeds that the page names in its head."""


def is_article_url(url: str, portal: Portal) -> bool:
    """True when the portal's rules take the URL for an article of its own."""
    if not belongs(url, portal.hosts) or any(re.search(rule, url) for rule in portal.deny_url):
        return False
    if not portal.article_url:
        return links.is_article(url)
    return any(re.search(rule, url) for rule in portal.article_url)


def _absolute(base: str, link: Element) -> str | None:
    href = (link.get("href") or "").strip()
    if not href or href.startswith(("#", "javascript:", "mailto:", "tel:")):
        return None
    try:
        url = urljoin(base, href)
        return url.split("#")[0] if urlsplit(url).hostname else None
    except ValueError:  # a host with an unclosed bracket
        return None


def _declared(tree: Element, base: str, portal: Portal) -> dict[str, Link]:
    found: dict[str, Link] = {}
    for rule in portal.lists:
        for item in select(tree, rule.item):
            for link in select(item, rule.link):
                url = _absolute(base, link)
                if url is None or url in found or not is_article_url(url, portal):
                    continue
                times = [visible_text(node, " ") for node in select(item, rule.time)]
                day = next((m.iso[:10] for text in times if (m := parse_moment(text))), None)
                title = squash(visible_text(link)) or squash(link.get("title") or "") or None
                found[url] = Link(url, title, day or url_day(url))
                break
    return found


def _any(tree: Element, base: str, portal: Portal) -> dict[str, Link]:
    """Every article link of a page whose list markup nobody declared."""
    if not portal.article_url:
        return _guessed(tree, base, portal)
    found: dict[str, Link] = {}
    for link in tree.iter("a"):
        url = _absolute(base, link)
        if url and url not in found and is_article_url(url, portal):
            found[url] = Link(url, squash(visible_text(link)) or None, url_day(url))
    return found


def _guessed(tree: Element, base: str, portal: Portal) -> dict[str, Link]:
    """Every link that looks like an article's, by its URL, its words and a date beside it."""
    found: dict[str, Link] = {}
    for link, text in links.links_of(tree):
        url = _absolute(base, link)
        if url is None or url == base or not belongs(url, portal.hosts):
            continue
        known = found.get(url)
        if known is not None:
            # a picture's link to the same article comes first and has no headline
            if text and (known.title is None or len(text) > len(known.title)):
                found[url] = Link(url, text, known.day)
            continue
        day = links.date_beside(link)
        if links.is_article(url, text, day is not None):
            found[url] = Link(url, text or None, day or url_day(url))
    return found


def _stem(path: str) -> tuple[str, int]:
    """What the pages of one list share, and which of them a path is (the first is 1)."""
    numbered = _NUMBERED.fullmatch(path)
    if numbered:
        return numbered["stem"].rstrip("/"), int(numbered["number"])
    return _ENDING.sub("", path), 1


def _next(tree: Element, base: str, text: str, portal: Portal, found_any: bool) -> str | None:
    """The next page: a declared fragment, a 下一页 link, or the page whose number is one higher."""
    here = urlsplit(base)
    stem, number = _stem(here.path)
    if here.path.endswith(".inc"):
        # a fragment names no successor: the next number, until one comes without entries
        if not found_any:
            return None
        return base[: len(base) - len(here.path.rsplit("-", 1)[-1])] + f"{number + 1}.inc"
    for pattern in portal.fragments:
        fragment = re.search(pattern, text)
        if fragment:
            return urljoin(base, str(fragment[1]))
    higher: str | None = None
    declared = [link for selector in portal.next_pages for link in select(tree, selector)]
    for link in (*declared, *tree.iter("a")):
        url = _absolute(base, link)
        if url is None or url == base or not belongs(url, portal.hosts):
            continue
        if link in declared:
            return url
        label = squash(visible_text(link))
        there = urlsplit(url)
        same = there.hostname == here.hostname and _stem(there.path)[0] == stem
        if _NEXT.match(label) and same:
            return url
        if higher is None and same and _stem(there.path)[1] == number + 1:
            higher = url
    return higher


def read_list(tree: Element, url: str, text: str, portal: Portal) -> ListPage:
    """The links of a list page or fragment; `text` is the page's source, where fragments are named.

    Declared list markup first; where none of it is found, every link that looks like an article's.
    """
    found = _declared(tree, url, portal) or _any(tree, url, portal)
    columns = _columns(tree, url, portal)
    following = _next(tree, url, text, portal, bool(found))
    return ListPage(list(found.values()), columns, following, feeds=_feeds(tree, url, portal))


def _feeds(tree: Element, base: str, portal: Portal) -> list[str]:
    """Feeds that a page names: <link rel="alternate" type="application/rss+xml" href=…>."""
    named = (node for node in tree.iter("link") if "alternate" in (node.get("rel") or "").lower().split())
    urls = (_absolute(base, node) for node in named if _FEED_TYPE.search(node.get("type") or ""))
    return list(dict.fromkeys(url for url in urls if url and belongs(url, portal.hosts)))


def from_feed(feed: Feed, portal: Portal) -> ListPage:
    """A feed or sitemap as a list: the portal's own and, of a plain sitemap, what looks like an article."""
    own = [link for link in feed.links if belongs(link.url, portal.hosts)]
    if feed.says_article:
        wanted = [link for link in own if not any(re.search(rule, link.url) for rule in portal.deny_url)]
    else:
        wanted = [link for link in own if is_article_url(link.url, portal)]
    return ListPage(wanted, sitemaps=[link for link in feed.sitemaps if belongs(link.url, portal.hosts)])


def _columns(tree: Element, base: str, portal: Portal) -> list[str]:
    """Lists of the same site that a regional home page leads to, where the portal declares their form."""
    found: dict[str, None] = {}
    here = urlsplit(base).hostname
    if not portal.article_url and urlsplit(base).path in ("", "/"):
        for link, text in links.links_of(tree):
            url = _absolute(base, link)
            if url and url != base and belongs(url, portal.hosts) and links.is_column(url, text, base):
                found.setdefault(url)
        return list(found)[:COLUMNS_MOST]
    for link in tree.iter("a") if portal.column_url else ():
        url = _absolute(base, link)
        if url is None or url == base or urlsplit(url).hostname != here:
            continue
        denied = any(re.search(rule, url) for rule in portal.deny_url)
        if any(re.search(rule, url) for rule in portal.column_url) and not denied:
            found.setdefault(url)
    return list(found)
