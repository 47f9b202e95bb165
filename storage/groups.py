"""Stories as rows: an id that stays, its articles and their links, and who published it first."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from crawler.copies import METHOD
from crawler.copies.publisher import Copy, publisher
from crawler.portals.registry import portal_by_name, portal_of
from crawler.undeclared import domain
from storage.centres import Centres, Node, order_of
from storage.models import ARTICLE, STORY, STORY_LINK
from storage.records import chunks

_LINK = ("story_id", "article_id", "other_id", "kind", "similarity", "why")


def regroup(conn: Connection, centres: Centres) -> None:
    """Let the stories and their links follow what `centres` decided."""
    touched = [centres.nodes[one] for one in sorted(centres.touched)]
    if not touched:
        return
    standing = {node.id: _centre_of(centres, node) for node in touched if not node.gone}
    # by id, the stories that may be others now, with the centre that each had
    stories = _stories(conn, {n.story_id for n in touched if n.story_id}, set(standing.values()))
    groups = _groups(conn, centres, standing, stories)
    ids = _ids(conn, centres, groups, stories)
    story_of = {one: ids.get(centre) for centre, group in groups.items() for one in group}
    # an article that others left alone was not touched itself
    centres.load(centre for centre, group in sorted(groups.items()) if len(group) == 1)
    members = {one for group in groups.values() for one in group} & centres.nodes.keys()
    _move(conn, [centres.nodes[one] for one in sorted(members | centres.touched)], story_of)
    _relink(conn, touched, story_of)
    _describe(conn, ids)
    heirs: dict[int, set[int]] = defaultdict(set)
    for node in touched:
        if node.story_id and (now := story_of.get(node.id)):
            heirs[node.story_id].add(now)
    for story_id in sorted(stories.keys() - set(ids.values())):
        values = {"size": 0, "merged_into": min(heirs[story_id], default=None)}
        values |= dict.fromkeys(("centre_id", "first_article_id", "publisher", "publisher_why"))
        conn.execute(update(STORY).where(STORY.c.id == story_id).values(values))


def _centre_of(centres: Centres, node: Node) -> int:
    """The centre of an article's story: the earliest that it matches, or itself."""
    return min(centres.load(node.links), key=lambda centre: centre.order, default=node).id


def _stories(conn: Connection, ids: set[int], centre_ids: set[int]) -> dict[int, int | None]:
    """The stories with these ids and those with these centres: the centre by the id."""
    found: dict[int, int | None] = {}
    for column, values in ((STORY.c.id, ids), (STORY.c.centre_id, centre_ids)):
        for chunk in chunks(sorted(values)):
            rows = conn.execute(select(STORY.c.id, STORY.c.centre_id).where(column.in_(chunk)))
            found.update((row.id, row.centre_id) for row in rows)
    return found


def _groups(
    conn: Connection, centres: Centres, standing: dict[int, int], stories: dict[int, int | None]
) -> dict[int, set[int]]:
    """All articles of each story that may be another now, by its centre."""
    groups: dict[int, set[int]] = defaultdict(set)
    for one, centre in standing.items():
        groups[centre] |= {one, centre}
    for chunk in chunks(sorted(stories)):
        for row in conn.execute(
            select(ARTICLE.c.id, ARTICLE.c.story_id).where(ARTICLE.c.story_id.in_(chunk))
        ):
            # whoever is not touched has the centre that it had; whose centre is one no more was touched
            centre_id = stories[row.story_id]
            if row.id not in centres.touched and centre_id is not None:
                groups[centre_id].add(row.id)
    return groups


