"""PROXY: one proxy that the operator names, for every request that CONNECT_TO does not answer."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from scrapy.utils.httpobj import urlparse_cached

from crawler.middlewares.connect_to import ConnectTo
from crawler.middlewares.endpoint import Endpoint, WrongSetting, resolve

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

_EXAMPLE = "-s PROXY=http://host:port"


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy; https goes through it by CONNECT, so certificates are checked end to end."""

    endpoint: Endpoint
    authorization: str | None = None
    """Value of Proxy-Authorization, from user:password@ in the setting."""

    @classmethod
    def from_setting(cls, value: object) -> Proxy | None:
        """Read the setting; None when it is empty; WrongSetting says what is wrong with it."""
        if value in (None, "", "None"):
            return None
        parts = urlsplit(value) if isinstance(value, str) else None
        if parts is None or parts.scheme != "http" or parts.path.strip("/") or parts.query or parts.fragment:
            raise WrongSetting(f"PROXY: {value!r} is not an HTTP proxy; use {_EXAMPLE}")
        user, at, address = parts.netloc.rpartition("@")
        token = base64.b64encode(unquote(user).encode()).decode("ascii")
        return cls(resolve("PROXY", address, example=_EXAMPLE), f"Basic {token}" if at else None)

    @property
    def url(self) -> str:
        """The proxy's URL with its numeric address."""
        return f"http://{self.endpoint}"


class ProxyMiddleware:
    """Sends requests through PROXY and through no other: not the environment's, not a request's own."""

    def __init__(self, crawler: Crawler) -> None:
        self._proxy = Proxy.from_setting(crawler.settings["PROXY"])
        self._connect_to = ConnectTo.from_setting(crawler.settings["CONNECT_TO"])

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ProxyMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        # a redirected request brings these along from a host that may have been treated otherwise
        request.meta.pop("proxy", None)
        request.headers.pop(b"Proxy-Authorization", None)
        host = urlparse_cached(request).hostname or ""
        if self._proxy is None or self._connect_to.endpoint(host):
            return
        request.meta["proxy"] = self._proxy.url
        if self._proxy.authorization:
            request.headers[b"Proxy-Authorization"] = self._proxy.authorization
