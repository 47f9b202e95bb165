"""Articles and pages that new URL rules make one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random
from typing import Any

import pytest
from sqlalchemy import insert, update

from crawler.identity import url_key
from crawler.items import Image
from pipelines.fingerprint import fingerprint
from storage.captures import NoteCapture
from storage.changes import changes
from storage.check import problems
from storage.engine import Database
from storage.forget import Forget, Forgotten
from storage.ledger import Discover, Mark
from storage.models import (
    ABSENCE,
    ARTICLE,
    ARTICLE_IMAGE,
    BYLINE,
    CAPTURE,
    IMAGE,
    PAGE,
    PERSON,
    REVISION,
    STORY,
    STORY_LINK,
    TOMBSTONE,
)
from storage.pages import Found
from storage.queries import article_by
from storage.rebuild import rebuild
from storage.rekey import rekey
from storage.search import search_articles
from tests.factories import apply, article, fetched, found, image, row, rows, store, text, url

START = datetime(2026, 1, 1, 8, tzinfo=UTC)


def at(day: float) -> datetime:
    return START + timedelta(days=day)


def form(number: int, of: int = 1) -> str:
    """One of the addresses of article `of`, which older rules took for different ones."""
    return url(of) + (f"?utm_source={number}" if number else "")


def keep(database: Database, number: int, *states: tuple[float, str], of: int = 1, **changes: Any) -> int:
    """Store an article at form `number` as it was on these days; its id."""
    article_id = 0
    for day, body in states:
        made = article(of, url=form(number, of), body_text=body, **changes)
        made = fetched(made, None, fetched_at=at(day))
        made.fingerprint = fingerprint(made)
        made.fingerprint.url_key, made.fingerprint.url_rules = f"old/{of}/{number}", 7
        (stored,) = store(database, made)
        article_id = stored.article_id
        with database.writing() as conn:
            page = update(PAGE).where(PAGE.c.url == made.url)
            conn.execute(page.values(url_key=made.fingerprint.url_key, article_id=article_id, state="stored"))
            # as if it had been found replaced on that day
            seen = update(REVISION).where(REVISION.c.article_id == article_id, REVISION.c.seen_at > at(365))
            conn.execute(seen.values(seen_at=at(day)))
    return article_id


def whole(database: Database) -> bool:
    """True when nothing is wrong, a second pass changes nothing, and stories are as if decided anew."""
    names = ("article_id", "other_id", "kind", "similarity")
    links = [{tuple(getattr(r, n) for n in names) for r in rows(database, STORY_LINK)}]
    again = rekey(database)
    moved = rebuild(database).moved
    links.append({tuple(getattr(r, n) for n in names) for r in rows(database, STORY_LINK)})
    return (problems(database), again, moved) == ([], (0, [], 0, []), 0) and links[0] == links[1]


def history(database: Database) -> list[tuple[int, str, datetime, list[str]]]:
    return [(r.number, r.body_text, r.seen_at, r.changed) for r in rows(database, REVISION)]


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows written now are told from those of the days above."""
    assert datetime.now(UTC) > at(0)
    monkeypatch.setattr("tests.storage.test_merge.START", datetime.now(UTC) - timedelta(days=700))


def test_two_become_the_one_that_was_stored_first_as_it_was_seen_last(database: Database) -> None:
    first = keep(database, 1, (0, text(1)))
    keep(database, 2, (3, text(2)), title="茶园再获丰收", authors=["江平"])

    result = rekey(database)

    assert result.merged == [(form(2), form(1))]
    stays = row(database, ARTICLE)
    assert (stays.id, stays.url_key, stays.url) == (first, url_key(url(1)), form(2))
    assert (stays.title, stays.body_text, stays.authors) == ("茶园再获丰收", text(2), ["江平"])
    assert (stays.stored_at, stays.checked_at, stays.changed_at) == (at(0), at(3), at(3))
    assert history(database) == [(1, text(1), at(3), ["title", "body_text"])]
    assert [p.article_id for p in rows(database, PAGE)] == [first]
    assert whole(database)


