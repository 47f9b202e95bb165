"""A small database for the examples in the docs: a harvest that three portals report."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update

from crawler.items import Source
from storage.engine import Database
from storage.ledger import Discover
from storage.models import ABSENCE, PAGE, REVISION
from storage.visits import Missing
from tests.factories import apply, article, fetched, found, image, row, store

HARVEST = "https://img.cri.cn/2021/harvest.jpg"


def fill(database: Database) -> None:
    """Five articles: three copies of one, with one picture; an edit soon after, a page that vanished."""
    (page,) = apply(database, Discover("cri", None, [found(1)]))
    picture = image(1, url=HARVEST)
    first = article(1, portal="cri", images=[picture], source=Source("国际在线"))
    copy = {"title": first.title, "body_text": first.body_text}
    store(database, fetched(first, page.id))
    store(
        database,
        article(2, **copy, portal="people", published_at="2021-03-02T09:45:00+08:00", source=Source("人民网"),
                images=[image(1, url=HARVEST, caption="春茶上市，茶农采茶忙", credit=None, credit_raw=None)]),
        article(3, **copy | {"title": "三代人的茶园"}, portal="xinhua", published_at="2021-03-03T07:00:00+08:00",
                source=Source("国际在线"), channel=["图片"]),
        article(4, portal="cri", published_at="2021-03-09", channel=["青石频道", "旅游"], editor="江平"),
        article(5, portal="cri", title="渡口的旧桥"),
    )  # fmt: skip
    store(database, article(5, portal="cri", title="渡口的新桥"))
    for _ in range(2):
        apply(database, Missing(page.id, None, "http_404", 404, (), confirm=0))
    with database.writing() as conn:
        conn.execute(update(REVISION).values(seen_at=datetime(2021, 3, 6, 1, 10, tzinfo=UTC)))
        conn.execute(update(ABSENCE).values(gone_at=datetime(2021, 4, 1, tzinfo=UTC)))
    assert row(database, PAGE, id=page.id).state == "gone"


def fill_gaps(database: Database) -> None:
    """Pages that lack something, behind those of fill(): no time, no portal, no channel, no source.

    Two more are copies, one has its picture under http; what a NULL does to an order shows.
    """
    timeless: dict[str, Any] = {"published_at": None, "published_raw": None}
    nowhere: dict[str, Any] = {"portal": None, "channel": [], "source": None}
    body = {"body_text": article(1).body_text}
    store(
        database,
        article(20, **timeless, **nowhere, images=[image(1, url=HARVEST, caption="茶农采茶，没有日期", credit=None)]),
        article(21, **nowhere, images=[image(1, url="http" + HARVEST[5:], caption="另一种采茶"), image(2)]),
        article(22, **body, **timeless, title="没有日期的转载", portal="people", source=Source("青石晚报")),
        article(23, **body, published_at="2021-03-02T09:45:00+08:00", title="同时的转载", portal="people", source=Source("青石晚报")),
        article(24, **body, **nowhere, published_at="2021-03-02T09:45:00+08:00", title="没有门户的转载"),
        article(25, portal="cri", channel=[], images=[image(3, credit=None)]),
        article(26, portal="people", authors=["叶知秋"], images=[image(4, credit=None)]),
    )  # fmt: skip
