"""Stories against their definition, worked out by hand for every pair, however the articles came."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from crawler.copies.compare import Text, compare
from crawler.copies.sketch import sketch
from crawler.items import Article
from storage import sketches
from storage.engine import Database, open_database
from storage.models import ARTICLE, SKETCH, SKETCH_FRESH, STORY, STORY_LINK
from storage.rebuild import rebuild
from storage.reprints import story
from storage.sketches import SHARED_LEAST
from storage.stories import leave
from tests.factories import article, rows, store, url
from tests.storage.test_processes import start

_LETTERS = "春夏秋冬山川湖海风雨雷电花草树木东南西北日月星辰江河云雪松竹梅兰"


def letters(chance: random.Random, count: int) -> str:
    return "".join(chance.choice(_LETTERS) for _ in range(count))


def bodies(chance: random.Random, count: int) -> list[str]:
    """Texts that are equal, alike, just alike enough, just not, part of each other, or unlike."""
    found = [letters(chance, 160)]
    while len(found) < count:
        old = chance.choice(found)
        at = chance.randrange(len(old))
        made = {
            0: lambda old=old: old,
            1: lambda old=old, at=at: (old[:at] + letters(chance, chance.randrange(90)) + old[at:])[:400],
            2: lambda old=old: "".join(chance.choice(_LETTERS) if chance.random() < 0.11 else c for c in old),
            3: lambda old=old, at=at: old[at:] + letters(chance, 60),
            4: lambda: letters(chance, 140),
            5: lambda old=old: (old + chance.choice(found))[:500],
        }[chance.randrange(6)]()
        found.append(made if len(made) >= 60 else letters(chance, 120))
    return found


def by_definition(articles: Sequence[Article]) -> tuple[dict[str, set[str]], set[tuple[str, str]]]:
    """The stories by the URL of their centre, and every link."""
    ordered = sorted(articles, key=lambda one: (one.published_at or "9", one.url))
    texts = {one.url: Text(one.body_text, one.title) for one in ordered}

    def alike(one: Article, other: Article) -> bool:
        mine, theirs = one.fingerprint, other.fingerprint
        assert mine is not None
        assert theirs is not None
        if mine.text_hash is not None and mine.text_hash == theirs.text_hash:
            return True
        assert mine.keys is not None
        assert theirs.keys is not None
        near = len(mine.keys.sampled & theirs.keys.sampled) >= SHARED_LEAST
        return near and compare(texts[one.url], texts[other.url]) is not None

    centres: list[Article] = []
    stories: dict[str, set[str]] = {}
    links = set()
    for one in ordered:
        mine = [centre for centre in centres if alike(one, centre)]
        links |= {(one.url, centre.url) for centre in mine}
        if mine:
            stories[mine[0].url].add(one.url)
        else:
            centres.append(one)
            stories[one.url] = {one.url}
    return {centre: urls for centre, urls in stories.items() if len(urls) > 1}, links


def found(database: Database) -> tuple[dict[str, set[str]], set[tuple[str, str]]]:
    """The stories and links that the database has."""
    kept = rows(database, ARTICLE)
    urls = {one.id: one.url for one in kept}
    stories = {
        urls[story.centre_id]: {one.url for one in kept if one.story_id == story.id}
        for story in rows(database, STORY)
        if story.size
    }
    assert all(len(stories[urls[s.centre_id]]) == s.size for s in rows(database, STORY) if s.size)
    return stories, {(urls[link.article_id], urls[link.other_id]) for link in rows(database, STORY_LINK)}


def made(seed: int, count: int = 60) -> list[Article]:
    chance = random.Random(seed)
    times = [f"2021-03-{chance.randrange(1, 9):02}" for _ in range(count)]
    return [
        article(number, body_text=body, published_at=time, images=[])
        for number, (body, time) in enumerate(zip(bodies(chance, count), times, strict=True))
    ]


def check_rows(database: Database) -> None:
    """Each article is filed once, as what it is."""
    members = {link.article_id for link in rows(database, STORY_LINK)}
    old, fresh = (set(map(tuple, rows(database, table))) for table in (SKETCH, SKETCH_FRESH))
    assert not old & fresh
    filed = {(article_id, member) for _, member, article_id in old | fresh}
    assert filed == {(one.id, int(one.id in members)) for one in rows(database, ARTICLE)}


@pytest.fixture
def moving(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few articles wait in the small table of sketches."""
    monkeypatch.setattr(sketches, "_FRESH", 20)


def test_a_sketch_moves_to_the_large_table_when_its_turn_comes(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sketches, "_FRESH", 20)
    monkeypatch.setattr(sketches, "_SLICES", 4)
    monkeypatch.setattr(sketches, "BOUNDS", [0, 1 << 40, 1 << 44, 1 << 46, 1 << 47])
    for number in range(1, 6):
        store(database, article(number))
    first = {row.hash for row in rows(database, SKETCH)}
    for number in range(6, 41):
        store(database, article(number))
    counts = [len(rows(database, table)) for table in (SKETCH, SKETCH_FRESH)]

    assert first
    assert len({row.article_id for row in rows(database, SKETCH)}) > 20
    assert counts[0] > counts[1] > 0
    check_rows(database)


