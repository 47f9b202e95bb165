"""Makes one row of the ledger of several whose URLs became one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, update

from storage import index
from storage.models import ARTICLE, CAPTURE, PAGE
from storage.pages import STATES, State
from storage.records import chunks

# what is known of a page, the most certain first; one that is still to be fetched beats one that failed
_RANK: tuple[State, ...] = (
    "stored",
    "forgotten",
    "done",
    "discovered",
    "postponed",
    "gone",
    "blocked",
    "failed",
    "dropped",
)
assert set(_RANK) == set(STATES)
_HINTS = ("channel", "title_hint", "day_hint", "reached_end_at")


def best_first(conn: Connection, page_ids: Iterable[int]) -> list[Any]:
    """Whole rows of the ledger, the one that stays first.

    A page with an article beats one without, an article's own a part, and of several the one whose URL the
    article has, so that its next visit is to the same address.
    """
    found: list[Any] = []
    for chunk in chunks(page_ids):
        statement = select(PAGE, ARTICLE.c.url.label("article_url"))
        statement = statement.outerjoin(ARTICLE, ARTICLE.c.id == PAGE.c.article_id)
        found += conn.execute(statement.where(PAGE.c.id.in_(chunk))).all()

    def rank(row: Any) -> tuple[Any, ...]:
        return (
            row.article_id is None,
            row.kind == "part",
            _RANK.index(row.state),
            row.url != row.article_url,
            row.first_seen_at,
            row.id,
        )

    return sorted(found, key=rank)


def merge_pages(conn: Connection, ordered: Sequence[Any]) -> None:
    """Merge rows, as best_first() gives them, into the first."""
    best, others = ordered[0], ordered[1:]
    ids = [row.id for row in ordered]
    gone = [row.id for row in others]
    values: dict[str, Any] = {
        name: next((value for row in ordered if (value := getattr(row, name)) is not None), None)
        for name in _HINTS
    }
    ways = [row.found_on for row in ordered if row.found_on is not None and row.found_on not in ids]
    values |= {
        "attempts": sum(row.attempts for row in ordered),
        "depth": min(row.depth for row in ordered),
        "first_seen_at": min(row.first_seen_at for row in ordered),
        "found_on": ways[0] if ways else None,
    }
    for chunk in chunks(gone):
        conn.execute(update(PAGE).where(PAGE.c.found_on.in_(chunk)).values(found_on=best.id))
        conn.execute(update(CAPTURE).where(CAPTURE.c.page_id.in_(chunk)).values(page_id=best.id))
    conn.execute(update(PAGE).where(PAGE.c.id == best.id).values(values))
    for chunk in chunks(gone):
        conn.execute(delete(PAGE).where(PAGE.c.id.in_(chunk)))
    if best.article_id is not None:
        index.renew(conn, [best.article_id])  # it may be found under another channel now
