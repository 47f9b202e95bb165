"""What there is in the replica: articles by number, their dates, places and URLs, and what befalls them.

An article's number is its rank in time: a higher number is newer. Everything is drawn from (seed, number),
so any article is known without the others.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from itertools import accumulate
from typing import Literal

from tests.replica.chance import dice, mix, seal, share, unseal
from tests.replica.sections import NEWS, SECTIONS, Section

CHINA = timezone(timedelta(hours=8))
DAY_ZERO = date(2025, 10, 10)
_OLDEST = date(2015, 3, 2)
_OLD_SHARE = 0.15  # of the articles of day 0: some years old, in the old markup and encoding
_GROWTH = 0.05  # new articles a day, as a share of size
_SECTION, _KIND, _REPRINT, _ORIGIN, _EVENT, _EXACT, _RETURN = range(1, 8)
_ARTICLE_KIND, _LIST_KIND = 1, 2
_ENDS = list(accumulate(section.weight for section in SECTIONS))
_NUMBER = re.compile(r"/7211s(\d{7,})\.htm\Z")
_UUID = re.compile(r"/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:_(\d{1,2}|all))?\.html\Z")
_FIRST_NUMBER = 5000000
# beyond GBK: only gb18030 has them, whatever the page declares
_RARE = "𬭚𫍯𬘭䶮𬤊𬱟"

Kind = Literal["plain", "gallery", "whole", "chain"]
"""gallery: pictures only; whole: several pages and a one-page version; chain: several, with 下一页 only."""


@dataclass(frozen=True, slots=True)
class Place:
    """What an article's URL names."""

    number: int
    page: int = 1
    """1 for the article itself, 2 and more for its further pages; 0 for its one-page version."""


@dataclass(slots=True)
class Fate:
    """What became of an article by some day."""

    text: int = 0
    """How often its text was changed."""
    caption: int = 0
    chrome: int = 0
    """How often the page around it was changed."""
    gone: Literal["404", "soft"] | None = None
    events: dict[int, str] = field(default_factory=dict)
    """By day: text, caption, chrome, vanished, soft, returned."""


