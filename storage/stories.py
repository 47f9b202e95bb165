"""Clusters of articles that are copies of each other, each with its first.

Members are connected by an equal text_hash or pictures_hash. The first is the smallest by
(published_at, url_key), those without a time last. Every other member has one link: to the first where
they match directly, else to the earliest member that it does match.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from storage.models import ARTICLE, STORY, STORY_LINK
from storage.records import chunks

METHOD = "exact-1"
_LATE = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Member:
    """What of an article decides on its story."""

    id: int
    url: str
    url_key: str
    published_at: datetime | None
    story_id: int | None
    text_hash: str | None
    pictures_hash: str | None

    @property
    def age(self) -> tuple[datetime, str]:
        return self.published_at or _LATE, self.url_key

    @property
    def hashes(self) -> tuple[str, ...]:
        """Marks that make two articles with one in common copies."""
        marks = (("text:", self.text_hash), ("pictures:", self.pictures_hash))
        return tuple(kind + value for kind, value in marks if value)


_MEMBER = select(
    ARTICLE.c.id,
    ARTICLE.c.url,
    ARTICLE.c.url_key,
    ARTICLE.c.published_at,
    ARTICLE.c.story_id,
    ARTICLE.c.text_hash,
    ARTICLE.c.pictures_hash,
)


def refresh(conn: Connection, article_ids: Iterable[int]) -> None:
    """Decide anew on the stories of these new or changed articles and of all that are connected to them."""
    members = _connected(conn, list(article_ids))
    old_links = _links(conn, {m.story_id for m in members.values() if m.story_id})
    groups = _components(members.values())
    taken: set[int] = set()
    stories: dict[int, list[Member]] = {}
    moved: dict[int, int | None] = {m.id: None for m in members.values()}
    for group in groups:
        if len(group) > 1:
            story_id = _story_for(conn, group, taken)
            taken.add(story_id)
            stories[story_id] = group
            moved.update((member.id, story_id) for member in group)
    _move(conn, members, moved)
    _relink(conn, old_links, stories)
    _close(conn, members, moved, stories)


def duplicated(conn: Connection, text_hashes: Iterable[str], pictures_hashes: Iterable[str]) -> set[str]:
    """Those hashes that more than one article has, marked as in Member.hashes."""
    found: set[str] = set()
    columns = (
        ("text:", ARTICLE.c.text_hash, text_hashes),
        ("pictures:", ARTICLE.c.pictures_hash, pictures_hashes),
    )
    for mark, column, hashes in columns:
        for chunk in chunks(hashes):
            statement = select(column).where(column.in_(chunk)).group_by(column).having(func.count() > 1)
            found.update(mark + value for value in conn.scalars(statement))
    return found


def standing(conn: Connection, article_ids: Iterable[int]) -> dict[int, tuple[int, str | None]]:
    """(story, URL of its first or None for the first itself) of each article that has a story."""
    first = ARTICLE.alias("first")
    statement = (
        select(ARTICLE.c.id, ARTICLE.c.story_id, first.c.id.label("first_id"), first.c.url)
        .join(STORY, STORY.c.id == ARTICLE.c.story_id)
        .join(first, first.c.id == STORY.c.first_article_id)
    )
    found = {}
    for chunk in chunks(article_ids):
        for row in conn.execute(statement.where(ARTICLE.c.id.in_(chunk))):
            found[row.id] = (row.story_id, None if row.first_id == row.id else row.url)
    return found


def _connected(conn: Connection, article_ids: list[int]) -> dict[int, Member]:
    """The articles, the members of their stories, all with a hash in common, and so on until none is new."""
    members: dict[int, Member] = {}
    asked: dict[str, set[Any]] = {"id": set(), "story_id": set(), "text_hash": set(), "pictures_hash": set()}
    wanted: dict[str, set[Any]] = {"id": set(article_ids)}
    while any(wanted.values()):
        fresh: list[Member] = []
        for name, values in wanted.items():
            asked[name] |= values
            for chunk in chunks(values):
                rows = conn.execute(_MEMBER.where(ARTICLE.c[name].in_(chunk)))
                fresh += [Member(*row) for row in rows if row.id not in members]
        members.update((member.id, member) for member in fresh)
        wanted = {
            name: {value for member in fresh if (value := getattr(member, name))} - asked[name]
            for name in ("story_id", "text_hash", "pictures_hash")
        }
    return members


def _components(members: Iterable[Member]) -> list[list[Member]]:
    """The members in groups that share hashes, each group from its first on, groups by their first."""
    parent: dict[str, str] = {}

    def root(mark: str) -> str:
        while parent.setdefault(mark, mark) != mark:
            parent[mark] = mark = parent[parent[mark]]
        return mark

    ordered = sorted(members, key=lambda m: m.age)
    for member in ordered:
        for mark in member.hashes[1:]:
            parent[root(mark)] = root(member.hashes[0])
    groups: dict[str, list[Member]] = {}
    for member in ordered:
        # without a hash it is alone
        name = root(member.hashes[0]) if member.hashes else f"alone:{member.id}"
        groups.setdefault(name, []).append(member)
    return list(groups.values())


def _story_for(conn: Connection, group: list[Member], taken: set[int]) -> int:
    """The oldest story that a member is in and no other group has taken, else a new one."""
    known = {member.story_id for member in group if member.story_id} - taken
    if known:
        return min(known)
    values = {"first_article_id": group[0].id, "size": len(group), "created_at": datetime.now(UTC)}
    return int(conn.execute(insert(STORY).values(values)).inserted_primary_key[0])  # type: ignore[index]


def _move(conn: Connection, members: dict[int, Member], moved: dict[int, int | None]) -> None:
    changes = [
        {"row_id": article_id, "story_id": story_id}
        for article_id, story_id in moved.items()
        if members[article_id].story_id != story_id
    ]
    if changes:
        conn.execute(update(ARTICLE).where(ARTICLE.c.id == bindparam("row_id")), changes)


def _links(conn: Connection, story_ids: set[int]) -> dict[int, tuple[Any, ...]]:
    """The columns of each link of these stories, as _link makes them, by its id."""
    link = STORY_LINK.c
    found = {}
    for chunk in chunks(story_ids):
        statement = select(
            link.id, link.story_id, link.article_id, link.other_id, link.kind, link.similarity, link.why
        )
        ours = or_(link.kind == "same", link.kind == "pictures")
        for row in conn.execute(statement.where(link.story_id.in_(chunk), ours)):
            found[row.id] = tuple(row)[1:]
    return found


def _relink(conn: Connection, old: dict[int, tuple[Any, ...]], stories: dict[int, list[Member]]) -> None:
    wanted = set()
    for story_id, group in stories.items():
        owners: dict[str, list[Member]] = {}
        for member in group:
            for mark in member.hashes:
                owners.setdefault(mark, []).append(member)
        for member in group[1:]:
            wanted.add(_link(story_id, group[0], member, owners))
    kept = wanted.intersection(old.values())
    stale = [link_id for link_id, columns in old.items() if columns not in kept]
    for chunk in chunks(stale):
        conn.execute(delete(STORY_LINK).where(STORY_LINK.c.id.in_(chunk)))
    names = ("story_id", "article_id", "other_id", "kind", "similarity", "why")
    fresh = [dict(zip(names, link, strict=True)) | {"method": METHOD} for link in sorted(wanted - kept)]
    if fresh:
        conn.execute(insert(STORY_LINK), fresh)


def _link(story_id: int, first: Member, member: Member, owners: dict[str, list[Member]]) -> tuple[Any, ...]:
    """The link of one member: (story_id, article_id, other_id, kind, similarity, why)."""
    # of each hash its two earliest owners: one of them is not this member
    near = [other for mark in member.hashes for other in owners[mark][:2] if other is not member]
    other = first if first in near else min(near, key=lambda m: m.age)
    if member.text_hash and member.text_hash == other.text_hash:
        return (story_id, member.id, other.id, "same", 1.0, "same normalised text")
    return (story_id, member.id, other.id, "pictures", 1.0, "same title and same pictures")


def _close(
    conn: Connection,
    members: dict[int, Member],
    moved: dict[int, int | None],
    stories: dict[int, list[Member]],
) -> None:
    """Write size and first of each story, and where the articles of one that lost them all are now."""
    for story_id, group in stories.items():
        values = {"first_article_id": group[0].id, "size": len(group), "merged_into": None}
        conn.execute(update(STORY).where(STORY.c.id == story_id).values(values))
    left = {m.story_id for m in members.values() if m.story_id} - stories.keys()
    for story_id in sorted(left):
        heirs = {moved[m.id] for m in members.values() if m.story_id == story_id} - {None}
        values = {"first_article_id": None, "size": 0, "merged_into": min(filter(None, heirs), default=None)}
        conn.execute(update(STORY).where(STORY.c.id == story_id).values(values))
