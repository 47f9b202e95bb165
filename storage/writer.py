"""Stores articles: new, changed or the same as before, with all that hangs on them, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, func, insert, select, update

from crawler.items import Article
from storage import given, index, stories, uses
from storage.forget import check_not_forgotten
from storage.lookup import ids
from storage.models import ARTICLE, REVISION
from storage.pages import mark_stored
from storage.prepared import Kept, Prepared, changed_fields, kept_articles, prepare
from storage.records import chunks
from storage.rows import KEY_STEP
from storage.settle import settle
from storage.visits import end_absences


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of an article."""

    article_id: int
    state: Literal["new", "changed", "same"]
    story_id: int | None = None
    """Its cluster of reprints; None when it is alone."""
    reprint_of: str | None = None
    """URL of the cluster's first; None when alone or first."""
    returned: bool = False
    """It had been gone from the portal."""


@dataclass(frozen=True, slots=True)
class StoreArticle:
    """Store an article and mark its pages stored; needs `article.fingerprint`, reads `article.fetch`.

    The same url_key is the same article: another content_hash makes a revision of the previous state.
    ValueError says what of the article cannot be stored.
    """

    article: Article

    def apply(self, conn: Connection) -> Stored:
        return store_articles(conn, [self.article])[0]


def store_articles(conn: Connection, articles: Sequence[Article]) -> list[Stored]:
    """Store many at once, which is what makes it fast; results in the order of `articles`."""
    waiting = list(enumerate(prepare(article) for article in articles))
    for (_, item), key in zip(waiting, settle(conn, articles), strict=True):
        item.keep_under(*key)
    results: dict[int, Stored] = {}
    while waiting:
        # a second state of one article must find the first one stored
        wave: dict[str, tuple[int, Prepared]] = {}
        later = []
        for number, item in waiting:
            if item.url_key in wave:
                later.append((number, item))
            else:
                wave[item.url_key] = (number, item)
        stored = _store(conn, [item for _, item in wave.values()])
        results.update(zip((number for number, _ in wave.values()), stored, strict=True))
        waiting = later
    return [results[number] for number in range(len(articles))]


def _store(conn: Connection, items: list[Prepared]) -> list[Stored]:
    """Store articles of distinct url_keys."""
    own = [mark.own_key for item in items if (mark := item.article.fingerprint) and mark.own_key]
    check_not_forgotten(conn, [*(item.url_key for item in items), *own])
    kept = kept_articles(conn, [item.url_key for item in items])
    new = [item for item in items if item.url_key not in kept]
    known = [(item, kept[item.url_key]) for item in items if item.url_key in kept]
    for item, old in known:
        if item.article.fetch.rules_only:
            item.row |= {name: old.row[name] for name in ("checked_at", "run_id")}
    visited = [(item, old) for item, old in known if not item.article.fetch.rules_only]
    differing = [(item, old) for item, old in known if item.differs(old)]
    changed = {old.id: changed_fields(item, old) for item, old in differing}

    _assign_sort_keys(conn, new, known)
    article_ids = _insert(conn, new) | {item.url_key: old.id for item, old in known}
    back = _touch(conn, visited)
    _revise(conn, [(item, old) for item, old in differing if item.is_revision(old)], changed)
    _update(conn, differing)

    fresh = {article_ids[item.url_key]: item.article for item in new}
    again = {old.id: item.article for item, old in differing if item.images_differ(old)}
    uses.write_images(conn, fresh | again, list(again))
    renamed = {old.id: item.article for item, old in differing}
    uses.write_bylines(conn, fresh | renamed, list(renamed))
    _link(conn, [(article_ids[item.url_key], item, kept.get(item.url_key)) for item in items])
    found_under = index.channels(conn, [old.id for _, old in known])
    first_stored = {old.id: old.row["stored_at"] for _, old in known}
    mark_stored(
        conn,
        [
            (article_id, item.article, first_stored.get(article_id, item.row["checked_at"]))
            for item in items
            if not item.article.fetch.rules_only or item.url_key not in kept
            for article_id in (article_ids[item.url_key],)
        ],
    )
    now_under = index.channels(conn, [old.id for _, old in known])
    elsewhere = {old.id for _, old in known if now_under.get(old.id) != found_under.get(old.id)}
    _index(conn, new, known, elsewhere)  # after the ledger, which knows the declared channels

    standing = stories.standing(conn, article_ids.values())
    revised = {old.id for item, old in differing if item.is_revision(old)}
    results = []
    for item in items:
        article_id = article_ids[item.url_key]
        state: Literal["new", "changed", "same"] = "new" if item.url_key not in kept else "same"
        if article_id in revised:
            state = "changed"
        story, reprint_of = standing.get(article_id, (None, None))
        results.append(Stored(article_id, state, story, reprint_of, article_id in back))
    return results