def test_slices_hold_about_as_many_keys_each() -> None:
    chance = random.Random(3)
    keys = np.sort([key for _ in range(300) for key in sketch(letters_of(chance))])

    counts = np.histogram(keys, np.array(sketches.BOUNDS[:: len(sketches.BOUNDS) // 16]))[0]

    assert sorted(set(sketches.BOUNDS)) == sketches.BOUNDS
    assert (sketches.BOUNDS[0], sketches.BOUNDS[-1]) == (0, 1 << 47)
    assert counts.max() < 4 * counts.mean()


def letters_of(chance: random.Random) -> str:
    return "".join(
        chr(chance.randrange(0x4E00, 0x6E00)) for _ in range(chance.choice((150, 500, 900, 2_000)))
    )


@pytest.mark.usefixtures("moving")
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("batch", [1, 7, 60])
def test_whatever_the_order_and_the_batches_the_stories_are_those_of_the_definition(
    database: Database, seed: int, batch: int
) -> None:
    articles = made(seed)
    expected = by_definition(articles)
    assert expected[0], "the sample holds no copies"
    random.Random(seed + 100).shuffle(articles)

    for at in range(0, len(articles), batch):
        store(database, *articles[at : at + batch])

    assert found(database) == expected
    check_rows(database)


@pytest.mark.parametrize("seed", range(3))
def test_articles_that_change_and_leave_leave_the_stories_that_the_others_make(
    database: Database, seed: int
) -> None:
    chance = random.Random(seed)
    articles = made(seed + 20)
    others = bodies(chance, len(articles))
    store(database, *articles)

    # some change their text, some their time, some leave
    for number in chance.sample(range(len(articles)), 25):
        changes: dict[str, Any] = {"images": [], "published_at": articles[number].published_at}
        changes |= (
            {"body_text": chance.choice(others)}
            if chance.random() < 0.5
            else {"body_text": articles[number].body_text, "published_at": "2021-03-04T11:00:00+08:00"}
        )
        articles[number] = article(number, **changes)
        store(database, articles[number])
        assert found(database) == by_definition(articles)
    ids = {one.url: one.id for one in rows(database, ARTICLE)}
    going = set(chance.sample(range(len(articles)), 15))
    for number in going:
        with database.writing() as conn:
            leave(conn, [ids[url(number)]])
            conn.execute(
                ARTICLE.update().where(ARTICLE.c.id == ids[url(number)]).values(body_text="", text_hash=None)
            )
    stay = [one for number, one in enumerate(articles) if number not in going]

    stories, links = found(database)

    assert (stories, links) == by_definition(stay)


def test_rebuilding_gives_the_same_stories_under_the_same_ids(database: Database) -> None:
    articles = made(5)
    random.Random(1).shuffle(articles)
    for at in range(0, len(articles), 9):
        store(database, *articles[at : at + 9])
    stories = {one.url: one.story_id for one in rows(database, ARTICLE)}
    links = {tuple(row)[1:] for row in rows(database, STORY_LINK)}

    rebuild(database)

    assert {one.url: one.story_id for one in rows(database, ARTICLE)} == stories
    assert {tuple(row)[1:] for row in rows(database, STORY_LINK)} == links
    check_rows(database)


def test_a_rebuilding_that_decides_otherwise_leaves_every_number_leading_somewhere(
    database: Database,
) -> None:
    one, other = letters(random.Random(1), 200), letters(random.Random(2), 200)
    store(database, article(1, body_text=one), article(2, body_text=one))
    store(database, article(3, body_text=other), article(4, body_text=other))
    # as if an earlier version had not found that all are one story
    with database.writing() as conn:
        conn.execute(ARTICLE.update().where(ARTICLE.c.id > 2).values(body_text=one))

    rebuild(database)

    kept, gone = rows(database, STORY)
    assert (kept.size, kept.merged_into) == (4, None)
    assert (gone.size, gone.centre_id, gone.merged_into) == (0, None, kept.id)
    with database.reading() as conn:
        led = story(conn, gone.id)
    assert led is not None
    assert led.id == kept.id


# stores every other one of made(7), in an order of its own, in small batches
HALF = """
import random, sys
from storage.engine import open_database
from tests.factories import store
from tests.storage.test_centres import made
database = open_database(sys.argv[1])
mine = made(7)[int(sys.argv[2]) :: 2]
random.Random(sys.argv[2]).shuffle(mine)
sys.stdin.readline()
for at in range(0, len(mine), 2):
    store(database, *mine[at : at + 2])
"""


def test_two_processes_at_once_give_the_stories_of_the_definition(database_url: str) -> None:
    processes = [start(HALF, database_url, str(number)) for number in range(2)]
    # both have read the code before either begins
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors

    with closing(open_database(database_url)) as database:
        assert found(database) == by_definition(made(7))
        check_rows(database)


def copies(count: int) -> list[Article]:
    """Articles that are equal but for a letter, each published before the one before it."""
    chance = random.Random(2)
    body = letters(chance, 300)
    noon = datetime(2021, 3, 1, 12, tzinfo=UTC)
    made = []
    for number in range(count):
        at = chance.randrange(len(body))
        text = body[:at] + chance.choice(_LETTERS) + body[at + 1 :]
        time = (noon - timedelta(seconds=number)).isoformat()
        made.append(article(number, body_text=text, published_at=time, images=[]))
    return made


def test_a_thousand_copies_are_one_story_though_each_is_earlier_than_the_one_before(
    database: Database,
) -> None:
    many = copies(1_000)

    for at in range(0, len(many), 250):
        store(database, *many[at : at + 250])

    assert found(database) == (
        {url(999): {one.url for one in many}},
        {(one.url, url(999)) for one in many[:-1]},
    )


@pytest.mark.soak
def test_ten_thousand_copies_are_one_story(database: Database) -> None:
    many = copies(10_000)
    random.Random(3).shuffle(many)

    for at in range(0, len(many), 500):
        store(database, *many[at : at + 500])

    first = url(9_999)
    assert found(database) == (
        {first: {one.url for one in many}},
        {(one.url, first) for one in many} - {(first, first)},
    )
    check_rows(database)
