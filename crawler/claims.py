"""When a page's claim to another address (<link rel=canonical>) is believed. Pure.

A right claim joins what no rule knows: unknown parameters, a telephone's host of an undeclared site. A wrong
one would make two articles one, of which the later overwrites the earlier; so what the address itself shows
must not contradict it, and a doubt leaves the page its own address, which costs at most a linked copy.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from crawler.extract.dates import url_day
from crawler.identity import UrlError, belongs, canonical_url, url_key
from crawler.portals import Portal, UrlRules
from crawler.undeclared import domain

_WORD = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-Za-z]+", re.IGNORECASE)
_DATE = re.compile(r"(?:19|20)\d\d(?:[01]\d(?:[0-3]\d)?)?\Z|[0-3]?\d\Z")
_PAGE_KEY = re.compile(r"(?:cur(?:rent)?_?)?(?:page|pn|p|part)(?:_?(?:no|num|index))?\Z", re.IGNORECASE)
_ID_KEY = re.compile(r"\w*(?:id|no|num|key)\Z", re.IGNORECASE)
_STRONG = 5  # characters with a digit among them: a shorter number may be a channel's or a page's
_SLUG = 8  # characters of a name without digits; shorter ones, and plain words, are templates' (detail, view)


def address(url: str, claim: str | None, portal: Portal | None) -> str:
    """The address on which an article's identity rests: the claim where it is believed, else its own URL."""
    if claim and claim != url and is_plausible(url, claim, portal):
        return claim
    return url


def identity(url: str, claim: str | None, portal: Portal | None) -> str:
    """The url_key of an article; `claim` is its canonical_url. Raises UrlError for a URL that is none."""
    return url_key(address(url, claim, portal), portal.url_rules if portal else None)


def believed(url: str, claims: list[str], og_url: str | None, portal: Portal | None) -> str | None:
    """The canonical form of the address that a page claims; None when it claims none that can be believed.

    `claims` are the page's canonical links and `og_url` its og:url, absolute: they must agree.
    """
    rules = portal.url_rules if portal else None
    try:
        keys = {url_key(claim, rules) for claim in (*claims, *([og_url] if og_url else []))}
        if not claims or len(keys) != 1 or not is_plausible(url, claims[0], portal):
            return None
        return canonical_url(claims[0], rules)
    except UrlError:
        return None


def is_plausible(url: str, claim: str, portal: Portal | None) -> bool:
    """True when nothing in the two addresses speaks against their being one article's.

    The claim must be of the same site, look like an article of the portal where one is declared, be of no
    other day, and keep whatever says in `url` which article, and which page of it, is meant.

    >>> is_plausible("https://m.qingshi.cn/a/2031775.html?x=7", "https://www.qingshi.cn/n/2031775.html", None)
    True
    >>> is_plausible("https://www.qingshi.cn/view?id=2031775", "https://www.qingshi.cn/view", None)
    False
    """
    rules = portal.url_rules if portal else UrlRules()
    try:
        if url_key(url, rules) == url_key(claim, rules):
            return True
        own, other = canonical_url(url, rules), canonical_url(claim, rules)
    except UrlError:
        return False
    if not _same_site(own, other, portal) or not _looks_like_article(other, portal):
        return False
    days = {day for day in (url_day(own), url_day(other)) if day}
    return len(days) < 2 and _keeps_id(own, other)


def _same_site(own: str, other: str, portal: Portal | None) -> bool:
    if portal is not None and portal.hosts and belongs(own, portal.hosts):
        return belongs(other, portal.hosts)
    return domain(own) == domain(other)


def _looks_like_article(url: str, portal: Portal | None) -> bool:
    if portal is None:
        return True
    if any(re.search(rule, url) for rule in (*portal.deny_url, *portal.column_url)):
        return False
    return not portal.article_url or any(re.search(rule, url) for rule in portal.article_url)


def _keeps_id(own: str, other: str) -> bool:
    """True when `other` has what in `own` tells the article from others of its site."""
    name, words = _name(own)
    other_name, _ = _name(other)
    query = parse_qsl(urlsplit(own).query, keep_blank_values=True)
    kept = {*_WORD.findall(other_name)}
    for key, value in parse_qsl(urlsplit(other).query, keep_blank_values=True):
        kept |= {value, f"{key}={value}"}
    if not set(words) <= kept:
        return False
    strong = any(len(word) >= _STRONG for word in words)
    if not words:
        strong = _is_slug(name)
        if strong and name != other_name:
            return False
    for key, value in query:
        # with a number in the path, only what names a page or another number still matters
        matters = not strong or _PAGE_KEY.match(key) or (_ID_KEY.match(key) and value)
        if matters and not ({value, f"{key}={value}"} & kept and value):
            return False
    return strong or bool(query)


def _name(url: str) -> tuple[str, list[str]]:
    """The last part of a path, without its ending, and its words with digits; of /ID/c.html it is ID.

    Words are left out where all are dates.
    """
    parts = [unquote(part) for part in urlsplit(url).path.split("/") if part]
    names = [re.sub(r"\.(?:d\.)?[a-z]{2,5}\Z", "", part) for part in parts]
    while len(names) > 1 and (names[-1] in ("index", "default") or re.fullmatch(r"\D?", names[-1])):
        names.pop()
    name = names[-1] if names else ""
    words = [word for word in _WORD.findall(name) if re.search(r"\d", word)]
    return name, [] if all(_DATE.match(word) for word in words) else words


def _is_slug(name: str) -> bool:
    if len(name) < _SLUG:
        return not name.isascii() and len(name) > 1
    return not re.fullmatch(r"[a-z]+|[A-Z][a-z]+|\W*", name) and not _DATE.match(name)
