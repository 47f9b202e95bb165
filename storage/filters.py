"""What a search, a listing or an export is narrowed to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, false, func, or_, select

from storage.models import ARTICLE, ARTICLE_IMAGE, PAGE
from storage.rows import fits
from storage.terms import Facet


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on articles; all that are given must hold."""

    portal: str | None = None
    channel: str | None = None
    """A level of the breadcrumb, a path of several (重庆频道/民生), or a declared channel's name (cq)."""
    source: str | None = None
    """The source's name, whole."""
    since: date | None = None
    """First day of publication, as the page dates itself."""
    until: date | None = None
    """Last day of publication."""
    story: int | None = None
    """Id of a cluster of reprints."""
    pictures: bool | None = None
    """True: only with pictures; False: only without."""
    changed: bool | None = None
    """True: only those whose text, title or captions were changed after they were first stored."""
    gone: bool | None = None
    """True: only those that their portal no longer has."""

    def __post_init__(self) -> None:
        for name, day in (("since", self.since), ("until", self.until)):
            # a moment is a date to Python, but no day of publication is equal to one
            if isinstance(day, datetime) or not isinstance(day, (date, type(None))):
                raise ValueError(f"{name} {day!r} is not a date; give a day, e.g. date(2026, 1, 31)")

    def __bool__(self) -> bool:
        """True when something is asked for."""
        return self != Filters()

    def facets(self) -> Iterator[Facet]:
        """The same for the search index."""
        if self.portal is not None:
            yield Facet("portal", self.portal)
        if self.channel is not None:
            yield Facet("channel", self.channel)
        if self.source is not None:
            yield Facet("source", self.source)
        if self.since is not None:
            yield Facet("since", self.since)
        if self.until is not None:
            yield Facet("until", self.until)
        if self.story is not None:
            yield Facet("story", self.story)
        if self.pictures is not None:
            yield Facet("pictures", self.pictures)
        if self.changed is not None:
            yield Facet("changed", self.changed)
        if self.gone is not None:
            yield Facet("gone", self.gone)

    def conditions(self) -> list[ColumnElement[bool]]:
        """For a WHERE on `article`; empty when everything is wanted."""
        found: list[ColumnElement[bool]] = []
        if not all(fits(value) for value in (self.portal, self.channel, self.source) if value):
            found.append(false())  # nothing stored holds such text, and no database takes it
            return found
        if self.portal is not None:
            found.append(ARTICLE.c.portal == self.portal)
        if self.channel is not None:
            path = "/" + ARTICLE.c.channel_path + "/"
            wanted = f"/{self.channel.strip('/')}/"
            # not LIKE: on SQLite it takes News for news
            level = func.replace(path, wanted, "") != path
            declared = exists(
                select(PAGE.c.id).where(PAGE.c.article_id == ARTICLE.c.id, PAGE.c.channel == self.channel)
            )
            found.append(or_(level, declared))
        if self.source is not None:
            found.append(ARTICLE.c.source_name == self.source)
        if self.since is not None:
            found.append(ARTICLE.c.published_day >= self.since.isoformat())
        if self.until is not None:
            found.append(ARTICLE.c.published_day <= self.until.isoformat())
        if self.pictures is not None:
            use = exists(select(ARTICLE_IMAGE.c.id).where(ARTICLE_IMAGE.c.article_id == ARTICLE.c.id))
            found.append(use if self.pictures else ~use)
        found += (column_condition(facet) for facet in self.facets() if facet.name in COLUMNS)
        return found


# what changes after an article was stored
COLUMNS = {"story": ARTICLE.c.story_id, "changed": ARTICLE.c.changed_at, "gone": ARTICLE.c.gone_at}


def column_condition(facet: Facet) -> ColumnElement[bool]:
    """A WHERE on `article` for a facet of COLUMNS."""
    column = COLUMNS[facet.name]
    if facet.name == "story":
        # beyond 63 bits the database would not understand the number
        return column == facet.value if abs(int(str(facet.value))) < 1 << 63 else false()
    return column.is_not(None) if facet.value else column.is_(None)
