"""What a search, a listing or an export is narrowed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, false, func, or_, select

from storage.models import ARTICLE, PAGE
from storage.rows import fits


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
        return found
