"""Makes a spider of every declared portal, so that `scrapy list` and `scrapy crawl cri` know them."""

from __future__ import annotations

import builtins
from functools import cache
from typing import TYPE_CHECKING

from crawler import undeclared
from crawler.identity import belongs
from crawler.portals import Portal
from crawler.portals.registry import portal_by_name, portal_names
from crawler.spiders.portal import PortalSpider, UndeclaredSpider

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.settings import BaseSettings


@cache
def spider_class(portal: Portal) -> type[PortalSpider]:
    """The spider of one portal."""
    attributes = {
        "name": portal.name,
        "portal": portal,
        "allowed_domains": list(portal.hosts),
        "__doc__": portal.title,
    }
    return type(f"{portal.name.title()}Spider", (PortalSpider,), attributes)


class PortalLoader:
    """Scrapy's spider loader (SPIDER_LOADER_CLASS): a portal is imported only when it is asked for."""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> PortalLoader:  # noqa: ARG003
        return cls()

    def load(self, spider_name: str) -> type[Spider]:
        """The spider of a portal; KeyError, with the names there are, for another name."""
        if spider_name == undeclared.NAME:
            return UndeclaredSpider
        portal = portal_by_name(spider_name)
        if portal is None:
            raise KeyError(f"unknown portal: {spider_name}; known: {', '.join(portal_names())}")
        return spider_class(portal)

    def list(self) -> builtins.list[str]:
        return list(portal_names())

    def find_by_request(self, request: Request) -> builtins.list[str]:
        found = []
        for name in portal_names():
            portal = portal_by_name(name)
            if portal and belongs(request.url, portal.hosts):
                found.append(name)
        return found
