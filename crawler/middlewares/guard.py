"""The guard: no request reaches a private address, whatever it is called and wherever it came from.

Three places, so that none has a gap: this middleware judges what the URL says, before anything is sent, also
for redirects and robots.txt; the download handler judges what the name resolves to; and the resolver judges
the very address that is connected to. Hosts named in CONNECT_TO are the only way past.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

from crawler.middlewares.addresses import literal, private_kind
from crawler.middlewares.connect_to import ConnectTo

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

PORTS = frozenset({80, 443})
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")


class RefusedAddress(IgnoreRequest):
    """Raised for a request that must not be sent, by guard or download handler; reaches the errback."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(
            f"refused {url}: {why}; only public hosts on ports 80 and 443 are fetched, "
            "and a replica of a host is named with CONNECT_TO"
        )
        self.url = url
        self.why = why


class GuardMiddleware:
    """Refuses what a URL itself shows to be wrong.

    Counts every refusal, the download handler's too, as `guard/refused`, and reports each host once.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._connect_to = ConnectTo.from_setting(crawler.settings["CONNECT_TO"])
        self._reported: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> GuardMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        if why := refusal(request.url, self._connect_to):
            raise RefusedAddress(request.url, why)

    def process_exception(self, request: Request, exception: Exception) -> None:  # noqa: ARG002
        if not isinstance(exception, RefusedAddress):
            return
        self._crawler.stats.inc_value("guard/refused")
        host = urlsplit(exception.url).netloc
        level = logging.DEBUG if host in self._reported else logging.WARNING
        self._reported.add(host)
        logger.log(level, "%s", exception)


def refusal(url: str, connect_to: ConnectTo) -> str | None:
    """Why a URL must not be fetched, as far as the URL shows it; None when nothing speaks against it."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("http", "https"):
        return f"{parts.scheme}: is not http or https"
    if "@" in parts.netloc:
        # what stands before @ is a password to one parser and the host to another
        return "it carries a user name"
    if connect_to.endpoint(host):
        return None
    address = literal(host)
    if address and (kind := private_kind(address)):
        return f"{host} is not public ({kind})"
    if not address and not _HOST.fullmatch(host):
        return f"{host!r} is not a host name"
    if host.rstrip(".").rpartition(".")[2] == "localhost":
        return f"{host} is this machine"
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        return f"its port cannot be read ({error})"
    return None if port in PORTS else f"port {port} is not 80 or 443"
