"""A filled database of an earlier version, brought to this one: nothing is lost, everything is found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, text

from storage import migrate
from storage.check import problems
from storage.engine import Database, open_database
from storage.queries import (
    article_by,
    article_records,
    changes,
    revisions,
    search_articles,
    search_images,
    timeline,
)
from storage.types import to_json
from tests.factories import article, store

BODY = (
    "青石镇的茶园今年春天迎来丰收，茶农们清晨便背着竹篓上山采摘嫩芽，山路上笑声不断，直到傍晚才陆续下山。\n"
    "镇上的老师傅说，炒茶的手艺传了三代人，火候全凭一双手来掌握，机器至今替代不了，年轻人也愿意回来学。"
)
BLOCKS = [{"type": "paragraph"}, {"type": "paragraph"}, {"type": "image", "image": 0}]
TIME = "2021-03-02 00:30:00.000000"
TOKENS = "茶 茶园 园 丰收 采茶"
URL = "https://news.qingshi.example/{}.html"


def fill(conn: Connection) -> None:
    """Two copies in a story and an article that was edited and is gone, as the version of revision 0002 wrote."""

    def put(table: str, **values: object) -> None:
        literals = ", ".join(literal(value) for value in values.values())
        conn.exec_driver_sql(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({literals})")

    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("SET LOCAL TIME ZONE 'UTC'")
    put("run", id=1, portal="qingshi", arguments="{}", started_at=TIME, host="here", pid=1, version="0")
    put("story", id=1, first_article_id=1, size=2, created_at=TIME)
    put("image", id=1, url="https://img.qingshi.example/1.jpg", url_key="img.qingshi.example/1.jpg")
    put("picture", id=1, sha256="a" * 64, dhash=-1, phash=7, width=640, height=480)
    put("person", id=1, name="林溪")
    for number in (1, 2, 3):
        whole = number < 3
        key = (1_614_645_000 + number * 86_400) << 31 | number << 10
        put(
            "article", id=number, portal="qingshi", url=URL.format(number),
            url_key=URL.format(number).partition("://")[2], url_rules=1, channel='["青石频道","农业"]',
            channel_path="青石频道/农业", title="茶园喜获丰收" if whole else "渡口的新桥", keywords="[]",
            language="zh-CN", published_at=f"2021-03-0{number + 1} 00:30:00.000000", published_offset=480,
            published_precision="second", published_day=f"2021-03-0{number + 1}",
            source_name="青石晚报", authors='["林溪"]', blocks=to_json(BLOCKS if number == 1 else BLOCKS[:2]),
            body_text=BODY if whole else "新桥今天通车。\n渡船停了。", pages=1, template="plain", extractor="1",
            text_hash="same" if whole else None, content_hash=str(number), sort_key=key,
            story_id=1 if whole else None, stored_at=TIME, checked_at=TIME,
            gone_at=None if whole else "2021-04-01 00:00:00.000000", run_id=1,
        )  # fmt: skip
        put(
            "page", id=number, portal="qingshi", url=URL.format(number),
            url_key=URL.format(number).partition("://")[2], kind="article",
            state="stored" if whole else "gone", attempts=1, channel="qs", depth=0,
            first_seen_at=TIME, last_fetch_at=TIME, article_id=number, run_id=1,
        )  # fmt: skip
        put("byline", article_id=number, role="author", number=1, person_id=1)
        index(conn, "article", key, TOKENS if whole else "新桥")
        if number == 1:
            index(conn, "image", key + 1, TOKENS)
    put(
        "article_image", id=1, article_id=1, image_id=1, picture_id=1, number=1, position=2,
        caption="茶农在山坡上采茶", credit="沈墨", credit_raw="沈墨/摄",
    )  # fmt: skip
    put(
        "story_link",
        id=1,
        story_id=1,
        article_id=2,
        other_id=1,
        kind="same",
        similarity=1.0,
        why="same normalised text",
        method="exact-1",
    )
    put(
        "revision", id=1, article_id=3, number=1, seen_at="2021-03-05 00:00:00.000000", title="渡口的旧桥",
        body_text="旧桥还在。", blocks='[{"type":"paragraph"}]', images="[]", content_hash="0", changed='["title"]',
    )  # fmt: skip
    put(
        "absence",
        id=1,
        article_id=3,
        missed_at=TIME,
        gone_at="2021-04-01 00:00:00.000000",
        reason="http_404",
        run_id=1,
    )
    put(
        "capture", id=1, page_id=1, url=URL.format(1), fetched_at=TIME, status=200, kind="response",
        digest="sha1:A", file="a.warc.gz", length=10, **{'"offset"': 0},
    )  # fmt: skip
    put(
        "tombstone",
        url_key="news.qingshi.example/99.html",
        url=URL.format(99),
        reason="asked",
        forgotten_at=TIME,
    )
    if conn.dialect.name == "postgresql":
        for table in (
            "run",
            "story",
            "image",
            "picture",
            "person",
            "article",
            "page",
            "article_image",
            "story_link",
            "revision",
            "absence",
            "capture",
        ):
            conn.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
            )


def literal(value: object) -> str:
    if value is None:
        return "NULL"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def index(conn: Connection, kind: str, key: int, tokens: str) -> None:
    if conn.dialect.name == "sqlite":
        conn.execute(
            text(f"INSERT INTO {kind}_fts (rowid, tokens) VALUES (:key, :tokens)"),
            {"key": key, "tokens": tokens},
        )
    else:
        conn.execute(
            text(f"INSERT INTO {kind}_search VALUES (:key, CAST(:tokens AS tsvector))"),
            {"key": key, "tokens": tokens},
        )


@pytest.fixture
def upgraded(empty_url: str) -> Iterator[Database]:
    """A database that was made at revision 0002, filled, and opened by this version."""
    engine = create_engine(empty_url)
    with engine.begin() as conn:
        configuration = migrate.config()
        configuration.attributes["connection"] = conn
        command.upgrade(configuration, "0002")
        fill(conn)
    engine.dispose()
    with closing(open_database(empty_url)) as database:
        assert database.upgraded_from == "0002"
        yield database


def test_an_old_database_is_whole_after_the_upgrade(upgraded: Database) -> None:
    with upgraded.reading() as conn:
        assert migrate.current(conn) == migrate.HEAD
    assert problems(upgraded) == []


def test_its_articles_are_read_as_they_were(upgraded: Database) -> None:
    with upgraded.reading() as conn:
        records = [found.record for found in article_records(conn)]
        found = article_by(conn, URL.format(1))

    assert [record["title"] for record in records] == ["茶园喜获丰收", "茶园喜获丰收", "渡口的新桥"]
    assert records[0]["published_at"] == "2021-03-02T08:30:00+08:00"
    assert records[0]["body_text"] == BODY
    assert [block["type"] for block in records[0]["blocks"]] == ["paragraph", "paragraph", "image"]
    assert records[0]["images"][0]["caption"] == "茶农在山坡上采茶"
    assert (records[0]["images"][0]["dhash"], records[0]["images"][0]["width"]) == ("f" * 16, 640)
    assert found is not None
    assert found.id == 1


def test_its_copies_are_still_one_story(upgraded: Database) -> None:
    with upgraded.reading() as conn:
        (number,) = {found.record["story"] for found in article_records(conn, ids=[1, 2])}
        members = [copy.article_id for copy in timeline(conn, number)]
        linked = conn.execute(text("SELECT article_id, earlier_id, delay_days FROM reprints")).all()

    assert members == [1, 2]
    assert [tuple(row) for row in linked] == [(2, 1, 1)]


def test_its_search_finds_what_it_found(upgraded: Database) -> None:
    with upgraded.reading() as conn:
        assert [hit.id for hit in search_articles(conn, "茶园")] == [2, 1]
        assert [(hit.article_id, hit.number) for hit in search_images(conn, "采茶")] == [(1, 1)]


def test_its_history_is_kept(upgraded: Database) -> None:
    with upgraded.reading() as conn:
        assert [(change.kind, change.article_id) for change in changes(conn)] == [("gone", 3), ("edited", 3)]
        assert [state["title"] for state in revisions(conn, 3)] == ["渡口的旧桥"]


def test_it_takes_new_articles_and_knows_the_old_ones(upgraded: Database) -> None:
    new, copy = store(
        upgraded,
        article(8),
        article(9, title="茶园喜获丰收", body_text=BODY),
    )

    assert (new.article_id, new.state) == (4, "new")
    with upgraded.reading() as conn:
        members = [member.article_id for member in timeline(conn, copy.story_id or 0)]
    assert sorted(members) == [1, 2, 5]
    assert problems(upgraded) == []


def test_views_of_an_earlier_version_are_replaced(empty_url: str) -> None:
    engine = create_engine(empty_url)
    with engine.begin() as conn:
        configuration = migrate.config()
        configuration.attributes["connection"] = conn
        command.upgrade(configuration, "0008")
        for view in ("articles", "reprints"):
            conn.exec_driver_sql(f"CREATE VIEW {view} AS SELECT url FROM article")
    engine.dispose()

    with closing(open_database(empty_url)) as database, database.reading() as conn:
        assert conn.execute(text("SELECT gone FROM articles")).all() == []
        assert conn.execute(text("SELECT earlier_story FROM reprints")).all() == []