def _ids(
    conn: Connection, centres: Centres, groups: dict[int, set[int]], stories: dict[int, int | None]
) -> dict[int, int]:
    """The id of each story of two articles or more, by its centre.

    A story keeps its id as long as its centre stays one; else its articles take it along.
    """
    large = [centre for centre in sorted(groups) if len(groups[centre]) > 1]
    of_centre = {centre: story_id for story_id, centre in sorted(stories.items(), reverse=True) if centre}
    ids = {centre: of_centre[centre] for centre in large if centre in of_centre}
    taken = set(ids.values())
    for centre in large:
        if centre in ids:
            continue
        had = {centres.nodes[one].story_id for one in groups[centre] if one in centres.nodes}
        free = {story_id for story_id in had if story_id is not None} - taken
        ids[centre] = min(free) if free else _new(conn)
        taken.add(ids[centre])
    return ids


def _new(conn: Connection) -> int:
    made = conn.execute(insert(STORY).values(size=0, created_at=datetime.now(UTC))).inserted_primary_key
    return int(made[0])  # type: ignore[index]


def _move(conn: Connection, nodes: list[Node], story_of: dict[int, int | None]) -> None:
    changes = [
        {"row_id": node.id, "story_id": story_of.get(node.id)}
        for node in nodes
        if node.story_id != story_of.get(node.id)
    ]
    if changes:
        conn.execute(update(ARTICLE).where(ARTICLE.c.id == bindparam("row_id")), changes)


def _relink(conn: Connection, touched: list[Node], story_of: dict[int, int | None]) -> None:
    """Make the rows of links what the articles' links are; rows that are right already stay."""
    columns = [STORY_LINK.c[name] for name in _LINK]
    old: dict[tuple[Any, ...], int] = {}
    for chunk in chunks(node.id for node in touched):
        rows = conn.execute(select(STORY_LINK.c.id, *columns).where(STORY_LINK.c.article_id.in_(chunk)))
        old.update((tuple(row)[1:], row.id) for row in rows)
    wanted = {
        (story_of[node.id], node.id, other, *match) for node in touched for other, match in node.links.items()
    }
    for chunk in chunks(sorted(row_id for link, row_id in old.items() if link not in wanted)):
        conn.execute(delete(STORY_LINK).where(STORY_LINK.c.id.in_(chunk)))
    fresh = [dict(zip(_LINK, link, strict=True)) | {"method": METHOD} for link in sorted(wanted - old.keys())]
    if fresh:
        conn.execute(insert(STORY_LINK), fresh)


def _describe(conn: Connection, ids: dict[int, int]) -> None:
    """Write size, centre and first publisher of stories."""
    copies: dict[int, list[Any]] = defaultdict(list)
    for chunk in chunks(ids.values()):
        for row in conn.execute(_COPIES.where(ARTICLE.c.story_id.in_(chunk))):
            copies[row.story_id].append(row)
    rows = []
    for centre, story_id in ids.items():
        ordered = sorted(copies[story_id], key=lambda row: order_of(row.published_at, row.url_key))
        first = publisher([Copy(row.id, _names(row), row.source_name) for row in ordered])
        rows.append(
            {
                "row_id": story_id,
                "size": len(ordered),
                "centre_id": centre,
                "first_article_id": first.article_id,
                "publisher": first.name,
                "publisher_why": first.why,
                "merged_into": None,
            }
        )
    if rows:
        conn.execute(update(STORY).where(STORY.c.id == bindparam("row_id")), rows)


_COPIES = select(
    ARTICLE.c.id,
    ARTICLE.c.story_id,
    ARTICLE.c.portal,
    ARTICLE.c.url,
    ARTICLE.c.url_key,
    ARTICLE.c.published_at,
    ARTICLE.c.source_name,
    ARTICLE.c.source_url,
)


def _names(row: Any) -> tuple[str, ...]:
    """What the site of an article is called, the best known name first."""
    # an imported record need not name its portal
    declared = portal_by_name(row.portal) if row.portal else portal_of(row.url)
    if declared is not None:
        return (declared.title, *declared.site_names)
    site = domain(row.url)
    # a page that names its own site as its source tells how it is called
    own = row.source_name and row.source_url and domain(row.source_url) == site
    return (row.source_name, site) if own else (site,)
