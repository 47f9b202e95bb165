"""Where photos were used: by more than one article, or by one that looks the same. Reading only.

A photo is known by the id of an image, a picture's URL. It stands for all that its picture looks like, where
the file was fetched, else for the uses of that URL.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, or_, select

from crawler.pictures import Picture
from crawler.pictures.captions import differ, versions
from storage.alike import Looks, look_alikes
from storage.asked import at_most
from storage.filters import Filters
from storage.models import ARTICLE, ARTICLE_IMAGE, IMAGE, PICTURE, PICTURE_LINK
from storage.records import chunks
from storage.rows import fits, image_key
from storage.times import published_iso
from storage.types import hex64, signed64

_GROUP = func.coalesce(PICTURE.c.centre_id, ARTICLE_IMAGE.c.picture_id)
# uses of a URL whose file was never fetched go by the URL
_LONE = case((ARTICLE_IMAGE.c.picture_id.is_(None), ARTICLE_IMAGE.c.image_id))


class Use(NamedTuple):
    """One use of a photo."""

    image: int
    """Id of the image, which scrapy photos takes."""
    picture: int | None
    url: str
    article: int
    article_url: str
    title: str
    portal: str | None
    source: str | None
    published_at: str | None
    alt: str | None
    caption: str | None
    credit: str | None
    credit_raw: str | None


class Look(NamedTuple):
    """One picture of those that look the same."""

    picture: int
    sha256: str
    width: int | None
    height: int | None
    bytes: int | None
    mime: str | None
    path: str | None
    dhash: str | None
    phash: str | None
    why: str | None
    """Why it belongs to the earliest; None of the earliest itself."""


class Photo(NamedTuple):
    """A photo with all that is known of its uses, the earliest first."""

    id: int
    """Of the image that was used first."""
    uses: list[Use]
    looks: list[Look]
    caption_versions: list[int | None]
    """For each use, see crawler.pictures.captions.versions()."""
    credit_versions: list[int | None]

    @property
    def captions_differ(self) -> bool:
        return differ(self.caption_versions)

    @property
    def credits_differ(self) -> bool:
        return differ(self.credit_versions)

    @property
    def articles(self) -> int:
        return len({use.article for use in self.uses})

    @property
    def portals(self) -> list[str]:
        return sorted({use.portal for use in self.uses if use.portal})


class Match(NamedTuple):
    """A stored picture that is, or looks like, one from outside."""

    picture: int
    kind: str
    """same: the very bytes; alike: it looks the same."""
    distance: int
    likeness: float | None
    why: str
    photo: Photo


def reused(conn: Connection, filters: Filters | None = None, limit: int | None = 20) -> Iterator[Photo]:
    """Photos of more than one article, of which one passes the filters; the latest used first."""
    conditions = filters.conditions() if filters else []
    passes = func.max(case((and_(*conditions), 1), else_=0)) == 1 if conditions else None
    statement = _joined(select(_GROUP.label("centre"), _LONE.label("lone")))
    statement = statement.where(PICTURE.c.flat.is_not(True)).group_by(_GROUP, _LONE)
    statement = statement.having(func.count(ARTICLE_IMAGE.c.article_id.distinct()) > 1)
    if passes is not None:
        statement = statement.having(passes)
    latest = func.max(ARTICLE.c.sort_key)
    statement = statement.order_by(latest.desc(), func.min(ARTICLE_IMAGE.c.id))
    keys = conn.execute(statement.limit(at_most(limit))).all()
    for chunk in chunks(keys, 100):
        photos = _photos(conn, [row.centre for row in chunk], [row.lone for row in chunk])
        yield from (photos[row.centre, row.lone] for row in chunk)


def photo(conn: Connection, reference: str | int) -> Photo | None:
    """The photo of an image's id or URL, with those it looks like; None when there is none."""
    reference = str(reference)
    if not fits(reference):
        return None
    if reference.isascii() and reference.isdigit():
        where = IMAGE.c.id == (int(reference) if len(reference) < 19 else 0)
    else:
        where = IMAGE.c.url_key == image_key(reference)
    image = conn.execute(select(IMAGE.c.id, IMAGE.c.picture_id).where(where)).first()
    if image is None:
        return None
    mine = _joined(select(_GROUP)).where(ARTICLE_IMAGE.c.image_id == image.id, _GROUP.is_not(None))
    groups = _groups(conn, list(conn.scalars(mine.distinct())))
    rows = conn.execute(_uses().where(_used_by(groups, [image.id]))).all()
    return _photo([_use(row) for row in rows], _looks(conn, list(groups))) if rows else None


def matches(conn: Connection, picture: Picture) -> list[Match]:
    """Stored pictures that a picture from outside is, or looks like, and that some article uses."""
    statement = select(PICTURE.c.id).where(PICTURE.c.sha256 == picture.sha256)
    same = conn.scalar(statement)
    found: list[tuple[int, str, int, float | None, str]] = []
    if same is not None:
        found.append((same, "same", 0, 1.0, "the same bytes"))
    if not picture.flat:
        looks = Looks(
            signed64(picture.dhash), signed64(picture.phash), picture.sketch, picture.width, picture.height
        )
        found += [(a.id, "alike", a.distance, a.likeness, a.why) for a in look_alikes(conn, looks, same)]
    photos = {}
    for chunk in chunks([row[0] for row in found], 100):
        uses: dict[int, list[Use]] = {}
        rows = conn.execute(_uses().where(ARTICLE_IMAGE.c.picture_id.in_(chunk))).all()
        for row in rows:
            uses.setdefault(row.picture_id, []).append(_use(row))
        shown = {look.picture: look for look in _looks(conn, chunk)}
        photos.update({n: _photo(some, [shown[n]]) for n, some in uses.items()})
    return [Match(*row, photos[row[0]]) for row in found if row[0] in photos]


