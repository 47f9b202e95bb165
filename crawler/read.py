"""The one way in: read(bytes, url, portal) gives an article or says why there is none. Pure.

Used by the spider, `scrapy extract` and `scrapy reextract`, so that a page means the same to all three.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crawler.challenge import challenge
from crawler.extract import head
from crawler.extract.article import extract
from crawler.extract.decode import DecodeError, decode
from crawler.extract.dom import Parsed, parse_page
from crawler.extract.pages import Parts
from crawler.items import Article
from crawler.loaders import load_article
from crawler.missing import soft_404
from crawler.portals import Portal

Reason = Literal["empty", "undecodable", "not_article", "challenge", "soft_404", "no_title", "no_body"]

_LITTLE = 200  # characters of body: more is an article, whatever its headline says


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a page gives no article."""

    reason: Reason
    """A short key: counted in statistics, kept in the ledger."""
    message: str
    """What, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Page:
    """An article as far as one page holds it, and where the rest is."""

    article: Article
    parts: Parts
    cut: str | None = None
    """Why the article may not be whole: the parser left out what follows, e.g. a nesting too deep."""


def read_tree(body: bytes, url: str, charset: str | None = None) -> Parsed | Refusal:
    """The tree of a page's bytes; `charset` is the HTTP header's, a hint."""
    if not body.strip():
        return Refusal("empty", f"{_name(url)}: the page is empty; fetch it again later")
    try:
        text = decode(body, charset).text
    except DecodeError as error:
        return Refusal("undecodable", f"{_name(url)}: {error}; is it a picture or an archive?")
    parsed = parse_page(text)
    if parsed.tree is None:
        return Refusal("empty", f"{_name(url)}: the page holds no markup; fetch it again later")
    return parsed


def read(
    body: bytes, url: str, portal: Portal | None, *, status: int = 200, headers: dict[str, str] | None = None
) -> Page | Refusal:
    """The article on a page. Never raises for what a page holds; `headers` has lower-case names."""
    headers = headers or {}
    content_type = headers.get("content-type", "")
    charset = content_type.partition("charset=")[2].split(";")[0].strip(" \"'") or None
    said = challenge(status, headers, body)
    if said:
        return Refusal(
            "challenge",
            f"{_name(url)}: {said} instead of the article; slow down, or try from another network",
        )
    parsed = read_tree(body, url, charset)
    if isinstance(parsed, Refusal):
        return parsed
    assert parsed.tree is not None
    raw = extract(parsed.tree, url, portal)
    if raw is not None:
        og_url = head.meta(parsed.tree, "og:url")
        raw.claims = head.claims(parsed.tree, raw.base)
        raw.og_url = head.joined(raw.base, og_url) if og_url else None
    article = load_article(raw, url, portal) if raw else None
    if (article is None or len(article.body_text) < _LITTLE) and soft_404(parsed.tree):
        return Refusal("soft_404", f"{_name(url)}: gone, the page says that it does not exist")
    if raw is None or article is None:
        cut = f"; the parser left out part of it ({parsed.cut})" if parsed.cut else ""
        return Refusal("not_article", f"{_name(url)}: not an article{_tried(portal)}{cut}")
    if not article.title:
        return Refusal("no_title", f"{_name(url)}: template {raw.template} found no headline")
    if not article.body_text and not article.images:
        return Refusal("no_body", f"{_name(url)}: template {raw.template} found neither text nor pictures")
    return Page(article, raw.parts, parsed.cut or raw.cut)


def _name(url: str) -> str:
    return url or "the page"


def _tried(portal: Portal | None) -> str:
    """What a person can do about a page that should have been read."""
    if portal is None or not portal.templates:
        return ": no headline with text below it"
    tried = f"none of {len(portal.templates)} templates fits and there is no headline with text below it"
    return f": {tried}; if it is one, record it with: scrapy fixture {portal.name} URL"
