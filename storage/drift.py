"""Whether a channel is still read as well as in its own past: shares and medians compared. Pure.

A rule that breaks breaks for a channel, and what is usual differs from channel to channel: so each is
measured against itself, and only what is clear, large and for the worse is called a drift.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import sqrt
from statistics import median
from typing import NamedTuple

LEAST = 20  # articles on both sides: fewer differ by chance
CLEAR = 3.0  # standard deviations: one false alarm in some hundred measured fields
LARGE = 0.15  # of all: a smaller change is not worth a person's time
EXAMPLES = 3
_HALF, _DOUBLE = 0.5, 2.0  # of the median length of the text
_MOSTLY = 0.5  # a channel that the general rules read all along has no template to fall back from
_PAUSES = 2.0  # times the longest pause of the past: then a channel is silent
_PAUSE_LEAST = timedelta(days=1)  # of hourly runs every night is a pause
_DAYS_LEAST = 3  # with articles: fewer say nothing of a rhythm


class Measure(NamedTuple):
    """One field of one channel, before and now."""

    portal: str
    channel: str
    """The declared channel's name; - where none is known."""
    field: str
    before: float
    """A share; for body_length a median number of characters, for articles their number on a usual day."""
    now: float
    count_before: int
    count_now: int
    drifted: bool
    examples: list[str]
    """URLs of now that show it, when it drifted."""


class Sample(NamedTuple):
    """What is measured of one article."""

    url: str
    published_at: bool
    source: bool
    authors: bool
    editor: bool
    """An editor or a duty editor."""
    general: bool
    """Read by the general rules alone."""
    length: int
    images: int
    captions: int
    credits: int


def _of_images(name: str) -> Callable[[Sample], float | None]:
    # each article counts once: a gallery of sixty pictures is one decision of its page, not sixty
    return lambda sample: getattr(sample, name) / sample.images if sample.images else None


SHARES: dict[str, Callable[[Sample], float | None]] = {
    "published_at": lambda sample: float(sample.published_at),
    "source": lambda sample: float(sample.source),
    "authors": lambda sample: float(sample.authors),
    "editor": lambda sample: float(sample.editor),
    "pictures": lambda sample: float(sample.images > 0),
    "captions": _of_images("captions"),
    "credits": _of_images("credits"),
    "general": lambda sample: float(sample.general),
}
"""Shares of articles; of captions and credits the mean share of an article's pictures that have one."""


def compare(portal: str, channel: str, before: Sequence[Sample], now: Sequence[Sample]) -> Iterator[Measure]:
    """Every field that both sides have, each side with the newest first."""
    for name, value in SHARES.items():
        old = [share for sample in before if (share := value(sample)) is not None]
        new = [(share, sample.url) for sample in now if (share := value(sample)) is not None]
        if not old or not new:
            continue
        hits, hits_now = sum(old), sum(share for share, _ in new)
        was, is_now = hits / len(old), hits_now / len(new)
        drifted = has_drifted((hits, len(old)), (hits_now, len(new))) and _worse(name, was, is_now)
        shows = [url for share, url in new if drifted and (share < _MOSTLY) == (is_now < was)]
        yield Measure(portal, channel, name, was, is_now, len(old), len(new), drifted, shows[:EXAMPLES])
    if before and now:
        usual = median(sample.length for sample in before)
        length = median(sample.length for sample in now)
        enough = min(len(before), len(now)) >= LEAST
        drifted = enough and not _HALF * usual <= length <= _DOUBLE * usual
        urls = [s.url for s in now if drifted and not _HALF * usual <= s.length <= _DOUBLE * usual]
        counts = (len(before), len(now))
        yield Measure(portal, channel, "body_length", usual, length, *counts, drifted, urls[:EXAMPLES])


def has_drifted(before: tuple[float, int], now: tuple[float, int]) -> bool:
    """True when two shares, each (hits, total), differ clearly and by much.

    >>> has_drifted((95, 100), (40, 50)), has_drifted((95, 100), (10, 50)), has_drifted((19, 19), (0, 19))
    (False, True, False)
    """
    (hits, total), (hits_now, total_now) = before, now
    if min(total, total_now) < LEAST:
        return False
    change = abs(hits / total - hits_now / total_now)
    common = (hits + hits_now) / (total + total_now)
    spread = sqrt(max(0.0, common * (1 - common)) * (1 / total + 1 / total_now))
    return change >= LARGE and change >= CLEAR * spread


def _worse(name: str, before: float, now: float) -> bool:
    """A better rule is no alarm; but adverts taken for pictures are as wrong as no pictures."""
    if name == "general":
        return now > before and before < _MOSTLY
    return now < before or name == "pictures"


def silent(stored: Sequence[datetime], listed: datetime) -> bool:
    """True when a channel, whose list was last read at `listed`, has paused for longer than it ever does.

    `stored` are the moments at which its articles came, oldest first. Pauses and not averages: a portal
    sleeps at night and some channels at weekends, and a first crawl brings years in an hour. The longest
    pause of all does not count, it may be our own.
    """
    if len(stored) < LEAST or len({moment.date() for moment in stored}) < _DAYS_LEAST:
        return False
    pauses = sorted(later - earlier for earlier, later in pairwise(stored))
    return listed - stored[-1] > max(_PAUSE_LEAST, _PAUSES * pauses[-2])