def test_the_row_that_stays_keeps_its_own_state_when_that_was_seen_last(database: Database) -> None:
    first = keep(database, 1, (0, text(1)), (9, text(1)))
    keep(database, 2, (3, text(2)))

    rekey(database)

    stays = row(database, ARTICLE)
    assert (stays.id, stays.body_text, stays.url) == (first, text(1), form(1))
    assert history(database) == [(1, text(2), at(3), ["body_text"])]
    assert whole(database)


def test_states_of_both_become_revisions_in_the_order_of_time(database: Database) -> None:
    keep(database, 1, (0, text(1)), (4, text(2)), (20, text(3)))
    keep(database, 2, (2, text(4)), (6, text(5)), (10, text(5)))

    rekey(database)

    assert row(database, ARTICLE).body_text == text(3)
    assert [(body, seen) for _, body, seen, _ in history(database)] == [
        (text(1), at(2)),
        (text(4), at(4)),
        (text(2), at(6)),
        (text(5), at(20)),
    ]
    assert [number for number, *_ in history(database)] == [1, 2, 3, 4]
    with database.reading() as conn:
        assert [c.kind for c in changes(conn)] == ["edited"] * 4
    assert whole(database)


def test_states_that_say_the_same_in_a_row_are_one(database: Database) -> None:
    keep(database, 1, (0, text(1)), (4, text(2)))
    keep(database, 2, (1, text(1)), (5, text(2)))
    keep(database, 3, (6, text(2)))

    rekey(database)

    assert history(database) == [(1, text(1), at(4), ["body_text"])]
    assert (row(database, ARTICLE).stored_at, row(database, ARTICLE).changed_at) == (at(0), at(5))
    assert whole(database)


def test_copies_that_say_the_same_leave_no_revision_and_no_change(database: Database) -> None:
    for number in (1, 2, 3):
        keep(database, number, (number, text(1)))

    assert len(rekey(database).merged) == 2

    assert history(database) == []
    assert row(database, ARTICLE).changed_at is None
    assert whole(database)


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_three_become_one_whatever_their_order(database: Database, order: tuple[int, ...]) -> None:
    ids = {number: keep(database, number, (number, text(number))) for number in order}

    rekey(database)

    stays = row(database, ARTICLE)
    assert (stays.id, stays.body_text) == (ids[1], text(3))
    assert [body for _, body, *_ in history(database)] == [text(1), text(2)]
    assert whole(database)


def test_keys_go_along_a_chain(database: Database) -> None:
    # each has the key that the one before it means today; the last two become one
    for number, key in ((1, url_key(url(2))), (2, url_key(url(3))), (3, "old/3")):
        made = article(number)
        made.fingerprint = fingerprint(made)
        made.fingerprint.url_key = key
        store(database, made)
    keep(database, 5, (0, text(3)), of=3)

    assert len(rekey(database).merged) == 1

    assert {a.url_key: a.title for a in rows(database, ARTICLE)} == {
        url_key(url(number)): article(number).title for number in (1, 2, 3)
    }
    assert whole(database)


def test_one_that_moves_to_the_key_of_another_is_merged_with_it(database: Database) -> None:
    holder, mover = article(1), article(1, url=form(2), body_text=text(2))
    mover.fingerprint = fingerprint(mover)
    mover.fingerprint.url_key = "old/2"
    (first, _) = store(database, holder, mover)

    rekey(database)

    assert row(database, ARTICLE).id == first.article_id
    assert whole(database)


def test_what_hangs_on_the_article_follows_or_goes(database: Database) -> None:
    same = image(1)
    keep(database, 1, (0, text(1)), images=[same, image(2)], authors=["林溪", "江平"])
    keep(
        database, 2, (3, text(2)), images=[image(1, caption="茶农下山"), image(3)], authors=["林溪", "叶知秋"]
    )

    rekey(database)

    assert next((use.number, use.caption) for use in rows(database, ARTICLE_IMAGE)) == (1, "茶农下山")
    assert {i.url for i in rows(database, IMAGE)} == {image(1).url, image(3).url}
    names = {person.id: person.name for person in rows(database, PERSON)}
    assert {names[b.person_id] for b in rows(database, BYLINE) if b.role == "author"} == {"林溪", "叶知秋"}
    assert "江平" not in names.values()
    assert [i["url"] for i in row(database, REVISION).images] == [image(1).url, image(2).url]
    assert whole(database)
    with database.reading() as conn:
        assert [hit.article.body_text for hit in search_articles(conn, "茶农下山")] == [text(2)]
        assert search_articles(conn, "江平") == []


