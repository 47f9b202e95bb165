"""Fetches the further pages of an article and makes one article of them all."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from scrapy import Request

from crawler.extract.pages import complete, merge
from crawler.failures import TRIES, Failure, why
from crawler.identity import UrlError
from crawler.items import Article, Fetch
from crawler.read import Page
from crawler.spiders.responses import judge
from storage.ledger import Discover, Found, PageRow

if TYPE_CHECKING:
    from crawler.spiders.portal import PortalSpider

logger = logging.getLogger(__name__)

PARTS_MOST = 100  # pages of one article: a chain that is longer leads in a circle
_PART_PRIORITY = 20  # before other articles: the pages that are read already wait in memory
_MISSING = "part_missing"


async def with_parts(spider: PortalSpider, first: Article, page: Page, row: PageRow) -> Article:
    """The whole of an article of several pages, its further pages fetched.

    Where a page is missing for a passing reason, what there is carries `fetch.incomplete`.
    """

    async def fetch(url: str) -> Page | None:
        return await _fetch(spider, url, row, first.fetch)

    return await gather(first, page, fetch)


async def gather(first: Article, page: Page, fetch: Callable[[str], Awaitable[Page | None]]) -> Article:
    """The whole of an article: its one-page version, else one page after another, as `fetch` gives them."""
    if page.parts.whole_url:
        whole = await fetch(page.parts.whole_url)
        if whole is not None and len(whole.article.body_text) >= len(first.body_text):
            merged = replace(
                complete(first, whole.article),
                blocks=whole.article.blocks,
                images=whole.article.images,
                body_text=whole.article.body_text,
                pages=page.parts.count,
            )
            merged.fetch.incomplete = None
            return merged
    parts = [first]
    seen = {first.url}
    following = page.parts.next_url
    while following and following not in seen and len(parts) < PARTS_MOST:
        seen.add(following)
        part = await fetch(following)
        if part is None:
            break
        parts.append(part.article)
        following = part.parts.next_url
    return merge(parts)


async def _fetch(spider: PortalSpider, url: str, row: PageRow, fetch: Fetch) -> Page | None:
    """One further page of an article; None, told in the ledger, when it cannot be read."""
    try:
        found = [Found(url, spider.key(url), "part", row.channel, depth=row.depth)]
    except UrlError as error:
        logger.warning("%s: a further page is left out: %s", row.url, error)
        return None
    (part,) = await spider.submit(Discover(spider.portal.name, spider.store.run_id, found, found_on=row.id))
    engine = spider.crawler.engine
    assert engine is not None
    outcome: Page | Failure
    try:
        response = await engine.download_async(
            Request(url, dont_filter=True, priority=_PART_PRIORITY, meta={"page_id": part.id})
        )
        outcome = judge(response, spider.portal)
    except Exception as error:  # noqa: BLE001 - whatever a download may raise; why() names it
        outcome = why(error, url)
    if isinstance(outcome, Failure):
        logger.warning("%s: a further page is missing: %s", row.url, outcome.message)
        await spider.mark(part, outcome)
        if outcome.passing and row.attempts + 1 < TRIES:
            fetch.incomplete = _MISSING
        return None
    if part.id != row.id:
        fetch.part_ids.append(part.id)
    return outcome
