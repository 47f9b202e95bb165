"""Which stored pictures look the same: candidates by parts of dHash, as rows, confirmed by their sketches.

Runs inside the transaction that stores the pictures, so it works across runs and processes. The work for one
picture is bounded, however many there are and however common a part is. Links are of pairs that match
directly; `picture.centre_id` groups them as stories are grouped: in order of first use each picture joins the
earliest centre that it matches itself, or is one. Both follow from the pictures alone, not from their order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, or_, select, union, update

from crawler.pictures import alike
from storage.models import ARTICLE, ARTICLE_IMAGE, PICTURE, PICTURE_BAND, PICTURE_LINK
from storage.records import chunks

# three rows of dHash each, overlapping: a logo or a caption spoils those at one edge, and of the others
# at least one differs in at most one bit
_ROWS = (0, 2, 3, 5)
_BITS = 24
_EXACT_MOST = 500  # candidates with the very same dHash
_EQUAL_MOST = 500  # with the same part, of each part
_CLOSE_MOST = 2_000  # with a part that is one bit off
_CONFIRM_MOST = 200  # of those the nearest, whose sketches are compared
_LINKS_MOST = 50  # of one picture; a stock photo that has more is found by its group
_GROUP_MOST = 5_000  # pictures that hang together, whose centres are chosen anew at once
_LAST = datetime.max.replace(tzinfo=UTC)


class Alike(NamedTuple):
    """A stored picture that looks the same as another."""

    id: int
    distance: int
    """Bits of dHash."""
    likeness: float | None
    """Of the detail, up to 1; None without sketches."""
    why: str


class Looks(NamedTuple):
    """What is compared of a picture."""

    dhash: int
    phash: int | None
    sketch: bytes | None
    width: int | None
    height: int | None


def parts(dhash: int) -> list[int]:
    """The values under which a signed dHash is kept: the number of the part, then its bits."""
    bits = dhash & 0xFFFFFFFFFFFFFFFF
    mask = (1 << _BITS) - 1
    return [n << _BITS | bits >> (64 - _BITS - 8 * row) & mask for n, row in enumerate(_ROWS)]


def add(conn: Connection, picture_ids: Collection[int]) -> None:
    """Make stored pictures findable and link each to those it looks like; flat ones are left out.

    Needs the writers' lock. Ids that were added before may be given again.
    """
    columns = [PICTURE.c[n] for n in ("id", "dhash", "phash", "sketch", "width", "height")]
    wanted = select(*columns).where(PICTURE.c.dhash.is_not(None), PICTURE.c.flat.is_not(True))
    linked: set[int] = set()
    for chunk in chunks(sorted(picture_ids)):
        remove(conn, chunk)
        for row in conn.execute(wanted.where(PICTURE.c.id.in_(chunk)).order_by(PICTURE.c.id)).all():
            found = look_alikes(conn, Looks(row.dhash, row.phash, row.sketch, row.width, row.height), row.id)
            linked |= _link(conn, row, found)
            values = [
                {"value": value, "picture_id": row.id, "dhash": row.dhash} for value in parts(row.dhash)
            ]
            conn.execute(insert(PICTURE_BAND), values)
    regroup(conn, linked)


def remove(conn: Connection, picture_ids: Collection[int]) -> None:
    """Make pictures unfindable, before they go or what they show is known better; links stay."""
    band = PICTURE_BAND.c
    for chunk in chunks(picture_ids):
        known = select(PICTURE.c.id, PICTURE.c.dhash).where(PICTURE.c.id.in_(chunk))
        for row in conn.execute(known.where(PICTURE.c.dhash.is_not(None))).all():
            # by value first: that is the index
            mine = (band.value.in_(parts(row.dhash)), band.picture_id == row.id)
            conn.execute(delete(PICTURE_BAND).where(*mine))


def look_alikes(conn: Connection, looks: Looks, but: int | None = None) -> list[Alike]:
    """Stored pictures that look like this one, the nearest first; at most _LINKS_MOST."""
    near = sorted(_candidates(conn, looks.dhash, but))[:_CONFIRM_MOST]
    if not near:
        return []
    columns = [PICTURE.c[n] for n in ("id", "dhash", "phash", "sketch", "width", "height")]
    rows = {
        row.id: row
        for row in conn.execute(
            select(*columns).where(PICTURE.c.id.in_([picture_id for _, picture_id in near]))
        )
    }
    shaped = [(bits, rows[n]) for bits, n in near if n in rows and _same_shape(looks, rows[n])]
    found = [*_by_detail(looks, shaped), *_by_hashes(looks, shaped)]
    return sorted(found, key=lambda one: (-(one.likeness or 0), one.distance, one.id))[:_LINKS_MOST]


def _candidates(conn: Connection, dhash: int, but: int | None) -> set[tuple[int, int]]:
    """(distance, id) of pictures within reach that share a part with this dHash, or nearly so."""
    equal = parts(dhash)
    close = [value ^ 1 << bit for value in equal for bit in range(_BITS)]
    band = PICTURE_BAND.c
    # a common part alone may not lead to the very same picture
    same = select(PICTURE.c.id, PICTURE.c.dhash).where(
        PICTURE.c.dhash == dhash, PICTURE.c.flat.is_not(True), PICTURE.c.id != (but or 0)
    )
    found: dict[int, int] = {row.id: row.dhash for row in conn.execute(same.limit(_EXACT_MOST))}
    statement = select(band.picture_id, band.dhash).where(band.picture_id != (but or 0))
    for value in equal:
        rows = conn.execute(statement.where(band.value == value).limit(_EQUAL_MOST))
        found.update((row.picture_id, row.dhash) for row in rows)
    rows = conn.execute(statement.where(band.value.in_(close)).limit(_CLOSE_MOST))
    found.update((row.picture_id, row.dhash) for row in rows)
    if not found:
        return set()
    bits = alike.distances(dhash, list(found.values())).tolist()
    return {(n, picture_id) for n, picture_id in zip(bits, found, strict=True) if n <= alike.DISTANCE_MOST}


def _same_shape(looks: Looks, row: Row[Any]) -> bool:
    if not (looks.width and looks.height and row.width and row.height):
        return True  # nobody said how large it is
    return alike.same_shape((looks.width, looks.height), (row.width, row.height))


def _by_detail(looks: Looks, rows: Sequence[tuple[int, Row[Any]]]) -> Iterable[Alike]:
    known = [(bits, row) for bits, row in rows if row.sketch is not None]
    if looks.sketch is None or not known:
        return
    values = alike.likenesses(looks.sketch, [row.sketch for _, row in known]).tolist()
    for (bits, row), value in zip(known, values, strict=True):
        if value >= alike.LIKENESS_LEAST:
            why = f"{bits} of 64 bits of dHash apart, detail {value:.2f} alike"
            yield Alike(row.id, bits, round(value, 4), why + _sizes(looks, row))


def _by_hashes(looks: Looks, rows: Sequence[tuple[int, Row[Any]]]) -> Iterable[Alike]:
    for bits, row in rows:
        if looks.sketch is not None and row.sketch is not None:
            continue
        if looks.phash is None or row.phash is None or bits > alike.BARE_DHASH:
            continue
        further = alike.distance(looks.phash, row.phash)
        if further <= alike.BARE_PHASH:
            why = f"{bits} of 64 bits of dHash and {further} of pHash apart"
            yield Alike(row.id, bits, None, why + _sizes(looks, row))


def _sizes(looks: Looks, row: Row[Any]) -> str:
    if not (looks.width and row.width):
        return ""
    return f", {looks.width} × {looks.height} and {row.width} × {row.height} pixels"


def _link(conn: Connection, row: Row[Any], found: list[Alike]) -> set[int]:
    """Write the links of a picture; the ids of all that are linked now."""
    mine = or_(PICTURE_LINK.c.picture_id == row.id, PICTURE_LINK.c.other_id == row.id)
    known = {
        tuple(sorted(pair))
        for pair in conn.execute(select(PICTURE_LINK.c.picture_id, PICTURE_LINK.c.other_id).where(mine))
    }
    values = []
    for one in found:
        later, earlier = max(row.id, one.id), min(row.id, one.id)
        if (earlier, later) not in known:
            value = {"picture_id": later, "other_id": earlier, "distance": one.distance}
            values.append(value | {"likeness": one.likeness, "why": one.why})
    if values:
        conn.execute(insert(PICTURE_LINK), values)
    return {row.id, *(one.id for one in found)} if found else set()


def regroup(conn: Connection, picture_ids: Collection[int]) -> None:
    """Choose the centres anew of these pictures and of all that hang together with them by links.

    To be called when links or uses of a picture changed. Needs the writers' lock.
    """
    links = _connected(conn, picture_ids)
    if not links:
        return
    first: dict[int, tuple[datetime, int]] = {}
    centres: dict[int, int | None] = {}
    for chunk in chunks(links):
        use = ARTICLE_IMAGE.c
        moments = select(use.picture_id, func.min(ARTICLE.c.published_at).label("at"))
        moments = moments.join(ARTICLE, ARTICLE.c.id == use.article_id).where(use.picture_id.in_(chunk))
        for row in conn.execute(moments.group_by(use.picture_id)):
            first[row.picture_id] = (row.at or _LAST, row.picture_id)
        rows = conn.execute(select(PICTURE.c.id, PICTURE.c.centre_id).where(PICTURE.c.id.in_(chunk)))
        centres.update((row.id, row.centre_id) for row in rows)
    chosen = choose_centres(links, first)
    changed = [{"row_id": n, "centre_id": chosen.get(n)} for n in centres if centres[n] != chosen.get(n)]
    if changed:
        conn.execute(update(PICTURE).where(PICTURE.c.id == bindparam("row_id")), changed)


def choose_centres(links: dict[int, set[int]], first: dict[int, tuple[datetime, int]]) -> dict[int, int]:
    """The centre of each picture that has another; `links` in both directions, `first` its first use."""
    order = sorted(links, key=lambda n: first.get(n, (_LAST, n)))
    rank = {n: place for place, n in enumerate(order)}
    chosen: dict[int, int] = {}
    for n in order:
        centres = [m for m in links[n] if rank[m] < rank[n] and m not in chosen]
        if centres:
            chosen[n] = min(centres, key=rank.__getitem__)
    return chosen


def _connected(conn: Connection, picture_ids: Collection[int]) -> dict[int, set[int]]:
    """The links of these pictures and of those they lead to, in both directions; at most _GROUP_MOST."""
    link = PICTURE_LINK.c
    found: dict[int, set[int]] = {}
    edge = set(picture_ids)
    while edge and len(found) < _GROUP_MOST:
        for n in edge:
            found.setdefault(n, set())
        following: set[int] = set()
        for chunk in chunks(sorted(edge)):
            both = union(
                select(link.picture_id, link.other_id).where(link.picture_id.in_(chunk)),
                select(link.picture_id, link.other_id).where(link.other_id.in_(chunk)),
            )
            for one, other in conn.execute(both):
                for a, b in ((one, other), (other, one)):
                    if a not in found:
                        following.add(a)
                    found.setdefault(a, set()).add(b)
        edge = following - edge
    return {n: others for n, others in found.items() if others}