def test_an_article_without_pictures_merges_with_one_that_has(database: Database) -> None:
    keep(database, 1, (0, text(1)), images=[image(1)])
    keep(database, 2, (3, text(1)), images=[])

    rekey(database)

    assert rows(database, ARTICLE_IMAGE) == []
    assert history(database)[0][3] == ["blocks", "images"]
    assert whole(database)


def test_the_copies_leave_their_story_and_the_rest_of_it_stays(database: Database) -> None:
    keep(database, 1, (0, text(1)))
    keep(database, 2, (1, text(1)))
    other = article(7, body_text=text(1))
    (reprint,) = store(database, other)

    rekey(database)

    assert [a.story_id is not None for a in rows(database, ARTICLE)] == [True, True]
    assert [story.size for story in rows(database, STORY) if story.size] == [2]
    assert {link.article_id for link in rows(database, STORY_LINK)} == {reprint.article_id}
    assert whole(database)


def test_a_story_of_nothing_but_copies_dissolves(database: Database) -> None:
    keep(database, 1, (0, text(1)))
    keep(database, 2, (1, text(1)))

    rekey(database)

    assert row(database, ARTICLE).story_id is None
    assert rows(database, STORY_LINK) == []
    assert whole(database)


def test_another_state_takes_the_article_to_its_story(database: Database) -> None:
    keep(database, 1, (0, text(1)))
    keep(database, 2, (1, text(2)))
    store(database, article(7, body_text=text(2)))

    rekey(database)

    assert len({a.story_id for a in rows(database, ARTICLE)}) == 1
    assert row(database, STORY, size=2)
    assert whole(database)


@pytest.mark.parametrize("old", [("old/1", "old/2"), ("old/2", "old/1")])
def test_the_new_keys_say_which_of_two_articles_of_one_time_is_the_first(
    database: Database, old: tuple[str, str]
) -> None:
    for number, key in zip((1, 2), old, strict=True):
        made = article(number, body_text=text(1), published_at="2021-03-02")
        assert made.fingerprint is not None
        made.fingerprint.url_key = key
        store(database, made)

    assert rekey(database).changed == 4

    assert row(database, STORY_LINK).other_id == row(database, ARTICLE, url=url(1)).id
    assert whole(database)


def test_the_new_keys_say_which_of_two_stories_of_one_time_an_article_belongs_to(database: Database) -> None:
    # the third holds both of the first two, which are of one time and unlike each other
    one, other = (
        "".join(Random(seed).choices("春夏秋冬山川湖海风雨雷电花草树木松竹梅兰", k=160)) for seed in (1, 2)
    )
    bodies = {1: one, 2: other, 3: one + other}
    for number, key in ((1, "old/2"), (2, "old/1"), (3, "old/3")):
        when = "2021-03-02" if number < 3 else "2021-03-05"
        made = article(number, body_text=bodies[number], published_at=when)
        assert made.fingerprint is not None
        made.fingerprint.url_key = key
        store(database, made)
    assert len({link.other_id for link in rows(database, STORY_LINK)}) == 2

    rekey(database)

    stories = {a.url: a.story_id for a in rows(database, ARTICLE)}
    assert stories[url(3)] == stories[url(1)]
    assert whole(database)


def absent(database: Database, article_id: int, day: float, returned: float | None = None) -> None:
    with database.writing() as conn:
        values = {"article_id": article_id, "missed_at": at(day), "gone_at": at(day), "reason": "http_404"}
        if returned is not None:
            values["returned_at"] = at(returned)
        conn.execute(insert(ABSENCE).values(values))
        if returned is None:
            gone = update(ARTICLE).where(ARTICLE.c.id == article_id)
            conn.execute(gone.values(gone_at=at(day)))


@pytest.mark.parametrize(("seen", "gone"), [(9, None), (3, 5)])
def test_whether_it_is_gone_is_what_the_last_visit_found(
    database: Database, seen: int, gone: int | None
) -> None:
    first = keep(database, 1, (0, text(1)))
    absent(database, first, 1, returned=2)
    absent(database, first, 5)
    keep(database, 2, (seen, text(1)))

    rekey(database)

    assert row(database, ARTICLE).gone_at == (at(gone) if gone else None)
    assert [(a.article_id, a.returned_at) for a in rows(database, ABSENCE)] == [
        (first, at(2)),
        (first, None if gone else at(seen)),
    ]


