"""A portal that nobody declared, known by its address alone: the general rules read it."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

import tldextract

from crawler.portals import Portal
from crawler.portals.registry import portal_of

NAME = "portal"
"""What `scrapy crawl` calls it; its rows bear the site's domain."""


def portal_for(urls: tuple[str, ...] | list[str]) -> Portal:
    """The portal of start URLs: the declared one if there is one, else one of the URLs' domain.

    Raises ValueError when the URLs are of several sites, or none is a web address.
    """
    declared = {id(portal): portal for url in urls if (portal := portal_of(url)) is not None}
    domains = sorted({domain(url) for url in urls})
    if len(declared) == 1 and all(portal_of(url) is not None for url in urls):
        return next(iter(declared.values()))
    if len(domains) != 1:
        raise ValueError(f"crawl one site at a time; these are {', '.join(domains) or 'none'}")
    return Portal(name=domains[0], title=domains[0], hosts=(domains[0],))


def domain(url: str) -> str:
    """The registrable domain of a URL's host; of an address or a bare name the host itself.

    >>> domain("https://news.hubei.gov.cn/a"), domain("http://127.0.0.1:80/")
    ('hubei.gov.cn', '127.0.0.1')
    """
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    try:
        ip_address(host)
    except ValueError:
        # a network's own names have no public suffix: their last two parts
        return _suffixes()(host).top_domain_under_public_suffix or ".".join(host.split(".")[-2:])
    return host


@lru_cache(maxsize=1)
def _suffixes() -> tldextract.TLDExtract:
    # the list that comes with the package: nothing is fetched, nothing is cached
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
