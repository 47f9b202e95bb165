"""Where photos were used, what was said of them, and what a takedown leaves."""

from __future__ import annotations

from datetime import date

from crawler.pictures.read import read_picture
from storage.check import problems
from storage.doomed import DropPictures, doomed
from storage.engine import Database
from storage.filters import Filters
from storage.forget import Forget
from storage.models import ARTICLE_IMAGE, IMAGE, PICTURE, PICTURE_BAND, PICTURE_LINK
from storage.photos import Photo, matches, photo, reused
from tests.factories import apply, article, image, rows, store, url
from tests.pictures import drawn
from tests.storage.seen import fetched, with_pictures

PHOTO = drawn.photo(1)
WHOLE, HALF = drawn.encoded(PHOTO, quality=92), drawn.half(PHOTO)
OTHER = drawn.encoded(drawn.photo(2))


def fill(database: Database) -> None:
    """1 and 2 show one photo at two sizes with other captions, 3 and 4 one URL without a file, 5 is alone."""
    said = image(2, caption="灾民在河边", credit="柳青", credit_raw="柳青摄")
    store(
        database,
        with_pictures(article(1, images=[image(1)]), fetched(WHOLE)),
        with_pictures(article(2, images=[said], portal="baisha"), fetched(HALF)),
        article(3, images=[image(3)]),
        article(4, images=[image(3, caption=f"图为{image(3).caption}，今天清晨")]),
        with_pictures(article(5, images=[image(5)]), fetched(OTHER)),
    )


def listed(database: Database, filters: Filters | None = None, limit: int = 20) -> list[Photo]:
    with database.reading() as conn:
        return list(reused(conn, filters, limit))


def test_photos_of_two_articles_are_listed_the_latest_used_first(database: Database) -> None:
    fill(database)

    by_url, by_looks = listed(database)

    assert [use.article_url for use in by_url.uses] == [url(3), url(4)]
    assert (by_url.looks, by_url.captions_differ) == ([], False)
    assert [use.article_url for use in by_looks.uses] == [url(1), url(2)]
    assert (by_looks.articles, by_looks.portals) == (2, ["baisha", "qingshi"])
    assert (by_looks.captions_differ, by_looks.credits_differ) == (True, True)
    assert by_looks.caption_versions == [1, 2]
    assert [look.width for look in by_looks.looks] == [800, 400]
    assert by_looks.looks[0].why is None
    assert "dHash" in (by_looks.looks[1].why or "")
    assert listed(database, limit=1) == [by_url]


def test_filters_ask_that_one_of_the_uses_passes(database: Database) -> None:
    fill(database)

    assert [one.portals for one in listed(database, Filters(portal="baisha"))] == [["baisha", "qingshi"]]
    assert [len(one.uses) for one in listed(database, Filters(until=date(2021, 3, 2)))] == [2]
    assert listed(database, Filters(since=date(2022, 1, 1))) == []
    assert listed(database, Filters(portal="nobody")) == []


def test_both_databases_list_the_same(both_databases: list[Database]) -> None:
    found = []
    for database in both_databases:
        fill(database)
        found.append([one.uses for one in listed(database)])

    assert found[0] == found[1]


def test_a_photo_is_found_by_number_and_by_any_form_of_its_url(database: Database) -> None:
    fill(database)
    first, second = rows(database, IMAGE)[:2]

    with database.reading() as conn:
        by_number = photo(conn, str(second.id))
        by_url = photo(conn, first.url.replace("https://", "http://") + "#top")
        assert by_number == by_url
        assert by_number is not None
        assert by_number.id == first.id
        assert photo(conn, "999") is None
        assert photo(conn, "9" * 30) is None
        assert photo(conn, "https://nobody.example/1.jpg") is None
        assert photo(conn, "\ud800") is None


def test_flat_pictures_are_not_listed(database: Database) -> None:
    plain = drawn.encoded(PHOTO.resize((40, 30)))
    for number in (1, 2):
        store(database, with_pictures(article(number, images=[image(number)]), fetched(plain)))

    assert listed(database) == []


def test_a_file_from_outside_is_found_by_bytes_and_by_looks(database: Database) -> None:
    fill(database)

    with database.reading() as conn:
        same, alike = matches(conn, read_picture(WHOLE))
        squeezed = matches(conn, read_picture(drawn.squeezed(PHOTO)))
        unknown = matches(conn, read_picture(drawn.encoded(drawn.photo(3))))

    assert (same.kind, alike.kind) == ("same", "alike")
    assert [use.article_url for use in same.photo.uses] == [url(1)]
    assert [use.article_url for use in alike.photo.uses] == [url(2)]
    assert {match.kind for match in squeezed} == {"alike"}
    assert len(squeezed) == 2
    assert unknown == []


def take_down(database: Database, number: int) -> None:
    apply(database, Forget(url(number), url(number).partition("://")[2], "qingshi", "on request"))


def test_a_takedown_takes_the_pictures_that_nobody_else_uses(database: Database) -> None:
    fill(database)
    whole = fetched(WHOLE)

    take_down(database, 1)

    with database.reading() as conn:
        waiting = doomed(conn)
    assert list(waiting.values()) == [whole.path]
    left = next(one for one in rows(database, PICTURE) if one.id in waiting)
    assert (left.dhash, left.phash, left.sketch, left.width) == (None, None, None, None)
    assert rows(database, PICTURE_LINK) == []
    assert {one.centre_id for one in rows(database, PICTURE)} == {None}
    assert {band.picture_id for band in rows(database, PICTURE_BAND)}.isdisjoint(waiting)
    assert [one.id for one in rows(database, IMAGE)] == [2, 3, 4]
    apply(database, DropPictures(tuple(waiting)))
    assert len(rows(database, PICTURE)) == 2
    assert problems(database) == []


def test_a_picture_that_another_article_uses_stays(database: Database) -> None:
    store(
        database,
        with_pictures(article(1, images=[image(1)]), fetched(WHOLE)),
        with_pictures(article(2, images=[image(2)]), fetched(WHOLE)),
    )

    take_down(database, 1)

    with database.reading() as conn:
        assert doomed(conn) == {}
    assert [use.picture_id for use in rows(database, ARTICLE_IMAGE)] == [1]
    assert [one.url for one in rows(database, IMAGE)] == [image(2).url]


def test_pictures_of_earlier_states_go_too(database: Database) -> None:
    store(database, with_pictures(article(1, images=[image(1)]), fetched(WHOLE)))
    store(database, with_pictures(article(1, images=[image(2)], title="改过的标题"), fetched(OTHER)))

    take_down(database, 1)

    with database.reading() as conn:
        assert len(doomed(conn)) == 2
    assert rows(database, IMAGE) == []


def test_a_picture_that_a_crawl_brings_back_meanwhile_is_not_dropped(database: Database) -> None:
    store(database, with_pictures(article(1, images=[image(1)]), fetched(WHOLE)))
    take_down(database, 1)
    with database.reading() as conn:
        waiting = doomed(conn)

    store(database, with_pictures(article(2, images=[image(1)]), fetched(WHOLE)))
    apply(database, DropPictures(tuple(waiting)))

    (picture,) = rows(database, PICTURE)
    assert picture.sketch is not None
    with database.reading() as conn:
        assert doomed(conn) == {}
