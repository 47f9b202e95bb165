"""Makes one article of several, with their revisions: what the portal showed, in the order of time.

The row that stays is the one that was stored first; it shows the state that was seen last. The other states
become revisions in the order in which they were first seen; those that say the same in a row are one, and
each was replaced when the next was first seen. Absences and pages point to the row that stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from storage import given, index, stories, uses
from storage.models import ABSENCE, ARTICLE, ARTICLE_IMAGE, BYLINE, PAGE, REVISION
from storage.prepared import Kept, kept_articles
from storage.records import chunks

_STATE = ("title", "blocks", "body_text", "images")  # in the record's order
# what says when and where it was stored, not what the page shows
_STAYS = frozenset(
    {"id", "url_key", "stored_at", "checked_at", "changed_at", "gone_at", "story_id", "sort_key"}
)


@dataclass(eq=False, slots=True)
class _State:
    """One state of an article: an earlier one, or the one that it shows."""

    began: datetime
    """When it was first seen."""
    ended: datetime
    """When it was found replaced, or was last seen."""
    order: tuple[int, int]
    values: dict[str, Any]
    """The columns of `revision`."""
    follows: _State | None = None
    """The state by which it was found replaced."""

    def says_the_same(self, other: _State) -> bool:
        mine, theirs = self.values, other.values
        if mine["content_hash"] == theirs["content_hash"]:
            return True
        return all(mine[name] == theirs[name] for name in _STATE)


def oldest_first(conn: Connection, article_ids: Iterable[int]) -> list[Any]:
    """(id, url, url_key) of these articles, the one that stays first."""
    found: list[Any] = []
    for chunk in chunks(article_ids):
        columns = (ARTICLE.c.id, ARTICLE.c.url, ARTICLE.c.url_key, ARTICLE.c.stored_at)
        found += conn.execute(select(*columns).where(ARTICLE.c.id.in_(chunk))).all()
    return sorted(found, key=lambda row: (row.stored_at, row.id))


def merge_articles(conn: Connection, ordered: Sequence[Any]) -> None:
    """Merge articles, as oldest_first() gives them, into the first."""
    kept = kept_articles(conn, [row.url_key for row in ordered])
    articles = [kept[row.url_key] for row in ordered]
    survivor, gone = articles[0], [old.id for old in articles[1:]]
    shown = max(enumerate(articles), key=lambda pair: (pair[1].row["checked_at"], -pair[0]))[1]
    history = _history(conn, articles, shown)

    index.remove(conn, [(old.sort_key, old.article) for old in articles])
    stories.leave(conn, gone)
    uses.remove(conn, [old.id for old in articles if old is not shown])
    _write_revisions(conn, survivor.id, [old.id for old in articles], history)
    gone_at = _absences(conn, articles, shown)
    for table in (ABSENCE, PAGE, ARTICLE_IMAGE, BYLINE):
        conn.execute(update(table).where(table.c.article_id.in_(gone)).values(article_id=survivor.id))
    given.note_deleted(conn, gone)
    conn.execute(delete(ARTICLE).where(ARTICLE.c.id.in_(gone)))
    changes = [when for old in articles if (when := old.changed_at)] + [
        values["seen_at"] for values in history
    ]
    values = {name: value for name, value in shown.row.items() if name in ARTICLE.c and name not in _STAYS}
    values |= {
        "sort_key": shown.sort_key,
        "checked_at": shown.row["checked_at"],
        "changed_at": max(changes) if history else None,
        "gone_at": gone_at,
    }
    conn.execute(update(ARTICLE).where(ARTICLE.c.id == survivor.id).values(values))
    index.add(conn, [(shown.sort_key, shown.article)])
    stories.follow(conn, {}, {survivor.id: survivor.keys}, [survivor.id])


def _history(conn: Connection, articles: list[Kept], shown: Kept) -> list[dict[str, Any]]:
    """The columns of `revision` of the states before the one that is shown, oldest first."""
    states: list[_State] = []
    for place, old in enumerate(articles):
        mine = _states(conn, place, old)
        states += mine
        if old is shown:
            current = mine[-1]
    states.sort(key=lambda state: (state is current, state.began, state.order))
    runs = [[states[0]]]
    for state in states[1:]:
        if state.says_the_same(runs[-1][-1]):
            runs[-1].append(state)
        else:
            runs.append([state])
    return [_revision(run, following) for run, following in pairwise(runs)]


def _states(conn: Connection, place: int, old: Kept) -> list[_State]:
    """All states of one article, oldest first."""
    statement = select(REVISION).where(REVISION.c.article_id == old.id).order_by(REVISION.c.number)
    found: list[_State] = []
    began = old.row["stored_at"]
    for row in conn.execute(statement):
        values = {name: value for name, value in row._mapping.items() if name != "id"}
        found.append(_State(began, row.seen_at, (place, row.number), values))
        began = row.seen_at
    # a page is fetched a moment before its change is written down
    ended = max(old.row["checked_at"], began)
    # nobody knows which run found it replaced
    last = old.revision() | {"run_id": None, "changed": []}
    found.append(_State(began, ended, (place, len(found) + 1), last))
    for state, following in pairwise(found):
        state.follows = following
    return found


def _revision(run: list[_State], following: list[_State]) -> dict[str, Any]:
    """The revision of states that say the same, replaced by those that follow."""
    last, nearest = run[-1], following[0]
    changed = next((state.values["changed"] for state in run if state.follows in following), None)
    if changed is None:
        changed = [name for name in _STATE if last.values[name] != nearest.values[name]]
    # what is shown was seen before and after this one, where it began earlier
    seen_at = nearest.began if nearest.began >= last.began else last.ended
    return last.values | {"changed": changed, "seen_at": seen_at}


def _write_revisions(
    conn: Connection, survivor_id: int, article_ids: list[int], history: list[dict[str, Any]]
) -> None:
    conn.execute(delete(REVISION).where(REVISION.c.article_id.in_(article_ids)))
    rows = [
        values | {"article_id": survivor_id, "number": number} for number, values in enumerate(history, 1)
    ]
    if rows:
        conn.execute(insert(REVISION), rows)


def _absences(conn: Connection, articles: list[Kept], shown: Kept) -> datetime | None:
    """Since when the portal has it no more, as the last visit found; ends absences that it refutes."""
    last = max(articles, key=lambda old: (old.row["gone_at"] or old.row["checked_at"], old is shown))
    gone_at: datetime | None = last.row["gone_at"]
    if gone_at is None:
        others = [old.id for old in articles]
        open_ones = (ABSENCE.c.article_id.in_(others), ABSENCE.c.returned_at.is_(None))
        values = {"returned_at": last.row["checked_at"], "returned_run_id": last.row["run_id"]}
        conn.execute(update(ABSENCE).where(*open_ones).values(values))
    return gone_at
