"""The views: documented column by column, and the same on both databases."""

from __future__ import annotations

import json
import re
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text, update

from crawler.items import Source
from storage.engine import Database, open_database
from storage.ledger import Discover
from storage.migrate import VERSION_TABLE
from storage.models import ABSENCE, ARTICLE, METADATA, PAGE, PICTURE, REVISION
from storage.queries import article_records
from storage.visits import Missing
from tests.factories import apply, article, fetched, found, image, row, store

SCHEMA = (Path(__file__).resolve().parents[2] / "docs/schema.md").read_text("utf-8")
SECTION = re.compile(r"^### (\w+)\n(.*?)(?=^##)", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `(\w+)` \|", re.MULTILINE)
DOCUMENTED = {name: ROW.findall(section) for name, section in SECTION.findall(SCHEMA)}


@pytest.fixture
def filled(database: Database) -> Database:
    """Three articles, one a day without a time and one west of Greenwich; an edit, a disappearance."""
    (page,) = apply(database, Discover("qingshi", None, [found(3)]))
    first = article(1, images=[image(1, sha256="a" * 64, dhash="f" * 16, phash="0" * 15 + "1")])
    again = {"title": first.title, "body_text": first.body_text, "portal": "baisha"}
    store(
        database,
        first,
        article(2, **again, published_at="2021-03-04"),
        article(5, **again, published_at="2021-03-02T09:00:59+08:00", source=None),
        fetched(article(3, published_at="2021-03-03T23:01:00-05:30"), page.id),
    )
    store(database, article(1, title="第一号茶园又获丰收", images=[image(1)]))
    for _ in range(2):
        apply(database, Missing(page.id, None, "http_404", 404, (), confirm=0))
    return database


def news(number: int) -> str:
    """A long text that shares nothing with those of other numbers."""
    return "".join(chr(0x4E00 + (number * 500 + place * 7) % 20_000) for place in range(400))


def ask(database: Database, statement: str) -> list[Any]:
    with database.reading() as conn:
        return [tuple(found) for found in conn.execute(text(statement))]


def test_every_view_and_column_is_documented_and_there(database: Database) -> None:
    with database.reading() as conn:
        inspector = inspect(conn)
        there = {
            name: [column["name"] for column in inspector.get_columns(name)]
            for name in inspector.get_view_names()
        }

    assert there == DOCUMENTED


def test_every_table_is_documented() -> None:
    named = set(ROW.findall(SCHEMA.partition("## Tables")[2]))

    assert named == {*METADATA.tables, VERSION_TABLE}


def test_no_view_has_the_name_of_a_table() -> None:
    assert set(DOCUMENTED).isdisjoint(METADATA.tables)


def test_a_time_stands_at_the_page_s_own_offset_and_in_utc(filled: Database) -> None:
    times = ask(filled, "SELECT published, published_utc, published_day FROM articles ORDER BY id")

    assert times == [
        ("2021-03-02T08:30:00+08:00", "2021-03-02T00:30:00Z", "2021-03-02"),
        ("2021-03-04", "2021-03-03T16:00:00Z", "2021-03-04"),
        ("2021-03-02T09:00:59+08:00", "2021-03-02T01:00:59Z", "2021-03-02"),
        ("2021-03-03T23:01:00-05:30", "2021-03-04T04:31:00Z", "2021-03-03"),
    ]


def test_a_time_before_1970_and_none_at_all_are_read_too(database: Database) -> None:
    store(
        database,
        article(1, published_at="1949-10-01T15:00:00+08:00"),
        article(2, published_at=None, published_raw=None),
    )

    times = ask(database, "SELECT published, published_utc, published_day FROM articles ORDER BY id")

    assert times == [("1949-10-01T15:00:00+08:00", "1949-10-01T07:00:00Z", "1949-10-01"), (None, None, None)]


def test_a_time_keeps_the_fraction_that_the_record_has(database: Database) -> None:
    for number, at in enumerate(("2021-03-02T08:30:00.250000+08:00", "2021-03-02T08:30:59.999999-05:30"), 1):
        store(database, article(number, published_at=at))

    with database.reading() as conn:
        records = [found.record["published_at"] for found in article_records(conn)]
    assert ask(database, "SELECT published, published_utc FROM articles ORDER BY id") == [
        ("2021-03-02T08:30:00.250000+08:00", "2021-03-02T00:30:00Z"),
        ("2021-03-02T08:30:59.999999-05:30", "2021-03-02T14:00:59Z"),
    ]
    assert records == [row[0] for row in ask(database, "SELECT published FROM articles ORDER BY id")]


def test_an_article_says_what_hangs_on_it(filled: Database) -> None:
    rows = ask(filled, "SELECT id, pictures, edits, story, reprint_of, characters FROM articles ORDER BY id")

    first = row(filled, ARTICLE, id=1)
    length = len(first.body_text)
    assert rows == [
        (1, 1, 1, 1, None, length),
        (2, 0, 0, 1, first.url, length),
        (3, 0, 0, 1, first.url, length),
        (4, 0, 0, None, None, length),
    ]


def test_json_columns_are_as_they_are(filled: Database) -> None:
    ((channel, authors, path),) = ask(
        filled, "SELECT channel, authors, channel_path FROM articles WHERE id = 1"
    )

    assert (json.loads(channel), json.loads(authors)) == (["青石频道", "农业"], ["林溪"])
    assert path == "青石频道/农业"


def test_a_photo_comes_with_its_article_and_its_file(filled: Database) -> None:
    rows = ask(filled, "SELECT article_id, number, caption, credit, sha256, dhash, phash FROM photos")

    assert rows == [(1, 1, "茶农在第一号坡地采茶", "沈墨", "a" * 64, "f" * 16, "0" * 15 + "1")]
    assert row(filled, PICTURE).dhash == -1


def test_the_uses_of_an_image_are_found_by_its_address_and_by_its_file(database: Database) -> None:
    address = "img.qingshi.example/A.jpg"
    store(
        database,
        article(1, images=[image(1, url=f"https://{address}", sha256="a" * 64)]),
    )
    store(
        database,
        article(2, images=[image(1, url="http://IMG.qingshi.example/A.jpg#top")]),
        article(3, images=[image(2), image(3, sha256="a" * 64)]),
    )

    assert ask(database, f"SELECT id, url, uses FROM images WHERE address = '{address}'") == [
        (1, f"https://{address}", 2)
    ]
    assert ask(
        database,
        f"SELECT article_id, url FROM photos WHERE image_id IN (SELECT id FROM images WHERE address = '{address}') "
        "ORDER BY id",
    ) == [(1, f"https://{address}"), (2, "http://IMG.qingshi.example/A.jpg#top")]
    assert ask(
        database,
        f"SELECT article_id, number, sha256 FROM photos "
        f"WHERE picture_id IN (SELECT id FROM files WHERE sha256 = '{'a' * 64}') ORDER BY id",
    ) == [(1, 1, "a" * 64), (3, 2, "a" * 64)]


def test_bylines_name_people_by_role(filled: Database) -> None:
    rows = ask(filled, "SELECT role, name FROM bylines WHERE article_id = 1 ORDER BY role, number")

    assert rows == [("author", "林溪"), ("duty_editor", "何岚"), ("editor", "周远"), ("photographer", "沈墨")]


def test_a_reprint_stands_beside_the_earlier_article_with_its_delay(filled: Database) -> None:
    rows = ask(
        filled,
        "SELECT article_id, earlier_id, portal, earlier_portal, source, delay_minutes, delay_days, story_size "
        "FROM reprints ORDER BY article_id",
    )

    assert rows == [
        (2, 1, "baisha", "qingshi", "青石晚报", None, 2, 3),
        (3, 1, "baisha", "qingshi", None, 30, 0, 3),
    ]


def test_an_article_made_of_two_stands_beside_both_and_counts_for_its_own_story(database: Database) -> None:
    """The first two share little; the third, at another portal, is the passage that both end with."""
    passage = news(7)
    store(
        database,
        article(1, portal="cri", title="音乐会开幕", body_text=f"{news(1)}\n{passage}"),
        article(2, portal="cri", title="新路通车", body_text=f"{news(2)}\n{passage}"),
        article(3, portal="people", title="新桥落成", body_text=passage),
        article(4, portal="people", title="新路通车", body_text=f"{news(2)}\n{passage}"),
    )

    rows = ask(
        database,
        "SELECT article_id, earlier_id, story, earlier_story, story_size FROM reprints ORDER BY id",
    )
    assert rows == [(3, 1, 1, 1, 2), (3, 2, 1, 2, 2), (4, 2, 2, 2, 2)]
    assert ask(database, "SELECT article_id FROM reprints WHERE story = earlier_story ORDER BY id") == [
        (3,),
        (4,),
    ]


def test_a_story_says_how_far_it_went(filled: Database) -> None:
    assert ask(filled, "SELECT id, size, portals, sources, article_id, portal FROM stories") == [
        (1, 3, 2, 1, 1, "qingshi")
    ]


def test_a_dissolved_story_is_none(filled: Database) -> None:
    store(filled, article(2, body_text="另一篇。"), article(5, body_text="又一篇，和谁都不同。"))

    assert ask(filled, "SELECT * FROM stories") == []
    assert ask(filled, "SELECT * FROM reprints") == []


def test_changes_are_edits_disappearances_and_returns(filled: Database) -> None:
    with filled.writing() as conn:
        conn.execute(update(ABSENCE).values(returned_at=row(filled, ABSENCE).gone_at))

    rows = ask(
        filled,
        "SELECT kind, article_id, changed, revision, old_title, reason FROM changes ORDER BY kind",
    )

    assert rows == [
        ("edited", 1, '["title"]', 1, "第一号茶园喜获丰收", None),
        ("gone", 4, None, None, None, "http_404"),
        ("returned", 4, None, None, None, None),
    ]


def test_a_change_is_timed_from_publication(filled: Database) -> None:
    seen, published = ask(
        filled,
        "SELECT at_utc, published_utc FROM changes WHERE kind = 'edited' AND minutes_after_publication > 60",
    )[0]

    assert published == "2021-03-02T00:30:00Z"
    assert seen > published
    assert row(filled, PAGE, article_id=4).state == "gone"


@pytest.mark.parametrize(
    ("later", "passed"),
    [(-59, -1), (-0.000001, -1), (0, 0), (59.999999, 0), (60, 1), (3599.999999, 59), (3600, 60), (-61, -2)],
)
def test_minutes_are_whole_and_rounded_down(filled: Database, later: float, passed: int) -> None:
    published = row(filled, ARTICLE, id=1).published_at
    with filled.writing() as conn:
        conn.execute(update(REVISION).values(seen_at=published + timedelta(seconds=later)))

    assert ask(filled, "SELECT minutes_after_publication FROM changes WHERE kind = 'edited'") == [(passed,)]


def test_what_is_gone_is_found_without_reading_the_others(filled: Database) -> None:
    with filled.reading() as conn:
        if not filled.is_sqlite:
            conn.execute(text("SET LOCAL enable_seqscan = off"))  # of four rows it would read all
        explain = "EXPLAIN QUERY PLAN" if filled.is_sqlite else "EXPLAIN"
        plan = [str(line) for line in conn.execute(text(f"{explain} SELECT id FROM articles WHERE gone"))]

    assert "ix_article_gone" in "".join(plan)
    assert ask(filled, "SELECT id FROM articles WHERE gone") == [(4,)]
    assert ask(filled, "SELECT count(*) FROM articles WHERE NOT gone AND gone_utc IS NULL") == [(3,)]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT portal, count(*) FROM articles GROUP BY portal",
        "SELECT count(*) FROM articles",
        "SELECT published_day, count(*) FROM articles GROUP BY published_day",
        "SELECT portal, count(*) FROM photos GROUP BY portal",
        "SELECT day, sum(articles) FROM daily_counts GROUP BY day",
        "SELECT source, sum(articles) FROM daily_counts GROUP BY source",
        "SELECT source, sum(articles) FROM daily_counts WHERE portal = 'cri' AND day > '2021-01-01' GROUP BY source",
    ],
)
def test_counting_reads_indexes_alone(sqlite_url: str, statement: str) -> None:
    """SQLite's plans: a table has all texts in it, an index has not."""
    with closing(open_database(sqlite_url)) as database:
        plan = [line for *_, line in ask(database, f"EXPLAIN QUERY PLAN {statement}")]

    read = [line for line in plan if line.startswith(("SCAN article", "SEARCH article"))]
    assert read != []
    assert [line for line in read if "COVERING INDEX" not in line] == []


