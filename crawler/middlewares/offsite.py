"""Keeps a crawl within the portal's hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.offsite import OffsiteMiddleware
from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler


class OutsidePortal(IgnoreRequest):
    """Raised for a request to a host that is not the portal's, also after a redirect; reaches the errback."""


class PortalHostsMiddleware(OffsiteMiddleware):
    """Scrapy's offsite rule, made visible.

    Scrapy's own drops a redirect to another host while scheduling it, so that neither callback nor errback
    hears of it, and lets any request with `dont_filter` pass. Here only `allow_offsite` in the meta passes.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PortalHostsMiddleware:
        middleware = cls(crawler.stats)
        middleware.crawler = crawler
        return middleware

    def process_request(self, request: Request, spider: Spider | None = None) -> None:
        spider = self.crawler.spider
        assert spider is not None
        if request.meta.get("allow_offsite") or self.should_follow(request, spider):
            return
        self.stats.inc_value("offsite/filtered")
        hosts = ", ".join(getattr(spider, "allowed_domains", None) or ())
        raise OutsidePortal(f"{spider.name}: {request.url} is outside the portal ({hosts}); not fetched")
