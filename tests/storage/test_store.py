"""Storing articles: new, the same again, changed; what cannot be stored."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from crawler.items import Article, Block, Fetch, Source, to_record
from pipelines.fingerprint import fingerprint
from storage.committer import write_batch
from storage.engine import Database, DatabaseError
from storage.ledger import Discover, open_pages
from storage.models import ARTICLE, IMAGE, PAGE, REVISION
from storage.queries import article_by, revisions
from storage.runs import StartRun
from storage.search import search_articles
from storage.writer import StoreArticle
from tests.factories import apply, article, fetched, found, image, row, rows, store, text, url

RICH: dict[str, Any] = {
    "canonical_url": "https://news.qingshi.example/rich.html",
    "subtitle": "三代人守一片山",
    "modified_at": "2021-03-05",
    "pages": 3,
    "body_text": "一行字\n两行\n的引文\n甲\t乙",
    "blocks": [
        Block("heading", text="一行字"),
        Block("image", image=0),
        Block("quote", text="两行\n的引文"),
        Block("table", text="甲\t乙", rows=[["甲", "乙"]]),
        Block("video", url="https://v.qingshi.example/1.mp4", poster="https://v.qingshi.example/1.jpg"),
        Block("image", image=1),
    ],
}


def record(database: Database, number: int) -> dict[str, Any]:
    with database.reading() as conn:
        kept = article_by(conn, url(number))
    assert kept is not None
    return to_record(kept.article)


def rich() -> Article:
    pictures = [
        image(1, position=1, alt="采茶", width=640, height=480),
        image(2, position=5, caption=None, credit=None, credit_raw=None),
    ]
    return article(1, images=pictures, **RICH)


def test_an_article_comes_back_as_it_was_stored(database: Database) -> None:
    item = rich()

    store(database, item)

    assert record(database, 1) == to_record(item)


@pytest.mark.parametrize(
    ("published_at", "published_raw"),
    [
        (None, "3月5日"),
        ("2021-03-05", "2021-03-05"),
        ("2021-03-05T08:30:00+08:00", "2021-03-05 08:30"),
        ("2021-03-05T08:30:17+08:00", "2021-03-05 08:30:17"),
        ("2021-03-05T00:30:00-05:00", "Mar 5, 2021 00:30"),
        ("1969-12-31T23:00:00+08:00", "1969-12-31 23:00"),
        ("2150-01-01T00:00:00+00:00", None),
    ],
)
def test_a_time_comes_back_as_it_was_stored(
    database: Database, published_at: str | None, published_raw: str | None
) -> None:
    store(database, article(1, published_at=published_at, published_raw=published_raw))

    assert record(database, 1)["published_at"] == published_at


def test_a_time_keeps_its_utc_instant_and_the_day_of_its_page(database: Database) -> None:
    store(database, article(1, published_at="2021-03-05T00:30:00+08:00", published_raw="2021-03-05 00:30"))

    kept = row(database, ARTICLE)
    assert kept.published_at == datetime(2021, 3, 4, 16, 30, tzinfo=UTC)
    assert (kept.published_offset, kept.published_precision, kept.published_day) == (
        480,
        "minute",
        "2021-03-05",
    )


def test_the_same_article_again_is_the_same_and_only_seen_later(database: Database) -> None:
    (first,) = store(database, article(1, images=[image(1)]))
    before = row(database, ARTICLE)
    later = datetime(2031, 1, 1, tzinfo=UTC)

    (again,) = store(database, fetched(article(1, images=[image(1)]), None, fetched_at=later))

    after = row(database, ARTICLE)
    assert (first.state, again.state) == ("new", "same")
    assert again.article_id == first.article_id
    assert after.checked_at == later
    assert after._asdict() | {"checked_at": before.checked_at} == before._asdict()
    assert rows(database, REVISION) == []


def test_a_changed_text_makes_a_revision_of_the_state_before(database: Database) -> None:
    store(database, article(1, images=[image(1)]))

    (again,) = store(
        database,
        article(
            1, title="第一号茶园再获丰收", images=[image(1, caption="茶农在山上合影")], body_text=text(2)
        ),
    )

    assert again.state == "changed"
    assert record(database, 1)["title"] == "第一号茶园再获丰收"
    with database.reading() as conn:
        (revision,) = revisions(conn, again.article_id)
    assert revision["number"] == 1
    assert revision["title"] == "第一号茶园喜获丰收"
    assert revision["body_text"] == text(1)
    assert revision["images"][0]["caption"] == "茶农在第一号坡地采茶"
    assert revision["changed"] == ["title", "body_text", "images"]
    assert row(database, ARTICLE).changed_at is not None


def test_each_change_adds_a_revision_and_going_back_is_a_change_too(database: Database) -> None:
    titles = ["初稿的标题", "改过的标题", "初稿的标题"]

    states = [store(database, article(1, title=title))[0].state for title in titles]

    assert states == ["new", "changed", "changed"]
    assert [(r.number, r.title) for r in rows(database, REVISION)] == [(1, "初稿的标题"), (2, "改过的标题")]


def test_two_states_of_an_article_in_one_batch_are_stored_one_after_the_other(database: Database) -> None:
    results = store(database, article(1), article(2), article(1, title="同一批里的新标题"), article(1))

    assert [result.state for result in results] == ["new", "new", "changed", "changed"]
    assert record(database, 1) == to_record(article(1))
    assert [r.title for r in rows(database, REVISION)] == [article(1).title, "同一批里的新标题"]


def test_what_readers_do_not_see_changes_without_a_revision(database: Database) -> None:
    store(database, article(1))

    (again,) = store(
        database, article(1, editor="苏禾", source=None, keywords=["新茶"], published_at="2021-03-04")
    )

    assert again.state == "same"
    assert rows(database, REVISION) == []
    now = record(database, 1)
    assert (now["editor"], now["source"], now["keywords"]) == ("苏禾", None, ["新茶"])
    assert now["published_at"] == "2021-03-04"


def test_another_way_of_hashing_makes_no_revision(database: Database) -> None:
    store(database, article(1))
    item = article(1)
    assert item.fingerprint is not None
    item.fingerprint.content_hash = "0" * 32

    (again,) = store(database, item)

    assert again.state == "same"
    assert row(database, ARTICLE).content_hash == "0" * 32
    assert rows(database, REVISION) == []


def test_search_finds_the_new_state_and_no_longer_the_old(database: Database) -> None:
    store(database, article(1, title="龙井上市", images=[image(1, caption="老茶馆门前")]))

    store(database, article(1, title="毛尖上市", images=[image(1, caption="新茶馆门前")]))

    with database.reading() as conn:
        found_now = {
            word: len(search_articles(conn, word)) for word in ("龙井", "毛尖", "老茶馆", "新茶馆", "丰收")
        }
    assert found_now == {"龙井": 0, "毛尖": 1, "老茶馆": 0, "新茶馆": 1, "丰收": 1}


def test_an_article_without_text_or_time_or_anything_optional_is_stored(database: Database) -> None:
    bare = Article(url=url(1), title="只有图片", images=[image(1)], blocks=[Block("image", image=0)])
    bare.fingerprint = fingerprint(bare)

    store(database, bare)

    assert record(database, 1) == to_record(bare)


@pytest.mark.parametrize(
    "other",
    [
        "http://news.qingshi.example/1.html",
        "https://m.news.qingshi.example/1.html#p2",
        "https://news.qingshi.example/1.html?utm_source=wx",
    ],
)
def test_another_form_of_the_url_is_the_same_article(database: Database, other: str) -> None:
    (first,) = store(database, article(1))

    (again,) = store(database, article(1, url=other))

    assert (again.article_id, again.state) == (first.article_id, "same")
    assert row(database, ARTICLE).url == other


def test_a_query_that_says_which_article_makes_another_one(database: Database) -> None:
    first, second = store(database, article(1, url=f"{url(1)}?id=1"), article(1, url=f"{url(1)}?id=2"))

    assert first.article_id != second.article_id
    assert second.reprint_of == f"{url(1)}?id=1"


def test_an_article_seen_again_is_no_longer_gone(database: Database) -> None:
    store(database, article(1))
    with database.writing() as conn:
        conn.execute(ARTICLE.update().values(gone_at=datetime.now(UTC)))

    store(database, article(1))

    assert row(database, ARTICLE).gone_at is None


def test_nul_and_lone_surrogates_are_cleaned_wherever_they_stand(database: Database) -> None:
    item = article(
        1,
        title="茶\0园",
        channel=["青\ud800石"],
        keywords=["\0"],
        source=Source("晚\0报", "https://x.example/\ud800"),
        body_text=text(1) + "\ud800尾\0",
        images=[image(1, caption="采\0茶", alt="\udfff")],
        authors=["林\0溪"],
    )

    store(database, item)

    kept = record(database, 1)
    assert kept["title"] == "茶园"
    assert kept["channel"] == ["青\ufffd石"]
    assert kept["source"] == {"name": "晚报", "url": "https://x.example/\ufffd"}
    assert kept["body_text"].endswith("\ufffd尾")
    assert (kept["images"][0]["caption"], kept["images"][0]["alt"]) == ("采茶", "\ufffd")
    assert kept["authors"] == ["林溪"]


def test_characters_beyond_the_basic_plane_are_kept(database: Database) -> None:
    store(database, article(1, title="𫍯园的𠮷日🍵"))

    assert record(database, 1)["title"] == "𫍯园的𠮷日🍵"


def test_absurd_picture_sizes_are_unknown_sizes(database: Database) -> None:
    store(database, article(1, images=[image(1, width=1 << 40, height=-5), image(2, width=0, height=10)]))

    sizes = [(one["width"], one["height"]) for one in record(database, 1)["images"]]
    assert sizes == [(None, None), (None, 10)]


@pytest.mark.parametrize(
    ("poison", "message"),
    [
        (article(2, published_at="昨天"), "2.html: published_at '昨天' is not ISO 8601"),
        (article(2, images=[image(1, sha256="ab" * 32, dhash="xyz")]), "64-bit hash 'xyz': 16 hex digits"),
    ],
)
def test_a_row_that_cannot_be_stored_costs_itself_only(
    database: Database, poison: Article, message: str
) -> None:
    batch = [StoreArticle(deepcopy(item)) for item in (article(1), poison, article(3))]

    first, failed, third = write_batch(database, batch)

    assert isinstance(failed, ValueError)
    assert message in str(failed)
    assert [first.state, third.state] == ["new", "new"]
    assert [kept.url for kept in rows(database, ARTICLE)] == [url(1), url(3)]
    assert [kept.url for kept in rows(database, PAGE)] == [url(1), url(3)]
    assert rows(database, IMAGE) == []


def test_an_article_without_fingerprint_is_refused_with_what_to_do(database: Database) -> None:
    item = article(1)
    item.fingerprint = None

    (failed,) = write_batch(database, [StoreArticle(item)])

    assert isinstance(failed, ValueError)
    assert not isinstance(failed, DatabaseError)
    assert "run pipelines.fingerprint first" in str(failed)


def test_a_stored_article_marks_its_pages(database: Database) -> None:

    first, second, whole = apply(database, Discover("qingshi", None, [found(1), found(2), found(3)]))
    item = fetched(article(1), first.id, part_ids=[first.id, second.id, whole.id], status=200, etag='"a"')

    (stored,) = store(database, item)

    pages = rows(database, PAGE)
    assert [page.state for page in pages] == ["stored"] * 3
    assert [page.kind for page in pages] == ["article", "part", "part"]
    assert {page.article_id for page in pages} == {stored.article_id}
    assert (pages[0].last_status, pages[0].etag, pages[0].attempts) == (200, '"a"', 1)


def test_an_article_that_lacks_a_part_stays_open_and_is_mended_by_the_next_run(database: Database) -> None:

    first, second = apply(database, Discover("qingshi", None, [found(1), found(2)]))
    half = fetched(article(1, body_text=text(1)), first.id, part_ids=[second.id], incomplete="part_missing")

    store(database, half)

    page = row(database, PAGE, id=first.id)
    assert (page.state, page.reason) == ("discovered", "part_missing")
    assert page.article_id is not None
    assert row(database, PAGE, id=second.id).state == "stored"
    with database.reading() as conn:
        assert [p.id for p in open_pages(conn, "qingshi")] == [first.id]

    (again,) = store(database, fetched(article(1, body_text=f"{text(1)}\n{text(2)}"), first.id))

    page = row(database, PAGE, id=first.id)
    assert (again.state, page.state, page.reason) == ("changed", "stored", None)


def test_an_article_that_no_fetch_brought_gets_a_ledger_row(database: Database) -> None:
    (stored,) = store(database, article(1))

    page = row(database, PAGE)
    assert (page.kind, page.state, page.url, page.article_id) == (
        "article",
        "stored",
        url(1),
        stored.article_id,
    )


def test_an_article_that_no_fetch_brought_closes_the_row_that_its_url_has(database: Database) -> None:

    apply(database, Discover("qingshi", None, [found(1, channel="nong")]))

    (stored,) = store(database, article(1))

    page = row(database, PAGE)
    assert (page.state, page.article_id, page.channel) == ("stored", stored.article_id, "nong")


def test_a_run_is_noted_with_the_article_that_it_brought(database: Database) -> None:

    run_id = apply(database, StartRun("qingshi", {}, "host", 1, "0"))
    item = article(1)
    item.fetch = Fetch(run_id=run_id)

    store(database, item)

    assert row(database, ARTICLE).run_id == run_id
