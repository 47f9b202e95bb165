"""What changed at the portals: edits, disappearances and returns, as one stream by time. Reading only."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, String, cast, literal, null, select, union_all

from storage.models import ABSENCE, ARTICLE, REVISION
from storage.types import TEXT, JsonText

Kind = Literal["edited", "gone", "returned"]
KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]


class Change(NamedTuple):
    """One thing that happened to an article."""

    at: datetime
    kind: Kind
    article_id: int
    url: str
    portal: str | None
    title: str
    """Today's."""
    changed: list[str] | None
    """Of an edit: the names of the record's fields that differ."""
    revision: int | None
    """Of an edit: the number of the state that it replaced."""
    reason: str | None
    """Of a disappearance: http_404, http_410, redirect_home or soft_404."""


def changes(
    conn: Connection,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    portal: str | None = None,
    kinds: tuple[Kind, ...] = KINDS,
    limit: int | None = None,
) -> list[Change]:
    """What was found to have changed from `since` to before `until`, the latest first."""
    edits = _columns(REVISION.c.seen_at, "edited", REVISION.c.changed, REVISION.c.number, null())
    gone = _columns(ABSENCE.c.gone_at, "gone", null(), null(), ABSENCE.c.reason)
    returned = _columns(ABSENCE.c.returned_at, "returned", null(), null(), ABSENCE.c.reason)
    parts = {
        "edited": (edits.join(REVISION, REVISION.c.article_id == ARTICLE.c.id), REVISION.c.seen_at),
        "gone": (gone.join(ABSENCE, ABSENCE.c.article_id == ARTICLE.c.id), ABSENCE.c.gone_at),
        "returned": (returned.join(ABSENCE, ABSENCE.c.article_id == ARTICLE.c.id), ABSENCE.c.returned_at),
    }
    statements = []
    for kind in kinds:
        statement, moment = parts[kind]
        statement = statement.where(moment.is_not(None))
        if since is not None:
            statement = statement.where(moment >= since)
        if until is not None:
            statement = statement.where(moment < until)
        if portal is not None:
            statement = statement.where(ARTICLE.c.portal == portal)
        statements.append(statement)
    if not statements:
        return []
    every = union_all(*statements).subquery()
    ordered = select(every).order_by(every.c.at.desc(), every.c.article_id.desc(), every.c.kind).limit(limit)
    return [Change(**row._mapping) for row in conn.execute(ordered)]


def _columns(moment: Any, kind: Kind, changed: Any, revision: Any, reason: Any) -> Any:
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
        cast(reason, TEXT).label("reason"),
    ).select_from(ARTICLE)


def _integer(value: Any) -> Any:
    return cast(value, REVISION.c.number.type)
