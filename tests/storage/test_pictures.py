"""What is known of the files of images."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage.engine import Database
from storage.models import ARTICLE_IMAGE, IMAGE, PICTURE
from storage.pictures import NotePictures, known_images, missing_pictures
from tests.factories import apply, article, image, row, rows, store, url
from tests.pictures import drawn
from tests.storage.seen import NOW, failed, fetched, with_pictures

LATER = datetime.now(UTC) + timedelta(days=1)


def test_an_article_and_its_pictures_are_one_transaction(database: Database) -> None:
    one = fetched(drawn.file(1))

    store(database, with_pictures(article(1, images=[image(1)]), one))

    picture, use = row(database, PICTURE), row(database, ARTICLE_IMAGE)
    assert one.picture is not None
    assert (use.picture_id, row(database, IMAGE).picture_id) == (picture.id, picture.id)
    assert (picture.sha256, picture.path, picture.sketch) == (
        one.picture.sha256,
        one.path,
        one.picture.sketch,
    )
    assert (picture.mime, picture.bytes, picture.flat) == ("image/jpeg", one.picture.length, False)
    # what the page declared stays beside what the file has
    assert (use.width, picture.width) == (None, one.picture.width)


def test_a_failure_is_kept_on_the_image_and_costs_nothing_else(database: Database) -> None:
    item = article(1, images=[image(1), image(2)])

    store(database, with_pictures(item, failed("http_404", LATER), fetched(drawn.file(2))))

    first, second = rows(database, IMAGE)
    assert (first.failure, first.asked_at, first.picture_id) == ("http_404", NOW, None)
    assert (first.not_before, second.failure) == (LATER, None)
    assert [use.picture_id for use in rows(database, ARTICLE_IMAGE)] == [None, second.picture_id]


def test_a_failure_later_on_leaves_the_picture_that_was_there(database: Database) -> None:
    store(database, with_pictures(article(1, images=[image(1)]), fetched(drawn.file(1))))

    apply(database, NotePictures({image(1).url: failed("timeout")}))

    one = row(database, IMAGE)
    assert (one.failure, one.picture_id) == ("timeout", 1)


def test_a_late_picture_is_added_to_every_use_that_waits(database: Database) -> None:
    store(database, article(1, images=[image(1)]), article(2, images=[image(1), image(2)]))

    apply(database, NotePictures({image(1).url: fetched(drawn.file(1))}))

    assert [use.picture_id for use in rows(database, ARTICLE_IMAGE)] == [1, 1, None]


def test_a_later_article_has_the_picture_that_its_url_showed(database: Database) -> None:
    store(database, with_pictures(article(1, images=[image(1)]), fetched(drawn.file(1))))

    store(database, article(2, images=[image(1)]))

    assert [use.picture_id for use in rows(database, ARTICLE_IMAGE)] == [1, 1]


def test_another_picture_at_the_same_url_leaves_earlier_uses_alone(database: Database) -> None:
    store(database, with_pictures(article(1, images=[image(1)]), fetched(drawn.file(1))))

    store(database, with_pictures(article(2, images=[image(1)]), fetched(drawn.file(2))))

    assert [use.picture_id for use in rows(database, ARTICLE_IMAGE)] == [1, 2]
    assert row(database, IMAGE).picture_id == 2


def test_what_is_known_of_an_image_is_told_by_its_url(database: Database) -> None:
    one = fetched(drawn.file(1))
    item = article(1, images=[image(1), image(2), image(3)])
    store(database, with_pictures(item, one, failed("timeout"), failed("html", LATER)))
    store(database, article(2, images=[image(4)]))

    with database.reading() as conn:
        known = known_images(conn, [image(n).url for n in range(1, 6)])

    assert one.picture is not None
    first = known[image(1).url]
    assert (first.sha256, first.dhash, first.path) == (one.picture.sha256, one.picture.dhash, one.path)
    assert [known[image(n).url].is_due for n in (1, 2, 3, 4)] == [False, True, False, True]
    assert image(5).url not in known


def test_missing_pictures_are_those_that_articles_lack_and_that_may_be_asked_for(database: Database) -> None:
    item = article(1, images=[image(1), image(2), image(3)])
    store(database, with_pictures(item, fetched(drawn.file(1)), failed("timeout"), failed("html", LATER)))
    store(database, article(2, images=[image(4), image(4)], portal="baisha"))

    with database.reading() as conn:
        every = missing_pictures(conn)
        assert [(one.url, one.article_url) for one in every] == [
            (image(4).url, url(2)),
            (image(2).url, url(1)),
        ]
        assert [one.url for one in missing_pictures(conn, portal="qingshi")] == [image(2).url]
        assert missing_pictures(conn, limit=1) == every[:1]
        assert missing_pictures(conn, before=every[0].id) == every[1:]
