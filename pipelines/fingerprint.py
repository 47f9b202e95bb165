"""Compute what tells an article from others: its identity, and hashes of text, pictures and content."""

from __future__ import annotations

import re
from hashlib import blake2b
from urllib.parse import urlsplit

from crawler.claims import identity
from crawler.identity import rules_version, url_key
from crawler.items import Article, Fingerprint
from crawler.portals import Portal, UrlRules
from crawler.portals.registry import portal_by_name
from crawler.text import fold

TEXT_LEAST = 60  # letters: shorter texts (weather lines, notices) agree by chance
PICTURES_LEAST = 2  # one picture with one headline is often an agency's stock photo

_NOT_LETTERS = re.compile(r"[\W_]+")


def _hash(*parts: str) -> str:
    return blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def letters(text: str) -> str:
    """The letters and digits of a text, folded: what stays when a reprint is set anew.

    >>> letters("重庆, ＡＰＰ 的“样子”。")
    '重庆app的样子'
    """
    return _NOT_LETTERS.sub("", fold(text))


def _picture_name(url: str) -> str:
    """A picture's identity across hosts and schemes of one portal: its path."""
    return urlsplit(url).path or url


def fingerprint(article: Article, portal: Portal | None = None) -> Fingerprint:
    """The fingerprint of an article; the portal's URL rules are looked up by name when not given.

    Raises crawler.identity.UrlError for a URL that is none.
    """
    portal = portal or (portal_by_name(article.portal) if article.portal else None)
    rules = portal.url_rules if portal else UrlRules()
    text = letters(article.body_text)
    pictures = sorted({_picture_name(image.url) for image in article.images})
    captions = [
        "\x1e".join((_picture_name(image.url), image.caption or "", image.credit_raw or ""))
        for image in article.images
    ]
    own_key = url_key(article.url, rules)
    key = identity(article.url, article.canonical_url, portal)
    return Fingerprint(
        url_key=key,
        url_rules=rules_version(rules),
        text_hash=_hash(text) if len(text) >= TEXT_LEAST else None,
        pictures_hash=_hash(letters(article.title), *pictures) if len(pictures) >= PICTURES_LEAST else None,
        content_hash=_hash(article.title, article.subtitle or "", article.body_text, *captions),
        own_key=own_key if own_key != key else None,
    )


class FingerprintPipeline:
    """Sets `fingerprint` of every article."""

    def process_item(self, item: Article) -> Article:
        item.fingerprint = fingerprint(item)
        return item
