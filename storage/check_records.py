"""Reads every article once, as an export does, and names those that cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Connection, select

from crawler.items import TEXT_BLOCKS
from storage.models import ARTICLE
from storage.streams import PIECE, article_records

UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
"""What making an article of a damaged row raises."""
_NAMED = 10  # articles named one by one


def problems(conn: Connection) -> Iterator[str]:
    """What is wrong with articles, in words."""
    yield from listed(_articles(conn), "articles are damaged")


def listed(messages: Iterable[str], of_others: str) -> Iterator[str]:
    """The first messages, and how many there are more."""
    rest = iter(messages)
    yield from islice(rest, _NAMED)
    if number := sum(1 for _ in rest):
        yield f"{number} more {of_others}"


def _articles(conn: Connection) -> Iterator[str]:
    after = 0
    statement = select(ARTICLE.c.id, ARTICLE.c.channel_path).order_by(ARTICLE.c.id).limit(PIECE)
    while rows := conn.execute(statement.where(ARTICLE.c.id > after)).all():
        paths = {row.id: row.channel_path for row in rows}
        try:
            records = list(article_records(conn, ids=paths))
            found = {number: _wrong(conn, number, record, paths[number]) for number, record in records}
        except UNREADABLE:
            found = {number: _unreadable(conn, number, path) for number, path in paths.items()}
        for number, wrong in found.items():
            if wrong is not None:
                yield f"article {number}: {wrong}"
        after = rows[-1].id


def _unreadable(conn: Connection, number: int, path: str | None) -> str | None:
    try:
        ((_, record),) = article_records(conn, ids=[number])
        return _wrong(conn, number, record, path)
    except UNREADABLE as error:
        return f"it cannot be read: {type(error).__name__}: {error}"


def _wrong(conn: Connection, number: int, record: dict[str, Any], path: str | None) -> str | None:
    """What is wrong with an article that can be read, None when nothing is."""
    for name in ("channel", "keywords", "authors"):
        if not (isinstance(record[name], list) and all(isinstance(value, str) for value in record[name])):
            return f"its {name} are no list of texts"
    if path != ("/".join(record["channel"]) or None):
        return f"its channel_path {path!r:.80} is not that of its channel"
    blocks, images = record["blocks"], len(record["images"])
    if any(block["type"] == "image" and not 0 <= block["image"] < images for block in blocks):
        return f"its blocks name a picture that it does not have; it has {images}"
    texts = [block["text"] for block in blocks if block["type"] in TEXT_BLOCKS]
    if texts and "\n".join(texts) != record["body_text"] and _is_cut(conn, number):
        return "its blocks and its text do not agree"
    return None


def _is_cut(conn: Connection, number: int) -> bool:
    """True when the texts of an article's blocks were left out, as they are its text: see storage.blocks."""
    blocks = conn.execute(select(ARTICLE.c.blocks).where(ARTICLE.c.id == number)).scalar_one()
    return any("text" not in block for block in blocks if block["type"] in TEXT_BLOCKS)
