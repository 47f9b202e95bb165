"""Counts of the stored articles that pass filters, by portal, channel, source, person or time.

They know no words: how many articles match a search tells storage.search.count_matches. A million are counted
from an index that holds all that is asked for, on SQLite in the index's own order, which needs no sorting;
only the groups that come of it are grouped once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

from storage.asked import at_most
from storage.filters import Filters
from storage.models import ARTICLE, BYLINE, PERSON
from storage.rows import fits

By = Literal[
    "portal",
    "channel",
    "source",
    "person",
    "author",
    "editor",
    "duty_editor",
    "photographer",
    "day",
    "month",
    "year",
]
BY: tuple[By, ...] = By.__args__  # type: ignore[attr-defined]
# a person is one in any role
PEOPLE = frozenset({"person", "author", "editor", "duty_editor", "photographer"})
TIMES = frozenset({"day", "month", "year"})

_day = ARTICLE.c.published_day
# what is counted by, and the column of the index from which it follows
_COLUMNS: dict[str, tuple[Any, Any]] = {
    "portal": (ARTICLE.c.portal, lambda column: column),
    "channel": (ARTICLE.c.channel_path, lambda column: column),
    "source": (ARTICLE.c.source_name, lambda column: column),
    "day": (_day, lambda column: column),
    "month": (_day, lambda column: func.substr(column, 1, 7)),
    "year": (_day, lambda column: func.substr(column, 1, 4)),
}


class Facet(NamedTuple):
    """How many articles have a value."""

    values: tuple[str | None, ...]
    """One for each thing counted by; None where articles have none. A channel is its path, 重庆频道/民生."""
    articles: int

    @property
    def value(self) -> str | None:
        """The only value, or the first of several."""
        return self.values[0]


def facets(
    conn: Connection, by: By | Sequence[By], filters: Filters | None = None, limit: int | None = None
) -> list[Facet]:
    """Counts of the articles that pass the filters.

    By time they are in order of time, without the articles that have no day, and `limit` keeps the latest;
    otherwise the most frequent come first, equals in order of their values. An article counts once for
    everyone it names, also when it names one in two roles. ValueError for two roles at once: an article has
    several people of each, and would be counted for every pair.
    """
    names: tuple[By, ...] = (by,) if isinstance(by, str) else tuple(by)
    if not names or set(names) - set(BY):
        raise ValueError(f"by {', '.join(names) or 'nothing'}: use {', '.join(BY)}")
    if len(set(names)) < len(names):
        raise ValueError(f"by {', '.join(names)}: each once")
    if len(PEOPLE.intersection(names)) > 1:
        raise ValueError(f"by {', '.join(names)}: one role at a time")
    inner, groups = _grouped(names, filters, conn.dialect.name == "sqlite")
    number = func.sum(inner.c.number)
    statement = select(*groups, number).select_from(inner).group_by(*groups)
    if "person_id" in inner.c:
        statement = statement.join(PERSON, PERSON.c.id == inner.c.person_id)
    timed = [group for name, group in zip(names, groups, strict=True) if name in TIMES]
    for group in timed:
        statement = statement.where(group.is_not(None))
    last = [group.asc().nulls_last() for group in groups]
    # the latest first, so that a limit keeps them; turned around below
    order = [group.desc() for group in timed] + [number.desc(), *last]
    rows = conn.execute(statement.order_by(*order).limit(at_most(limit))).all()
    found = [Facet(tuple(row[:-1]), int(row[-1])) for row in rows]
    if timed:
        at = [number for number, name in enumerate(names) if name in TIMES]
        found.sort(key=lambda facet: [facet.values[number] or "" for number in at])
    return found


def _grouped(names: tuple[By, ...], filters: Filters | None, in_order: bool) -> tuple[Any, list[Any]]:
    """A first, fine grouping, `in_order` of an index, and the columns to group it by once more."""
    fine: dict[str, Any] = {}
    role = next((name for name in names if name in PEOPLE), None)
    if in_order and role is None:
        # one index begins with the source, the other with the day
        first = ARTICLE.c.source_name if "source" in names else _day
        fine[first.name] = first
        if "channel" in names:
            fine["portal"] = ARTICLE.c.portal  # stands before the channel there
    for name in names:
        if name not in PEOPLE:
            fine.setdefault(_COLUMNS[name][0].name, _COLUMNS[name][0])
    conditions = _conditions(filters, role is None and "source" in names)
    # not a bare column under filters: SQLite would go through all people, and read an article for each byline
    person = BYLINE.c.person_id + 0 if conditions else BYLINE.c.person_id
    bare = not fine and not conditions  # nothing of the article is asked
    if role is not None:
        fine["person_id"] = person.label("person_id")
    number = func.count(BYLINE.c.article_id.distinct()) if role == "person" else func.count()
    statement: Any = select(*fine.values(), number.label("number"))
    if role is not None:
        both = BYLINE.join(ARTICLE, ARTICLE.c.id == BYLINE.c.article_id)
        statement = statement.select_from(BYLINE if bare else both)
    if role not in (None, "person"):
        statement = statement.where(BYLINE.c.role == role)
    keys = [person if name == "person_id" else column for name, column in fine.items()]
    inner = statement.where(*conditions).group_by(*keys).subquery()
    groups = []
    for name in names:
        if name in PEOPLE:
            groups.append(PERSON.c.name)
        else:
            base, derive = _COLUMNS[name]
            groups.append(derive(inner.c[base.name]))
    return inner, groups


def _conditions(filters: Filters | None, by_source: bool) -> list[ColumnElement[bool]]:
    """The filters, so put that SQLite does not leave the index that holds all for one that narrows better.

    Of a bare column it would take the index that begins with it, and then read article by article; of an
    expression it knows none.
    """
    if filters is None or not all(fits(value) for value in (filters.portal, filters.source) if value):
        return filters.conditions() if filters else []
    hidden: list[ColumnElement[bool]] = []
    if filters.portal is not None:
        hidden.append(ARTICLE.c.portal + "" == filters.portal)
        filters = replace(filters, portal=None)
    if by_source:
        if filters.since is not None:
            hidden.append(_day + "" >= filters.since.isoformat())
        if filters.until is not None:
            hidden.append(_day + "" <= filters.until.isoformat())
        filters = replace(filters, since=None, until=None)
    return [*filters.conditions(), *hidden]
