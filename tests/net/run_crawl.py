"""One real crawl in a process of its own: reads a job as JSON from stdin, prints what came of it as JSON.

Job: {"urls", "settings", "hosts": {name: address or [addresses in turn]}, "domains", "meta", "dont_filter"}.
Result: {"ends": [{"url", "how": "callback" | "errback", …}], "stats", "ports": those it listened on}.
No name is ever looked up outside: names that `hosts` does not have are unknown.
"""

from __future__ import annotations

import itertools
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import psutil  # type: ignore[import-untyped, unused-ignore]
import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.utils.project import get_project_settings
from twisted.python.failure import Failure

JOB: dict[str, Any] = json.load(sys.stdin) if __name__ == "__main__" else {}
ENDS: list[dict[str, Any]] = []
PORTS: set[int] = set()


class Probe(scrapy.Spider):
    name = "probe"
    allowed_domains = JOB.get("domains")

    async def start(self) -> AsyncIterator[Any]:
        for url in JOB["urls"]:
            yield scrapy.Request(
                url,
                self.parse,
                errback=self.failed,
                meta=dict(JOB.get("meta", {})),
                cb_kwargs={"asked": url},
                dont_filter=JOB.get("dont_filter", True),
            )

    def parse(self, response: Response, asked: str) -> None:
        own = psutil.Process(os.getpid())
        PORTS.update(c.laddr.port for c in own.net_connections() if c.status == psutil.CONN_LISTEN)
        assert response.request is not None
        ENDS.append(
            {
                "url": asked,
                "how": "callback",
                "status": response.status,
                "final": response.url,
                "request": response.request.url,
                "slot": response.meta["download_slot"],
                "size": len(response.body),
            }
        )

    def failed(self, failure: Failure) -> None:
        request = failure.request  # type: ignore[attr-defined]
        ENDS.append(
            {
                "url": request.cb_kwargs["asked"],
                "how": "errback",
                "error": type(failure.value).__name__,
                "message": str(failure.value),
            }
        )


def answers() -> dict[str, Iterator[str]]:
    """For each known name the addresses that a lookup gives, one after the other."""
    known: dict[str, Iterator[str]] = {}
    for name, addresses in JOB.get("hosts", {}).items():
        listed = [addresses] if isinstance(addresses, str) else addresses
        known[name] = itertools.chain(listed, itertools.repeat(listed[-1]))
    return known


def main() -> None:
    known, system = answers(), socket.gethostbyname

    def look_up(name: str) -> str:
        if name in known:
            return next(known[name])
        # numbers and localhost only: what the system answers by itself
        if name.rstrip(".") == "localhost" or not name.rpartition(".")[2].isalpha():
            return system(name)
        raise socket.gaierror(f"{name} is not known in this test")

    socket.gethostbyname = look_up
    settings = get_project_settings()
    settings.setdict(
        {
            "SPIDER_LOADER_CLASS": "scrapy.spiderloader.SpiderLoader",
            "ITEM_PIPELINES": {},
            **JOB.get("settings", {}),
        },
        priority="cmdline",
    )
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(Probe)
    process.crawl(crawler)
    process.start()
    json.dump(
        {"ends": ENDS, "stats": crawler.stats.get_stats(), "ports": sorted(PORTS)}, sys.stdout, default=str
    )


if __name__ == "__main__":
    main()
