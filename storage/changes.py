"""What changed at the portals: edits, disappearances and returns, as one stream by time. Reading only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    Connection,
    String,
    Text,
    cast,
    false,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)

from crawler.items import RECORD_KEYS
from storage.asked import at_most
from storage.models import ABSENCE, ARTICLE, REVISION
from storage.rows import fits
from storage.times import since_moment, until_moment
from storage.types import TEXT, JsonText

Kind = Literal["edited", "gone", "returned"]
KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]
FIELDS = tuple(name for name in RECORD_KEYS if name not in ("story", "reprint_of"))
"""What an edit may change: the record's fields, but for what follows from other articles."""
_STREAM = 500  # changes in memory at once


class Change(NamedTuple):
    """One thing that happened to an article."""

    at: datetime
    kind: Kind
    article_id: int
    url: str
    portal: str | None
    title: str
    """Today's headline."""
    changed: list[str] | None
    """Of an edit: the names of the record's fields that differ."""
    revision: int | None
    """Of an edit: the number of the state that it replaced."""
    old_title: str | None
    """Of an edit: the headline of that state; another one than after it only where `changed` names title."""
    reason: str | None
    """Of a disappearance: http_404, http_410, redirect_home or soft_404."""


def changes(
    conn: Connection,
    *,
    since: date | datetime | None = None,
    until: date | datetime | None = None,
    portal: str | None = None,
    kinds: Sequence[Kind] = KINDS,
    fields: Sequence[str] | None = None,
    limit: int | None = None,
) -> Iterator[Change]:
    """What was found to have changed, the latest first, read piece by piece.

    A date is that whole day at +08:00, for `until` too; a moment is included by `since` and left out by
    `until`, and needs a time zone. `fields` leaves only edits that changed one of these, see FIELDS.
    ValueError for what cannot be asked.
    """
    if isinstance(kinds, str) or set(kinds) - set(KINDS):
        raise ValueError(f"kinds {kinds!r}: give a tuple of {', '.join(KINDS)}")
    if fields is not None and (isinstance(fields, str) or set(fields) - set(FIELDS)):
        raise ValueError(f"fields {fields!r}: give a tuple of {', '.join(FIELDS)}")
    begin = None if since is None else since_moment(since)
    end = None if until is None else until_moment(until)
    parts = [_part(kind, fields) for kind in KINDS if kind in kinds and (fields is None or kind == "edited")]
    limit = at_most(limit)
    if not parts or not fits(portal or ""):
        return iter(())
    statements: list[Any] = []
    for statement, moment in parts:
        if begin is not None:
            statement = statement.where(moment >= begin)
        if end is not None:
            statement = statement.where(moment < end)
        if portal is not None:
            # not a bare column: SQLite would go through all articles of the portal, few of which changed
            statement = statement.where(ARTICLE.c.portal + "" == portal)
        statements.append(statement)
    # of several parts SQLite merges what their indexes have in order, and need not sort everything
    every: Any = union_all(*statements) if len(statements) > 1 else statements[0]
    column = statements[0].selected_columns
    order = (column.at.desc(), column.article_id.desc(), column.kind, column.revision.desc())
    return _stream(conn, every.order_by(*order).limit(limit))


def _stream(conn: Connection, statement: Any) -> Iterator[Change]:
    with conn.execute(statement, execution_options={"yield_per": _STREAM}) as result:
        for row in result:
            yield Change(**row._mapping)


def _part(kind: Kind, fields: Sequence[str] | None) -> tuple[Any, Any]:
    """All changes of a kind, and the column that says when."""
    if kind == "edited":
        edit = REVISION.c
        statement = _columns(edit.seen_at, kind, edit.changed, edit.number, edit.title, null())
        statement = statement.join(REVISION, edit.article_id == ARTICLE.c.id)
        if fields is not None:
            # a list of plain names as JSON text
            names = type_coerce(edit.changed, Text)
            statement = statement.where(
                or_(false(), *(names.contains(f'"{name}"', autoescape=True) for name in fields))
            )
        return statement, edit.seen_at
    moment = ABSENCE.c.gone_at if kind == "gone" else ABSENCE.c.returned_at
    statement = _columns(moment, kind, null(), null(), null(), ABSENCE.c.reason)
    statement = statement.join(ABSENCE, ABSENCE.c.article_id == ARTICLE.c.id)
    return statement.where(moment.is_not(None)), moment


def _columns(moment: Any, kind: Kind, changed: Any, revision: Any, old_title: Any, reason: Any) -> Any:
    # null has no type of its own, and the parts of a union need one
    return select(
        moment.label("at"),
        literal(kind, String).label("kind"),
        ARTICLE.c.id.label("article_id"),
        ARTICLE.c.url,
        ARTICLE.c.portal,
        ARTICLE.c.title,
        cast(changed, JsonText).label("changed"),
        _integer(revision).label("revision"),
        cast(old_title, TEXT).label("old_title"),
        cast(reason, TEXT).label("reason"),
    ).select_from(ARTICLE)


def _integer(value: Any) -> Any:
    return cast(value, REVISION.c.number.type)
