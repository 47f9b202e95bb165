"""The process's name resolver: hands out public addresses only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

from crawler.middlewares.addresses import private_kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twisted.internet.defer import Deferred


class RefusedName(DNSLookupError):
    """Raised for a name that leads to an address that is not public."""


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's caching IPv4 resolver, with the guard's rule on every answer.

    The address it returns is the one that is connected to, so a name cannot change between check and use.
    """

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:
        return super().getHostByName(name, timeout).addCallback(self._checked, name)

    @staticmethod
    def _checked(address: str, name: str) -> str:
        if kind := private_kind(address):
            raise RefusedName(f"{name} leads to {address}, which is not public ({kind})")
        return address