@dataclass(frozen=True)
class World:
    """The portal over all days: `size` articles on day 0, about 5 % more each later day."""

    size: int
    seed: int

    def __post_init__(self) -> None:
        if not 1 <= self.size <= 10_000_000:
            raise ValueError(f"size is {self.size}; a replica has 1 to 10,000,000 articles")

    @cached_property
    def daily(self) -> int:
        return max(1, round(self.size * _GROWTH))

    @cached_property
    def _old(self) -> int:
        return int(self.size * _OLD_SHARE)

    def count(self, day: int) -> int:
        """How many articles have appeared by that day."""
        return self.size + day * self.daily

    def birth(self, number: int) -> int:
        """The day on which an article appears; 0 for those that are there at the beginning."""
        return 0 if number < self.size else 1 + (number - self.size) // self.daily

    def published(self, number: int) -> datetime:
        """The article's time, to the second; later for every higher number."""
        if number < self._old:
            # spread over ten and a half years, each on a day of its own as far as there are enough
            span = (DAY_ZERO - _OLDEST).days - 400
            days = number * span / self._old
            start, fraction = _OLDEST + timedelta(int(days)), days % 1
        else:
            back = (
                (number - self.size) // self.daily + 1
                if number >= self.size
                else -((self.size - 1 - number) // self.daily)
            )
            start = DAY_ZERO + timedelta(back)
            rank = (number - self.size) % self.daily
            fraction = (rank + share(self.seed, number, 9) * 0.9) / self.daily
        seconds = int(6 * 3600 + fraction * 16 * 3600)
        return datetime(start.year, start.month, start.day, tzinfo=CHINA) + timedelta(seconds=seconds)

    def is_old(self, number: int) -> bool:
        return number < self._old

    def section(self, number: int) -> Section:
        source = self.origin(number)
        own = bisect_right(_ENDS, mix(self.seed, number, _SECTION) % 100)
        if source is not None and self.is_exact(number):
            # an exact copy stands in another section than its original
            there = bisect_right(_ENDS, mix(self.seed, source, _SECTION) % 100)
            own = (own + 1) % len(SECTIONS) if own == there else own
        return SECTIONS[own]

    def kind(self, number: int) -> Kind:
        """What sort of page the article is; a reprint is always plain."""
        if self._draws_reprint(number):
            return "plain"
        return self._own_kind(number)

    def _own_kind(self, number: int) -> Kind:
        drawn = share(self.seed, number, _KIND)
        if drawn < 0.045:
            return "gallery"
        if SECTIONS[bisect_right(_ENDS, mix(self.seed, number, _SECTION) % 100)].host == "ent.cri.cn":
            return "plain"  # its URLs have no place for a page number
        return "whole" if drawn < 0.065 else "chain" if drawn < 0.085 else "plain"

    def _draws_reprint(self, number: int) -> bool:
        return number > 8 and share(self.seed, number, _REPRINT) < 0.045

    def origin(self, number: int) -> int | None:
        """The earlier article that this one reprints; None for most."""
        if not self._draws_reprint(number):
            return None
        for step in range(12):
            source = number - 1 - (mix(self.seed, number, _ORIGIN) >> 8) % min(number, 40) - step
            if source >= 0 and not self._draws_reprint(source) and self._own_kind(source) == "plain":
                return source
        return None

    def is_exact(self, number: int) -> bool:
        """Whether a reprint repeats every word."""
        return share(self.seed, number, _EXACT) < 0.4

    def url(self, number: int, part: int = 1) -> str:
        """Address of an article, of one of its further pages (2, 3, …), or of its one-page version (0)."""
        section = self.section(number)
        day = self.published(number)
        path = section.article.format(
            day=f"{day:%Y%m%d}",
            y=f"{day:%Y}",
            m=f"{day:%m}",
            d=f"{day:%d}",
            uuid=seal(self.seed, _ARTICLE_KIND, number),
            number=_FIRST_NUMBER + number,
        )
        if part != 1:
            path = path.replace(".html", "_all.html" if part == 0 else f"_{part}.html")
        return f"{section.scheme}://{section.host}{path}"

    def place(self, host: str, path: str) -> Place | None:
        """The article that a host and path name, whether or not it exists yet; None for any other path."""
        part = 1
        found = _UUID.search(path)
        if found:
            number = unseal(self.seed, _ARTICLE_KIND, found[1])
            part = 1 if found[2] is None else 0 if found[2] == "all" else int(found[2])
            if found[2] == "1":
                return None
        else:
            old = _NUMBER.search(path)
            number = int(old[1]) - _FIRST_NUMBER if old else None
        if number is None or number < 0 or not self.url(number, part).endswith(f"://{host}{path}"):
            return None
        return Place(number, part)

    def list_uuid(self, section: Section) -> str:
        """The id under which a section's fragments stand at /inc/<id>-2.inc."""
        return seal(self.seed, _LIST_KIND, SECTIONS.index(section))

    def is_rolled(self, number: int) -> bool:
        """Whether the list 滚动, beside its own articles, names this one of the other national news."""
        home = self.section(number)
        return home.host == NEWS and home.key != "roll" and mix(self.seed, number, 11) % 3 == 0

    def rare(self, number: int) -> str:
        """A paragraph for a GB page, with a character that only gb18030 has."""
        return f"一位姓{_RARE[mix(self.seed, number, 12) % len(_RARE)]}的读者来信说，这样的报道应当多一些。"

    def fate(self, number: int, day: int, has_captions: bool) -> Fate:
        """What befell an article from its first day to `day`."""
        fate = Fate()
        back: int | None = None
        gallery = self.kind(number) == "gallery"
        for today in range(self.birth(number) + 1, day + 1):
            drawn = share(self.seed, number * 4099 + today, _EVENT)
            if fate.gone:
                if today == back:
                    fate.gone = None
                    fate.events[today] = "returned"
            elif drawn < 0.02:
                if not gallery:
                    fate.text += 1
                    fate.events[today] = "text"
            elif drawn < 0.031:
                if has_captions:
                    fate.caption += 1
                    fate.events[today] = "caption"
            elif drawn < 0.041:
                fate.gone = "404" if drawn < 0.036 else "soft"
                fate.events[today] = "vanished" if fate.gone == "404" else "soft"
                rng = dice(self.seed, "return", number, today)
                back = today + rng.randint(1, 3) if rng.random() < 0.4 else None
            elif drawn < 0.071:
                fate.chrome += 1
                fate.events[today] = "chrome"
        return fate

    def may_change(self, number: int, day: int) -> bool:
        """False when nothing at all was drawn for the article up to that day: the quick answer for most."""
        return any(
            share(self.seed, number * 4099 + today, _EVENT) < 0.071
            for today in range(self.birth(number) + 1, day + 1)
        )