def _assign_sort_keys(conn: Connection, new: list[Prepared], known: list[tuple[Prepared, Kept]]) -> None:
    """Give each article its key, or the next free one; a known article keeps its own as long as it fits."""
    moving = list(new)
    for item, old in known:
        if item.sort_key == old.natural_key:
            item.sort_key = old.sort_key
        else:
            moving.append(item)
    wanted = [item.sort_key for item in moving]
    taken: set[int] = set()
    for chunk in chunks(wanted):
        taken.update(conn.scalars(select(ARTICLE.c.sort_key).where(ARTICLE.c.sort_key.in_(chunk))))
    for item in sorted(moving, key=lambda item: item.url_key):
        key = item.sort_key
        while key in taken:
            key += KEY_STEP
            if conn.scalar(select(ARTICLE.c.id).where(ARTICLE.c.sort_key == key)):
                taken.add(key)
        taken.add(key)
        item.sort_key = key


def _insert(conn: Connection, items: list[Prepared]) -> dict[str, int]:
    if not items:
        return {}
    rows = [item.row | {"sort_key": item.sort_key, "stored_at": item.row["checked_at"]} for item in items]
    if (first := given.next_free(conn)) is not None:
        rows = [row | {"id": number} for number, row in enumerate(rows, first)]
    conn.execute(insert(ARTICLE), rows)
    return ids(conn, ARTICLE.c.url_key, [item.url_key for item in items])


def _touch(conn: Connection, known: list[tuple[Prepared, Kept]]) -> set[int]:
    """Note that the articles were seen again; ids of those that had been gone."""
    back: set[int] = set()
    if known:
        rows = [
            {"row_id": old.id, "gone_at": None} | {name: item.row[name] for name in ("checked_at", "run_id")}
            for item, old in known
        ]
        conn.execute(update(ARTICLE).where(ARTICLE.c.id == bindparam("row_id")), rows)
        gone = [(item, old) for item, old in known if old.row["gone_at"] is not None]
        for item, old in gone:
            back |= end_absences(conn, [old.id], item.row["run_id"], item.row["checked_at"])
    return back


def _update(conn: Connection, differing: list[tuple[Prepared, Kept]]) -> None:
    if differing:
        rows = [
            item.row
            | {
                "row_id": old.id,
                "sort_key": item.sort_key,
                "changed_at": item.row["checked_at"] if item.is_revision(old) else old.changed_at,
            }
            for item, old in differing
        ]
        conn.execute(update(ARTICLE).where(ARTICLE.c.id == bindparam("row_id")), rows)


def _revise(conn: Connection, revised: list[tuple[Prepared, Kept]], changed: dict[int, list[str]]) -> None:
    """Keep the state before the change."""
    if not revised:
        return
    old_ids = [old.id for _, old in revised]
    counts: dict[int, int] = {}
    for chunk in chunks(old_ids):
        statement = select(REVISION.c.article_id, func.max(REVISION.c.number))
        statement = statement.where(REVISION.c.article_id.in_(chunk)).group_by(REVISION.c.article_id)
        counts.update((article_id, number) for article_id, number in conn.execute(statement))
    rows: list[dict[str, Any]] = [
        old.revision()
        | {
            "number": counts.get(old.id, 0) + 1,
            "seen_at": datetime.now(UTC),
            "changed": changed[old.id],
            "run_id": item.row["run_id"],
        }
        for item, old in revised
    ]
    conn.execute(insert(REVISION), rows)


def _index(
    conn: Connection, new: list[Prepared], known: list[tuple[Prepared, Kept]], elsewhere: set[int]
) -> None:
    """Put in what is new, and anew what the index would hold otherwise; `elsewhere`: in other channels."""
    moved = [
        (item, old)
        for item, old in known
        if old.id in elsewhere
        or (old.changed_at is None and item.is_revision(old))
        or (old.row["gone_at"] is not None and not item.article.fetch.rules_only)  # it is not gone any more
        or not index.same_entries(item.sort_key, item.article, old.sort_key, old.article)
    ]
    index.remove(conn, [(old.sort_key, old.article) for _, old in moved])
    index.add(conn, [(item.sort_key, item.article) for item in (*new, *(item for item, _ in moved))])


def _link(conn: Connection, items: list[tuple[int, Prepared, Kept | None]]) -> None:
    """Let the stories follow new articles, and those whose text, pictures, time or source is another."""
    stories.follow(
        conn,
        {article_id: item.keys for article_id, item, old in items if old is None},
        {
            article_id: old.keys
            for article_id, item, old in items
            if old is not None and item.moves_story(old)
        },
        [article_id for article_id, item, old in items if old is not None and item.changes_source(old)],
    )
