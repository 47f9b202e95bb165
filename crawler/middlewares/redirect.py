"""Redirects after which every request still ends in its callback or its errback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.downloadermiddlewares import redirect
from scrapy.utils.httpobj import urlparse_cached

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.http import Response


class RedirectMiddleware(redirect.RedirectMiddleware):
    """Redirects by status."""

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002
    ) -> Request | Response:
        return _followed(super().process_response(request, response))


class MetaRefreshMiddleware(redirect.MetaRefreshMiddleware):
    """Redirects by <meta http-equiv="refresh">."""

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002
    ) -> Request | Response:
        return _followed(super().process_response(request, response))


def _followed(result: Request | Response) -> Request | Response:
    if isinstance(result, Request):
        # the duplicate filter would drop a redirect to a page seen before, and the first URL would never end
        result.dont_filter = True
        # the slot of the host that redirected says nothing of the host that is asked next
        if result.meta.get("download_slot") != urlparse_cached(result).hostname:
            result.meta.pop("download_slot", None)
    return result
