"""A run's hold on its portal's hosts: taken at its start, renewed while it goes, let go at its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from storage.engine import DatabaseError
from storage.locks import RENEW, Holder, ReleaseLocks, RenewLocks, TakeLocks, this_process

if TYPE_CHECKING:
    from storage.committer import Committer

logger = logging.getLogger(__name__)


class RunLock:
    """The locks of one run; `lost` is called when another run has taken them over."""

    def __init__(self, committer: Committer, lost: Callable[[], None]) -> None:
        self._committer = committer
        self._lost = lost
        self._process = this_process()
        self._run_id = 0
        self._renewing: asyncio.Task[None] | None = None

    async def take(self, hosts: Sequence[str], portal: str, run_id: int) -> list[Holder]:
        """Take the hosts; who else has one of them, [] when they are ours."""
        others = await self._committer.submit(TakeLocks(hosts, portal, run_id, self._process))
        if not others and hosts:
            self._run_id = run_id
            self._renewing = asyncio.create_task(self._renew())
        return others

    async def release(self) -> None:
        """Let go of the hosts."""
        if self._renewing is not None:
            self._renewing.cancel()
            self._renewing = None
            await self._committer.submit(ReleaseLocks(self._run_id, self._process))

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW)
            try:
                left = await self._committer.submit(RenewLocks(self._run_id, self._process))
            except DatabaseError as error:
                logger.debug("the lock was not renewed: %s", error)
                continue
            if not left:
                self._lost()
                return
