"""The counters of a run: which stats keys hold them, and their values at a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PAGES = "downloader/response_count"
LIST_PAGES = "tushuo/list_pages"
NEW = "tushuo/articles_new"
CHANGED = "tushuo/articles_changed"
SAME = "tushuo/articles_same"
GONE = "tushuo/articles_gone"
RETURNED = "tushuo/articles_returned"
VISITS = "tushuo/visits"
PAUSED = "tushuo/paused"
LINKED = "tushuo/articles_linked"
IMAGES = "tushuo/images"
CAPTIONS = "tushuo/captions"
DROPPED = "tushuo/dropped"
FAILED = "tushuo/failed"
BLOCKED = "tushuo/blocked"
POSTPONED = "tushuo/postponed"
REFUSED = "guard/refused"


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run has done so far."""

    pages: int
    """Responses of every kind, robots.txt and redirects included."""
    list_pages: int
    new: int
    changed: int
    same: int
    linked: int
    """Articles whose text another URL has too."""
    images: int
    captions: int
    dropped: int
    failed: int
    blocked: int
    postponed: int
    refused: int
    """Requests that the guard refused."""
    gone: int = 0
    """Stored articles that the portal no longer has."""
    returned: int = 0
    visits: int = 0
    """Stored articles that were due for another look."""
    paused: int = 0
    """Pages not asked for, because their host is left alone."""
    reasons: Mapping[str, list[tuple[str, int]]] = field(default_factory=dict)
    """For each of dropped, failed, blocked and postponed: (reason, count), the most frequent first."""

    @classmethod
    def read(cls, stats: Mapping[str, Any]) -> Counts:
        """The counters in a crawler's stats; a key that was never counted is 0."""
        reasons = {name: _reasons(stats, name) for name in (DROPPED, FAILED, BLOCKED, POSTPONED)}

        def total(name: str) -> int:
            # reasons alone are enough: not every part counts a sum beside them
            return int(stats.get(name) or sum(count for _, count in reasons[name]))

        return cls(
            pages=int(stats.get(PAGES, 0)),
            list_pages=int(stats.get(LIST_PAGES, 0)),
            new=int(stats.get(NEW, 0)),
            changed=int(stats.get(CHANGED, 0)),
            same=int(stats.get(SAME, 0)),
            linked=int(stats.get(LINKED, 0)),
            images=int(stats.get(IMAGES, 0)),
            captions=int(stats.get(CAPTIONS, 0)),
            dropped=total(DROPPED),
            failed=total(FAILED),
            blocked=total(BLOCKED),
            postponed=total(POSTPONED),
            refused=int(stats.get(REFUSED, 0)),
            gone=int(stats.get(GONE, 0)),
            returned=int(stats.get(RETURNED, 0)),
            visits=int(stats.get(VISITS, 0)),
            paused=int(stats.get(PAUSED, 0)),
            reasons={name.removeprefix("tushuo/"): found for name, found in reasons.items()},
        )

    @property
    def articles(self) -> int:
        """Articles that were read: new, changed or the same as stored."""
        return self.new + self.changed + self.same


def _reasons(stats: Mapping[str, Any], name: str) -> list[tuple[str, int]]:
    prefix = f"{name}/"
    # a copy: the progress line reads from its own thread while the run counts
    found = [
        (key.removeprefix(prefix), int(value)) for key, value in list(stats.items()) if key.startswith(prefix)
    ]
    return sorted(found, key=lambda reason: (-reason[1], reason[0]))