def _photos(
    conn: Connection, centres: Collection[int | None], lone: Collection[int | None]
) -> dict[tuple[int | None, int | None], Photo]:
    """The photos of these centres and of these images without a picture, by (centre, image)."""
    groups = _groups(conn, [n for n in centres if n is not None])
    bare = [n for n in lone if n is not None]
    uses: dict[tuple[int | None, int | None], list[Use]] = {}
    for row in conn.execute(_uses().where(_used_by(groups, bare))):
        uses.setdefault((row.centre, row.lone), []).append(_use(row))
    looks: dict[int, list[Look]] = {}
    for look in _looks(conn, list(groups)):
        looks.setdefault(groups[look.picture], []).append(look)
    return {
        (centre, image): _photo(some, looks.get(centre or 0, [])) for (centre, image), some in uses.items()
    }


def _groups(conn: Connection, centres: Collection[int]) -> dict[int, int]:
    """The centre of each picture that belongs to one of these."""
    picture = PICTURE.c
    found: dict[int, int] = {}
    for chunk in chunks(centres):
        members = or_(picture.id.in_(chunk), picture.centre_id.in_(chunk))
        rows = conn.execute(select(picture.id, picture.centre_id).where(members).order_by(picture.id))
        found.update((row.id, row.centre_id or row.id) for row in rows)
    return found


def _used_by(pictures: Collection[int], lone: Collection[int]) -> ColumnElement[bool]:
    """Uses of these pictures, or of these images where no picture is known."""
    use = ARTICLE_IMAGE.c
    return or_(use.picture_id.in_(pictures), and_(use.image_id.in_(lone), use.picture_id.is_(None)))


def _photo(uses: Sequence[Use], looks: Sequence[Look]) -> Photo:
    captions = versions(use.caption for use in uses)
    return Photo(uses[0].image, list(uses), list(looks), captions, versions(use.credit for use in uses))


def _joined(statement: Select[Any]) -> Select[Any]:
    use = ARTICLE_IMAGE.c
    return statement.select_from(
        ARTICLE_IMAGE.join(ARTICLE, ARTICLE.c.id == use.article_id).outerjoin(
            PICTURE, PICTURE.c.id == use.picture_id
        )
    )


def _uses() -> Select[Any]:
    """Every use with what is said of it, the earliest first."""
    use, article = ARTICLE_IMAGE.c, ARTICLE.c
    published = [
        article[n] for n in ("published_at", "published_offset", "published_precision", "published_day")
    ]
    columns = [use.image_id, use.picture_id, use.alt, use.caption, use.credit, use.credit_raw]
    about = [article.url.label("article_url"), article.title, article.portal, article.source_name]
    statement = select(
        _GROUP.label("centre"),
        _LONE.label("lone"),
        article.id.label("article_id"),
        func.coalesce(use.url, IMAGE.c.url).label("url"),
        *columns,
        *about,
        *published,
    )
    order = (article.published_at.asc().nulls_last(), article.id, use.number)
    return _joined(statement).join(IMAGE, IMAGE.c.id == use.image_id).order_by(*order)


def _use(row: Row[Any]) -> Use:
    return Use(
        image=row.image_id,
        picture=row.picture_id,
        url=row.url,
        article=row.article_id,
        article_url=row.article_url,
        title=row.title,
        portal=row.portal,
        source=row.source_name,
        published_at=published_iso(
            row.published_at, row.published_offset, row.published_precision, row.published_day
        ),
        alt=row.alt,
        caption=row.caption,
        credit=row.credit,
        credit_raw=row.credit_raw,
    )


def _looks(conn: Connection, picture_ids: Sequence[int]) -> list[Look]:
    """These pictures, with why each belongs to its centre."""
    picture, link = PICTURE.c, PICTURE_LINK.c
    pair = or_(
        and_(link.picture_id == picture.id, link.other_id == picture.centre_id),
        and_(link.other_id == picture.id, link.picture_id == picture.centre_id),
    )
    names = ("id", "sha256", "width", "height", "bytes", "mime", "path", "dhash", "phash")
    statement = select(*(picture[n] for n in names), link.why)
    statement = statement.select_from(PICTURE.outerjoin(PICTURE_LINK, pair)).order_by(picture.id)
    found = []
    for chunk in chunks(picture_ids):
        for row in conn.execute(statement.where(picture.id.in_(chunk))):
            dhash, phash = (None if value is None else hex64(value) for value in (row.dhash, row.phash))
            known = (row.sha256, row.width, row.height, row.bytes, row.mime, row.path, dhash, phash)
            found.append(Look(row.id, *known, row.why))
    return found
