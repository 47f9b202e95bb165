"""Drop what is no article, with a reason, a counter and a ledger row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import DropItem

from crawler.identity import UrlError, url_key
from crawler.store import Store

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.items import Article

TITLE_MOST = 500  # characters: a longer headline is a paragraph that a wrong rule took for one


def check(article: Article) -> str | None:
    """Why this is no article that can be kept, as a short key; None when it is one.

    An article has a web address, a headline, and text or pictures.
    """
    try:
        url_key(article.url)
    except UrlError:
        return "bad_url"
    if not article.title.strip():
        return "no_title"
    if len(article.title) > TITLE_MOST:
        return "long_title"
    if not article.body_text.strip() and not article.images:
        return "no_body"
    return None


class ValidatePipeline:
    """Drops articles that lack what an article must have."""

    def __init__(self, crawler: Crawler) -> None:
        self.store = Store.of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ValidatePipeline:
        return cls(crawler)

    async def process_item(self, item: Article) -> Article:
        reason = check(item)
        if reason is not None:
            await self.store.drop(item, reason)
            raise DropItem(f"{item.url}: not stored, {reason}")
        return item