def test_absences_of_what_is_merged_follow(database: Database) -> None:
    first = keep(database, 1, (9, text(1)))
    second = keep(database, 2, (10, text(1)))
    absent(database, second, 4, returned=6)

    rekey(database)

    assert row(database, ABSENCE).article_id == first
    assert whole(database)


def test_sort_keys_stay_distinct_and_follow_the_time_that_is_shown(database: Database) -> None:
    keep(database, 1, (0, text(1)), published_at="2021-03-02T08:30:00+08:00")
    keep(database, 2, (3, text(2)), published_at="2021-03-09T08:30:00+08:00")
    store(database, article(3))

    rekey(database)

    newest = max(rows(database, ARTICLE), key=lambda a: a.sort_key)
    assert newest.url == form(2)
    assert newest.sort_key >> 31 == newest.published_at.timestamp()
    assert whole(database)


def test_pages_that_become_one_keep_the_better_state_and_their_captures(database: Database) -> None:
    def page(number: int, day: float, **changes: Any) -> Any:
        item = Found(form(number), f"old/p/{number}", "article", **changes)
        (made,) = apply(database, Discover("qingshi", None, [item], None))
        with database.writing() as conn:
            conn.execute(update(PAGE).where(PAGE.c.id == made.id).values(first_seen_at=at(day)))
        return made

    failed = page(1, 1, channel="nong", depth=1)
    apply(database, Mark(failed.id, "failed", "http_500", status=500))
    mine = page(2, 2, title_hint="茶园", depth=2)
    made = article(1, url=form(2))
    made.fingerprint = fingerprint(made)
    made.fingerprint.url_key = "old/2"
    store(database, fetched(made, mine.id))
    child, _ = apply(database, Discover("qingshi", None, [found(5), found(6)], failed.id))
    for number, old in enumerate((failed, mine)):
        capture = NoteCapture(
            old.id, form(number), at(number), 200, "response", "sha1:A", "a.warc.gz", number, 9
        )
        apply(database, capture)

    result = rekey(database)

    assert (result.merged, result.pages) == ([], 1)
    stays = row(database, PAGE, url_key=url_key(url(1)))
    assert (stays.id, stays.state, stays.channel, stays.title_hint) == (mine.id, "stored", "nong", "茶园")
    assert (stays.attempts, stays.depth, stays.first_seen_at) == (2, 1, at(1))
    assert {c.page_id for c in rows(database, CAPTURE)} == {mine.id}
    assert row(database, PAGE, id=child.id).found_on == mine.id
    assert whole(database)


@pytest.mark.parametrize(
    ("one", "other", "stays"),
    [
        ("failed", "discovered", "discovered"),
        ("dropped", "postponed", "postponed"),
        ("forgotten", "discovered", "forgotten"),
        ("gone", "failed", "gone"),
        ("done", "discovered", "done"),
    ],
)
def test_of_pages_without_an_article_the_more_certain_state_stays(
    database: Database, one: Any, other: Any, stays: str
) -> None:
    items = [Found(form(number), f"old/{number}", "article") for number in (1, 2)]
    for made, state in zip(apply(database, Discover(None, None, items)), (one, other), strict=True):
        apply(database, Mark(made.id, state))

    assert rekey(database) == (2, [], 1, [])

    assert row(database, PAGE).state == stays
    assert whole(database)


def test_a_page_that_was_found_on_itself_in_another_form_was_found_on_what_led_there(
    database: Database,
) -> None:
    (top,) = apply(database, Discover(None, None, [found(9, "list")]))
    (one,) = apply(database, Discover(None, None, [Found(form(1), "old/1", "article")], top.id))
    apply(database, Discover(None, None, [Found(form(2), "old/2", "article")], one.id))

    rekey(database)

    assert [p.found_on for p in rows(database, PAGE)] == [None, top.id]


