"""A spider as a tutorial writes it: follows the same lists, reads six CSS fields, stores nothing."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import scrapy
from scrapy.http import Response

from crawler.portals.cri import PORTAL

ARTICLE = re.compile("|".join(PORTAL.article_url))
LIST = re.compile(r"(?:[-_=]\d+(?:\.html)?|/[a-z]\w*)$")
FRAGMENT = re.compile(r'data-more="([^"]+)"')


class PlainSpider(scrapy.Spider):
    """Asks the replica's port under the portal's names, which benchmarks.crawl points at loopback."""

    name = "plain"
    port = 0

    async def start(self) -> AsyncIterator[Any]:
        for channel in PORTAL.channels:
            for url in channel.lists:
                yield self.request(url, self.parse)

    def request(self, url: str, callback: Any) -> scrapy.Request:
        parts = urlsplit(url)
        here = parts._replace(scheme="http", netloc=f"{parts.hostname}:{self.port}", fragment="")
        return scrapy.Request(here.geturl(), callback, cb_kwargs={"url": url})

    def parse(self, response: Response, url: str) -> Iterator[Any]:
        for href in response.css("a::attr(href)").getall():
            link = urljoin(url, href)
            if "/special/" in link or not urlsplit(link).netloc.endswith("cri.cn"):
                continue
            if ARTICLE.search(link):
                yield self.request(link, self.parse_article)
            elif LIST.search(link):
                yield self.request(link, self.parse)
        for href in FRAGMENT.findall(response.text):
            yield self.request(urljoin(url, href), self.parse)
        if url.endswith(".inc") and response.css("li"):
            stem, _, number = url.removesuffix(".inc").rpartition("-")
            yield self.request(f"{stem}-{int(number) + 1}.inc", self.parse)

    def parse_article(self, response: Response, url: str) -> Iterator[dict[str, Any]]:
        yield {
            "url": url,
            "title": response.css("#atitle::text, h1::text, h3::text").get(),
            "time": response.css("#apublishtime::text, #acreatedtime::text, .info span::text").get(),
            "source": response.css("#asource a::text, #asource::text, .info span a::text").get(),
            "editor": response.css("#aeditor::text").get(),
            "body": response.css("#abody p::text, .abody p::text, .article-txt p::text").getall(),
            "images": response.css(
                "#abody img::attr(src), .abody img::attr(src), .article-txt img::attr(src)"
            ).getall(),
        }