def test_daily_counts_add_up(filled: Database) -> None:
    store(filled, article(6, source=Source("白沙日报"), published_at="2021-03-02"))

    rows = ask(
        filled,
        "SELECT day, portal, source, articles FROM daily_counts ORDER BY day, portal, coalesce(source, '')",
    )

    assert rows == [
        ("2021-03-02", "baisha", None, 1),
        ("2021-03-02", "qingshi", "白沙日报", 1),
        ("2021-03-02", "qingshi", "青石晚报", 1),
        ("2021-03-03", "qingshi", "青石晚报", 1),
        ("2021-03-04", "baisha", "青石晚报", 1),
    ]


@pytest.mark.parametrize("view", sorted(DOCUMENTED))
def test_both_databases_give_the_same_rows(both_databases: list[Database], view: str) -> None:
    for database in both_databases:
        first = article(1, images=[image(1, sha256="a" * 64, dhash="8" * 16)])
        store(database, first, article(2, title=first.title, body_text=first.body_text, portal="baisha"))
        store(database, article(1, title="第一号茶园又获丰收", images=[image(1)]))
    clock = {
        "at_utc",
        "asked_utc",
        "fetched_utc",
        "stored_utc",
        "checked_utc",
        "changed_utc",
        "minutes_after_publication",
    }

    answers = []
    for database in both_databases:
        with database.reading() as conn:
            found_rows = conn.execute(text(f"SELECT * FROM {view}")).mappings()
            # SQLite has numbers for true and false
            values = ({k: int(v) if k == "gone" else v for k, v in r.items()} for r in found_rows)
            answers.append(sorted(str({k: v for k, v in r.items() if k not in clock}) for r in values))

    assert answers[0] == answers[1] != []
