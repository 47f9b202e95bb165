"""What a crawl does last: pages that failed for a passing reason, and second visits to missing ones."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy import Request


class UnderWay:
    """Counts what has begun and not ended."""

    def __init__(self) -> None:
        self._number = 0
        self._none = asyncio.Event()
        self._none.set()

    def begin(self) -> None:
        self._number += 1
        self._none.clear()

    def end(self) -> None:
        self._number -= 1
        if not self._number:
            self._none.set()

    async def none(self) -> None:
        """Wait until nothing is under way."""
        await self._none.wait()


class Later:
    """Requests that wait until all else is done, and until their time has come."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, Callable[[], Request]]] = []
        self._numbers = count()

    def add(self, after: float, make: Callable[[], Request]) -> None:
        """Ask again at the end of the crawl, at least `after` seconds from now."""
        heapq.heappush(self._waiting, (time.monotonic() + after, next(self._numbers), make))

    async def requests(self, settled: Callable[[], Awaitable[None]]) -> AsyncIterator[Request]:
        """The requests, each in its time, begun when all else has settled; ends when none is left."""
        await settled()
        while self._waiting:
            pause = self._waiting[0][0] - time.monotonic()
            if pause > 0:
                await asyncio.sleep(pause)
            yield heapq.heappop(self._waiting)[2]()
            if not self._waiting:
                # what fails again comes back
                await settled()
