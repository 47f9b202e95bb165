"""Compute what tells an article from others: its identity, and hashes of text, pictures and content."""

from __future__ import annotations

from crawler.claims import identity
from crawler.copies.marks import digest, marks, picture_name
from crawler.identity import rules_version, url_key
from crawler.items import Article, Fingerprint
from crawler.portals import Portal, UrlRules
from crawler.portals.registry import portal_by_name


def fingerprint(article: Article, portal: Portal | None = None) -> Fingerprint:
    """The fingerprint of an article; the portal's URL rules are looked up by name when not given.

    Raises crawler.identity.UrlError for a URL that is none.
    """
    portal = portal or (portal_by_name(article.portal) if article.portal else None)
    rules = portal.url_rules if portal else UrlRules()
    found = marks(article.title, article.body_text, (image.url for image in article.images))
    captions = [
        "\x1e".join((picture_name(image.url), image.caption or "", image.credit_raw or ""))
        for image in article.images
    ]
    own_key = url_key(article.url, rules)
    key = identity(article.url, article.canonical_url, portal)
    return Fingerprint(
        url_key=key,
        url_rules=rules_version(rules),
        text_hash=found.text_hash,
        pictures_hash=found.pictures_hash,
        content_hash=digest(article.title, article.subtitle or "", article.body_text, *captions),
        own_key=own_key if own_key != key else None,
        keys=found.keys,
    )


class FingerprintPipeline:
    """Sets `fingerprint` of every article."""

    def process_item(self, item: Article) -> Article:
        item.fingerprint = fingerprint(item)
        return item
