"""The index of the archive: which response lies where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, func, insert, select

from storage.models import ARTICLE, CAPTURE, PAGE
from storage.rows import storable

_STREAM = 500  # articles at once


@dataclass(frozen=True, slots=True)
class NoteCapture:
    """Write down where a response lies; a place that is known already is left as it is."""

    page_id: int | None
    """Ledger row; None: looked up by the URL, if it is there."""
    url: str
    fetched_at: datetime
    status: int
    kind: str
    """response or revisit."""
    digest: str
    """sha1:BASE32 of the payload."""
    file: str
    offset: int
    length: int
    """Bytes, as compressed."""
    request_offset: int | None = None
    request_length: int | None = None

    def apply(self, conn: Connection) -> None:
        here = and_(CAPTURE.c.file == self.file, CAPTURE.c.offset == self.offset)
        if conn.scalar(select(CAPTURE.c.id).where(here)):
            return
        page_id = self.page_id
        if page_id is None:
            page_id = conn.scalar(select(PAGE.c.id).where(PAGE.c.url == storable(self.url)).limit(1))
        values = {name: getattr(self, name) for name in self.__slots__ if name != "page_id"}
        values["url"] = storable(self.url)
        conn.execute(insert(CAPTURE).values(page_id=page_id, **values))


class LastResponse(NamedTuple):
    """The last whole response that the archive has of a URL."""

    fetched_at: datetime
    digest: str


class ToRead(NamedTuple):
    """A stored article and where its page lies in the archive."""

    article_id: int
    url_key: str
    file: str | None
    """None: the archive does not have it."""
    offset: int | None


def last_response(conn: Connection, url: str) -> LastResponse | None:
    """The last response of a URL that is kept with its body."""
    statement = select(CAPTURE.c.fetched_at, CAPTURE.c.digest)
    statement = statement.where(CAPTURE.c.url == storable(url), CAPTURE.c.kind == "response")
    row = conn.execute(statement.order_by(CAPTURE.c.fetched_at.desc()).limit(1)).first()
    return LastResponse(row.fetched_at, row.digest) if row else None


def archived_articles(conn: Connection, portal: str | None = None) -> Iterator[ToRead]:
    """Every article, with the capture of its page as it was when the article was last read."""
    after = 0
    while True:
        statement = select(ARTICLE.c.id, ARTICLE.c.url_key, ARTICLE.c.checked_at).where(ARTICLE.c.id > after)
        if portal is not None:
            statement = statement.where(ARTICLE.c.portal == portal)
        rows = conn.execute(statement.order_by(ARTICLE.c.id).limit(_STREAM)).all()
        if not rows:
            return
        after = rows[-1].id
        best = _captures(conn, [row.id for row in rows])
        for row in rows:
            found = [c for c in best.get(row.id, ()) if c.fetched_at <= row.checked_at]
            last = max(found, key=lambda c: c.fetched_at, default=None)
            yield ToRead(row.id, row.url_key, last.file if last else None, last.offset if last else None)


def _captures(conn: Connection, article_ids: Sequence[int]) -> dict[int, list[Any]]:
    """Responses of the articles' own pages, by article."""
    statement = (
        select(ARTICLE.c.id, CAPTURE.c.file, CAPTURE.c.offset, CAPTURE.c.fetched_at)
        .select_from(ARTICLE)
        .join(PAGE, and_(PAGE.c.article_id == ARTICLE.c.id, PAGE.c.kind == "article"))
        .join(CAPTURE, CAPTURE.c.page_id == PAGE.c.id)
        .where(ARTICLE.c.id.in_(article_ids), CAPTURE.c.kind == "response", CAPTURE.c.status == 200)
    )
    found: dict[int, list[Any]] = {}
    for row in conn.execute(statement):
        found.setdefault(row.id, []).append(row)
    return found


def parts_of(conn: Connection, article_id: int) -> dict[str, tuple[str, int]]:
    """(file, offset) of the last response of every page of an article, by url_key."""
    statement = (
        select(PAGE.c.url_key, CAPTURE.c.file, CAPTURE.c.offset)
        .join(CAPTURE, CAPTURE.c.page_id == PAGE.c.id)
        .where(PAGE.c.article_id == article_id, CAPTURE.c.kind == "response", CAPTURE.c.status == 200)
        .order_by(CAPTURE.c.fetched_at)
    )
    return {row.url_key: (row.file, row.offset) for row in conn.execute(statement)}


def count_captures(conn: Connection) -> int:
    """How many responses the index knows."""
    return conn.scalar(select(func.count()).select_from(CAPTURE)) or 0
