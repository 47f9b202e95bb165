"""The sides of a caption corpus: nothing that belongs together is on two of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, update

from crawler.items import Article
from storage.corpus import corpus_uses
from storage.engine import Database
from storage.filters import Filters
from storage.models import ARTICLE_IMAGE, IMAGE, PICTURE, PICTURE_LINK
from storage.queries import all_images
from storage.rows import image_key
from storage.split import SIDES, Groups, Side, deal, side_of, split
from tests.factories import article, image, row, rows, store, text

USES = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 40), st.integers(0, 12), st.integers(0, 9)), max_size=120
)


def sides(database: Database, filters: Filters | None = None) -> dict[str, Side]:
    """The side of every picture by its URL."""
    with database.reading() as conn:
        found = corpus_uses(conn, all_images(conn, filters), split(conn))
        return {use.image.url: use.side for use in found}


@given(USES)
def test_no_article_story_picture_or_url_is_on_two_sides(drawn: list[tuple[int, int, int, int]]) -> None:
    story_of = {article_id: story for _, article_id, _, story in drawn}
    groups = Groups(200)
    for image_id, article_id, picture, _ in drawn:
        groups.join(image_id, 50 + article_id)
        if picture:  # 0: not fetched
            groups.join(image_id, 100 + picture)
        if story_of[article_id]:  # 0: alone
            groups.join(50 + article_id, 120 + story_of[article_id])
    found = deal(groups, [(n, f"img.example/{n}.jpg") for n in {use[0] for use in drawn}], 50)

    seen: dict[tuple[str, int], set[int]] = defaultdict(set)
    for image_id, article_id, picture, _ in drawn:
        side = found[image_id]
        seen["image", image_id].add(side)
        seen["article", article_id].add(side)
        seen["picture" if picture else "image", picture or image_id].add(side)
        seen["story" if story_of[article_id] else "article", story_of[article_id] or article_id].add(side)
    assert all(len(one) == 1 and one <= {1, 2, 3} for one in seen.values())


@given(USES, st.randoms(use_true_random=False))
def test_the_sides_depend_neither_on_the_order_nor_on_the_numbers(
    drawn: list[tuple[int, int, int, int]], chance: Random
) -> None:
    pairs = [(f"i{use[0]}", f"a{use[1]}") for use in drawn]

    def dealt(edges: list[tuple[str, str]], numbers: list[int]) -> dict[str, int]:
        number = dict(zip(sorted({name for pair in edges for name in pair}), numbers, strict=False))
        images = sorted(name for name in number if name[0] == "i")
        # images come first, as in the database
        place = {name: n for n, name in enumerate(sorted(images, key=number.__getitem__))}
        place |= {name: 50 + n for name, n in number.items() if name[0] == "a"}
        groups = Groups(200)
        for one, other in edges:
            groups.join(place[one], place[other])
        found = deal(groups, [(place[name], name) for name in images], 50)
        return {name: found[place[name]] for name in images}

    numbers = list(range(100))
    plain = dealt(pairs, numbers)
    chance.shuffle(numbers)
    chance.shuffle(pairs)

    assert dealt(pairs, numbers) == plain


def test_the_shares_are_near_those_wanted() -> None:
    size = 20_000
    found = Counter(deal(Groups(size), ((n, f"img.example/{n}.jpg") for n in range(size)), size))

    assert 0.89 < found[1] / size < 0.91
    assert 0.045 < found[2] / size < 0.055
    assert 0.045 < found[3] / size < 0.055


def test_the_shares_hold_for_large_groups_whose_smallest_hash_is_small() -> None:
    size, together = 40_000, 20
    groups = Groups(size)
    for number in range(size):
        groups.join(number, number - number % together)
    found = Counter(deal(groups, ((n, f"img.example/{n}.jpg") for n in range(size)), size))

    assert 0.86 < found[1] / size < 0.94
    assert min(found[2], found[3]) / size > 0.02


def test_the_rule_is_the_one_that_corpora_of_today_were_dealt_by() -> None:
    # another value here moves pictures of everybody's test sets into their training
    assert [side_of(mark) for mark in (0, 15, 21, 24, 2**63)] == [
        "train",
        "test",
        "validation",
        "test",
        "train",
    ]


def alone(number: int) -> Side:
    """The side that picture `number` would have by itself."""
    return SIDES[deal(Groups(1), [(0, image_key(image(number).url))], 1)[0] - 1]


def of_each_side() -> tuple[int, int, int]:
    """Numbers of pictures that by themselves would be on three sides."""
    train, validation, test = (next(n for n in range(100, 300) if alone(n) == side) for side in SIDES)
    return train, validation, test


def pool() -> list[Article]:
    """Articles that share pictures and texts in a chain, and others that share nothing."""
    train, validation, test = of_each_side()
    made = [
        article(1, images=[image(train), image(validation)]),
        article(2, images=[image(validation, caption="另一天")]),
        article(3, images=[image(test)], body_text=text(2)),  # a copy of 2
        article(4, images=[image(4, sha256="a" * 64)]),
        article(5, images=[image(5, sha256="a" * 64)]),
        article(6),
    ]
    return made + [article(number, images=[image(number)]) for number in range(10, 90)]


def test_what_belongs_together_is_on_one_side(database: Database) -> None:
    store(database, *pool())

    found = sides(database)

    assert len({found[image(number).url] for number in of_each_side()}) == 1
    assert found[image(4).url] == found[image(5).url]
    assert set(found.values()) == {"train", "validation", "test"}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_storing_changes_nothing(both_databases: list[Database], order: tuple[int, ...]) -> None:
    parts = [pool()[:2], pool()[2:5], pool()[5:]]
    one, other = both_databases
    store(one, *pool())
    for number in order:
        store(other, *reversed(parts[number]))

    assert sides(one) == sides(other)


def test_a_selection_is_dealt_as_the_whole_is(database: Database) -> None:
    hongyan = article(95, portal="hongyan", images=[image(of_each_side()[0]), image(95)])
    store(database, *pool(), hongyan)
    whole = sides(database)

    part = sides(database, Filters(portal="hongyan"))

    assert part == {url: whole[url] for url in part}
    assert len(part) == 2


def test_more_of_the_rest_moves_nobody(database: Database) -> None:
    store(database, *pool()[:6])
    before = sides(database)

    store(database, *pool()[6:])

    assert {url: sides(database)[url] for url in before} == before


def test_a_picture_that_left_its_article_is_on_no_side(database: Database) -> None:
    store(database, article(1, images=[image(1), image(2)]))
    store(database, article(1, images=[image(2)]))
    gone = row(database, IMAGE, url=image(1).url)

    with database.reading() as conn:
        dealt = split(conn)
    with pytest.raises(KeyError):
        dealt[gone.id]
    with pytest.raises(KeyError):
        dealt[gone.id + 1000]


def test_an_empty_database_has_no_sides(database: Database) -> None:
    assert sides(database) == {}


def test_pictures_that_look_alike_are_on_one_side(database: Database) -> None:
    made = [article(n, images=[image(n, sha256=f"{n:064x}")]) for n in range(10, 60)]
    store(database, *made)
    before = sides(database)
    one = next(url for url, side in before.items() if side == "train")
    other = next(url for url, side in before.items() if side != "train")
    pictures = {
        u.url: p.picture_id
        for u in rows(database, IMAGE)
        for p in rows(database, ARTICLE_IMAGE, image_id=u.id)
    }
    with database.writing() as conn:
        link = {
            "picture_id": pictures[one],
            "other_id": pictures[other],
            "distance": 3,
            "why": "looks the same",
        }
        conn.execute(insert(PICTURE_LINK).values(link))

    after = sides(database)

    assert after[one] == after[other]
    assert sum(before[url] != after[url] for url in before) == 1


def test_images_that_showed_one_picture_when_they_were_fetched_are_on_one_side(database: Database) -> None:
    store(database, *(article(n, images=[image(n)]) for n in range(10, 60)))
    before = sides(database)
    one = next(url for url, side in before.items() if side == "train")
    other = next(url for url, side in before.items() if side != "train")
    with database.writing() as conn:
        conn.execute(insert(PICTURE).values(id=1, sha256="a" * 64))
        conn.execute(update(IMAGE).where(IMAGE.c.url.in_([one, other])).values(picture_id=1))

    after = sides(database)

    assert after[one] == after[other]


def test_the_file_of_a_fetched_picture_is_named(database: Database) -> None:
    store(database, article(1, images=[image(1, sha256="a" * 64), image(2)]))
    with database.writing() as conn:
        conn.execute(update(PICTURE).values(path="aa/aaaa.jpg"))

    with database.reading() as conn:
        found = [(use.image.url, use.path) for use in corpus_uses(conn, all_images(conn), split(conn))]

    assert found == [(image(1).url, "aa/aaaa.jpg"), (image(2).url, None)]
