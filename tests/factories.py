"""Articles made for tests, in Chinese of our own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import Table, select

from crawler.items import Article, Block, Fetch, Image, Source, join_text
from pipelines.fingerprint import fingerprint
from storage.committer import Operation, write_batch
from storage.engine import Database
from storage.pages import Found, Kind
from storage.writer import StoreArticle, Stored

T = TypeVar("T")
FIRST_DAY = date(2021, 3, 1)
_NUMERALS = "零一二三四五六七八九"


def numeral(number: int) -> str:
    """The digits of a number in Chinese.

    >>> numeral(207)
    '二零七'
    """
    return "".join(_NUMERALS[int(digit)] for digit in str(number))


def text(number: int) -> str:
    """A text of two paragraphs, long enough to have a text_hash, that no other number has."""
    name = numeral(number)
    return (
        f"青石镇第{name}号茶园今年春天迎来丰收，茶农们清晨便背着竹篓上山采摘嫩芽，山路上笑声不断。\n"
        f"镇上的老师傅说，第{name}号茶园的炒茶手艺传了三代人，火候全凭一双手来掌握，机器至今替代不了。"
    )


def article(number: int, **changes: Any) -> Article:
    """Article number `number`, with its fingerprint; `changes` are fields with other values.

    Published a day after the one before it. Blocks follow from a changed body_text or images: all text,
    then all images.
    """
    day = FIRST_DAY + timedelta(days=number)
    fields: dict[str, Any] = {
        "url": url(number),
        "title": f"第{numeral(number)}号茶园喜获丰收",
        "portal": "qingshi",
        "channel": ["青石频道", "农业"],
        "keywords": ["茶园", "丰收"],
        "language": "zh-CN",
        "published_at": f"{day.isoformat()}T08:30:00+08:00",
        "published_raw": f"{day.isoformat()} 08:30:00",
        "source": Source("青石晚报", "https://paper.qingshi.example/"),
        "authors": ["林溪"],
        "editor": "周远",
        "duty_editor": "何岚",
        "body_text": text(number),
        "template": "plain",
        "extractor": "1",
    }
    fields |= changes
    images = fields.setdefault("images", [])
    if "blocks" not in changes:
        lines = [line for line in fields["body_text"].split("\n") if line]
        fields["blocks"] = [Block("paragraph", text=line) for line in lines]
        for index, image in enumerate(images):
            image.position = len(fields["blocks"])
            fields["blocks"].append(Block("image", image=index))
        fields["body_text"] = join_text(fields["blocks"])
    made = Article(**fields)
    if made.fingerprint is None:
        made.fingerprint = fingerprint(made)
    return made


def url(number: int) -> str:
    return f"https://news.qingshi.example/{number}.html"


def image(number: int, **changes: Any) -> Image:
    """Picture number `number`, with a caption and a credit."""
    name = numeral(number)
    made = Image(
        url=f"https://img.qingshi.example/photo{number}.jpg",
        position=0,
        caption=f"茶农在第{name}号坡地采茶",
        credit="沈墨",
        credit_raw="沈墨/摄",
    )
    return replace(made, **changes)


def found(number: int, kind: Kind = "article", **changes: Any) -> Found:
    """What a list page tells of URL number `number`."""
    fields: dict[str, Any] = {"url": url(number), "url_key": url(number).partition("://")[2], "kind": kind}
    return Found(**(fields | changes))


def apply(database: Database, operation: Operation[T]) -> T:
    """What one operation returns, committed."""
    (result,) = write_batch(database, [operation])
    if isinstance(result, BaseException):
        raise result
    done: T = result
    return done


def store(database: Database, *articles: Article) -> list[Stored]:
    """Store articles in one batch; what became of each."""
    results = write_batch(database, [StoreArticle(item) for item in articles])
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


def fetched(item: Article, page_id: int | None, **changes: Any) -> Article:
    """The article as if the ledger's page `page_id` had brought it."""
    item.fetch = Fetch(page_id=page_id, **changes)
    return item


def rows(database: Database, table: Table, **where: Any) -> list[Any]:
    """Rows of a table whose columns have these values, in the order of its primary key."""
    statement = select(table).order_by(*table.primary_key.columns)
    statement = statement.where(*(table.c[name] == value for name, value in where.items()))
    with database.reading() as conn:
        return list(conn.execute(statement))


def row(database: Database, table: Table, **where: Any) -> Any:
    """The only such row."""
    found_rows = rows(database, table, **where)
    assert len(found_rows) == 1, f"{table.name} has {len(found_rows)} rows where {where}"
    return found_rows[0]


def numbers(articles: Iterable[Article]) -> list[int]:
    """The numbers of articles that article() made."""
    return [int(item.url.rpartition("/")[2].removesuffix(".html")) for item in articles]