def test_pages_that_become_one_make_their_articles_one_whatever_they_claim(database: Database) -> None:
    claim = "https://news.qingshi.example/nong/2031775.html"
    plain = "https://h5.qingshi.example/w/2031775.html"
    for number, (claimed, day) in enumerate(((claim, 1), (None, 2))):
        made = article(1, url=f"{plain}?utm_source={number}", canonical_url=claimed)
        made = fetched(made, None, fetched_at=at(day))
        made.fingerprint = fingerprint(made)
        made.fingerprint.url_key, made.fingerprint.own_key = f"old/{number}", None
        store(database, made)

    assert len(rekey(database).merged) == 1

    assert row(database, ARTICLE).url_key == url_key(plain)
    assert row(database, PAGE).url_key == url_key(plain)
    assert whole(database)


def test_a_claim_that_was_stored_and_is_believed_today_joins_its_article(database: Database) -> None:
    claim = "https://news.qingshi.example/nong/2031775.html"
    plain = "https://h5.qingshi.example/w/2031775.html"
    for address in (plain, claim):
        made = article(1, url=address, canonical_url=claim)
        made.fingerprint = fingerprint(made)
        made.fingerprint.url_key, made.fingerprint.own_key = url_key(address), None
        store(database, made)

    assert rekey(database).merged == [(claim, plain)]

    assert row(database, ARTICLE).url_key == url_key(claim)
    assert {p.url_key for p in rows(database, PAGE)} == {url_key(claim), url_key(plain)}
    assert whole(database)


def test_a_takedown_holds_under_the_new_rules(database: Database) -> None:
    for number in (1, 2):
        apply(database, Forget(form(number), f"old/{number}", "qingshi", f"测试{number}"))

    rekey(database)

    assert [(t.url_key, t.reason) for t in rows(database, TOMBSTONE)] == [(url_key(url(1)), "测试1")]
    with pytest.raises(Forgotten):
        store(database, article(1))
    assert row(database, PAGE).state == "forgotten"
    assert whole(database)


def test_an_article_at_an_address_that_was_taken_down_is_named_and_left_to_a_person(
    database: Database,
) -> None:
    apply(database, Forget(form(1), "old/1/1", None, "测试"))
    keep(database, 2, (1, text(1)))

    assert rekey(database, dry_run=True).forbidden == [form(2)]
    assert rekey(database).forbidden == [form(2)]

    assert row(database, PAGE).state == "stored"
    assert problems(database) == []
    apply(database, Forget(form(2), url_key(url(1)), None, "测试"))
    assert rows(database, ARTICLE) == []
    assert rekey(database) == (0, [], 0, [])


def test_a_dry_run_says_what_would_be_merged_and_changes_nothing(database: Database) -> None:
    for number in (1, 2, 3):
        keep(database, number, (number, text(number)))
    before = [rows(database, table) for table in (ARTICLE, PAGE, REVISION)]

    dry = rekey(database, dry_run=True)

    assert dry.merged == [(form(2), form(1)), (form(3), form(1))]
    assert [rows(database, table) for table in (ARTICLE, PAGE, REVISION)] == before
    assert rekey(database) == dry


def test_a_crawl_and_an_import_afterwards_find_the_article_that_stays(database: Database) -> None:
    first = keep(database, 1, (0, text(1)))
    keep(database, 2, (3, text(2)))
    rekey(database)

    (page,) = apply(database, Discover(None, None, [Found(form(3), url_key(form(3)), "article")]))
    crawled, imported = store(
        database,
        fetched(article(1, url=form(3), body_text=text(2)), page.id),
        article(1, url=form(4), body_text=text(6)),
    )

    assert (page.is_new, page.article_id) == (False, first)
    assert [(s.article_id, s.state) for s in (crawled, imported)] == [(first, "same"), (first, "changed")]
    with database.reading() as conn:
        assert all(article_by(conn, form(number)) is not None for number in (0, 1, 2, 9))
    assert problems(database) == []


def test_both_databases_merge_alike(both_databases: list[Database]) -> None:
    seen = []
    for database in both_databases:
        keep(database, 1, (0, text(1)), (4, text(2)), images=[image(1)])
        keep(database, 2, (2, text(3)), (6, text(4)), images=[image(2), Image(image(3).url, 0)])
        rekey(database)
        seen.append((history(database), row(database, ARTICLE).body_text, len(rows(database, ARTICLE_IMAGE))))
        assert whole(database)

    # the days are counted from one moment
    assert seen[0] == seen[1]
