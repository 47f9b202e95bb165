"""Finds portals: by name, by URL, all. A portal is a module of this package that holds PORTAL."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from crawler import portals as package
from crawler.identity import belongs
from crawler.portals import Portal

_MACHINERY = frozenset({"registry"})


@cache
def portal_names() -> tuple[str, ...]:
    """Names of all declared portals, sorted."""
    found = (module.name for module in pkgutil.iter_modules(package.__path__))
    return tuple(sorted(name for name in found if name not in _MACHINERY and not name.startswith("_")))


@cache
def portal_by_name(name: str) -> Portal | None:
    """The declared portal of that name; None for an undeclared one."""
    if name not in portal_names():
        return None
    portal = import_module(f"{package.__name__}.{name}").PORTAL
    if not isinstance(portal, Portal) or portal.name != name:
        raise TypeError(f"crawler/portals/{name}.py: PORTAL must be a Portal named {name!r}")
    return portal


def portal_of(url: str) -> Portal | None:
    """The declared portal that the URL's host belongs to; None when there is none."""
    for name in portal_names():
        portal = portal_by_name(name)
        if portal and portal.hosts and belongs(url, portal.hosts):
            return portal
    return None
