"""Retries with growing pauses: what failed just now fails again when it is asked at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.downloadermiddlewares import retry

if TYPE_CHECKING:
    from scrapy.http import Response


class RetryMiddleware(retry.RetryMiddleware):
    """Scrapy's retries, RETRY_PAUSE seconds before the first, twice as long before each further one."""

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        result: Request | Response = super().process_response(request, response)
        await self._pause(result)
        return result

    async def process_exception(  # type: ignore[override]
        self, request: Request, exception: Exception
    ) -> Request | Response | None:
        result: Request | Response | None = super().process_exception(request, exception)
        await self._pause(result)
        return result

    async def _pause(self, result: Request | Response | None) -> None:
        if isinstance(result, Request):
            settings = self.crawler.settings
            pause = settings.getfloat("RETRY_PAUSE") * 2.0 ** (result.meta["retry_times"] - 1)
            await asyncio.sleep(min(pause, settings.getfloat("RETRY_PAUSE_MOST")))
