"""The download handler for http and https: checks each host before it connects; knows CONNECT_TO and PROXY.

What it changes is on the wire only. A request keeps its URL, so that redirects, download slots, robots.txt
and responses know nothing of where the bytes came from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import CannotResolveHostError
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint
from twisted.internet.error import DNSLookupError
from twisted.web.client import HTTPConnectionPool

from crawler.middlewares.connect_to import ConnectTo
from crawler.middlewares.guard import RefusedAddress
from crawler.middlewares.pace import Pace
from crawler.middlewares.proxy import Proxy
from crawler.middlewares.resolver import RefusedName

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred

    from crawler.middlewares.endpoint import Endpoint


class GuardedDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler behind the guard."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._connect_to = ConnectTo.from_setting(crawler.settings["CONNECT_TO"])
        self._proxy = Proxy.from_setting(crawler.settings["PROXY"])
        self._unknown_hosts: set[str] = set()
        self._pace = Pace.of(crawler)
        timeout = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self._pool = _RoutedPool(self._pool, self._connect_to, self._proxy, timeout)

    async def download_request(self, request: Request) -> Response:
        """Fetch; RefusedAddress when the host leads to a private address."""
        host = (urlparse_cached(request).hostname or "").lower()
        if not self._connect_to.endpoint(host):
            await self._look_up(host, request)
        await self._pace.turn(request)
        try:
            response = await super().download_request(request)
        except BaseException as error:
            self._pace.failed(request, error)
            raise
        self._pace.answered(request, response)
        return response

    async def _look_up(self, host: str, request: Request) -> None:
        from twisted.internet import reactor

        if host in self._unknown_hosts:
            return
        lookup: Any = reactor
        try:
            await maybe_deferred_to_future(lookup.resolve(host))
        except RefusedName as error:
            raise RefusedAddress(request.url, str(error)) from None
        except DNSLookupError as error:
            if self._proxy is None:
                raise CannotResolveHostError(f"{host} has no address ({error})") from error
            if not self._is_own(host):
                raise RefusedAddress(
                    request.url, f"{host} has no address here, so whether it is private is unknown"
                ) from None
            # a misspelt or split-horizon name is looked up once, not before every page
            self._unknown_hosts.add(host)

    def _is_own(self, host: str) -> bool:
        """Whether a host is the portal's: only those are left to the proxy to look up."""
        own = getattr(self.crawler.spider, "allowed_domains", None) or ()
        return any(host == domain or host.endswith(f".{domain}") for domain in own)


class _RoutedPool(HTTPConnectionPool):
    """Connects to CONNECT_TO's and PROXY's numeric addresses, which the resolver would refuse to look up."""

    def __init__(
        self, model: HTTPConnectionPool, connect_to: ConnectTo, proxy: Proxy | None, timeout: float
    ) -> None:
        from twisted.internet import reactor

        super().__init__(reactor, persistent=True)  # type: ignore[no-untyped-call]
        self.maxPersistentPerHost = model.maxPersistentPerHost
        self._factory = model._factory
        self._reactor = reactor
        self._connect_to = connect_to
        self._proxy = proxy
        self._timeout = timeout

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:
        """A connection for a key of Scrapy's agents: (scheme or http-proxy, host, port, …), all bytes."""
        scheme, host = key[0].decode("ascii"), key[1].decode("ascii")
        if scheme == "http-proxy":
            target = self._proxy.endpoint if self._proxy else None
        else:
            target = self._connect_to.endpoint(host)
        return super().getConnection(key, self._direct(target) if target else endpoint)

    def _direct(self, target: Endpoint) -> Any:
        connect = TCP6ClientEndpoint if ":" in target.address else TCP4ClientEndpoint
        return connect(self._reactor, target.address, target.port, timeout=self._timeout)
