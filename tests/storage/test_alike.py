"""Pictures that look the same are linked, whoever stored them and in which order."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from PIL import Image
from sqlalchemy import select, update

from storage import alike
from storage.engine import Database
from storage.models import PICTURE, PICTURE_BAND, PICTURE_LINK
from tests.factories import article, image, row, rows, store
from tests.pictures import drawn
from tests.storage.seen import fetched, with_pictures

PHOTO = drawn.photo(1)
FORMS = [drawn.encoded(PHOTO, quality=92), drawn.half(PHOTO), drawn.squeezed(PHOTO), drawn.with_logo(PHOTO)]


def put(database: Database, number: int, data: bytes) -> None:
    """Article `number`, published that many days after the first, shows this picture."""
    store(database, with_pictures(article(number, images=[image(number)]), fetched(data)))


def groups(database: Database) -> dict[str, str]:
    """The sha256 of each picture's centre, by its own."""
    found = rows(database, PICTURE)
    sha256 = {one.id: one.sha256 for one in found}
    return {one.sha256: sha256[one.centre_id] for one in found if one.centre_id is not None}


def links(database: Database) -> set[frozenset[str]]:
    sha256 = {one.id: one.sha256 for one in rows(database, PICTURE)}
    return {
        frozenset((sha256[link.picture_id], sha256[link.other_id])) for link in rows(database, PICTURE_LINK)
    }


def test_other_forms_of_a_photo_are_linked_with_the_reason(database: Database) -> None:
    for number, data in enumerate(FORMS, 1):
        put(database, number, data)
    put(database, 9, drawn.encoded(drawn.photo(2)))

    first, *others = (fetched(data).picture.sha256 for data in FORMS)  # type: ignore[union-attr]
    assert groups(database) == dict.fromkeys(others, first)
    link = row(database, PICTURE_LINK, picture_id=2)
    assert link.other_id == 1
    assert link.likeness > 0.9
    assert "bits of dHash apart" in link.why
    assert "400 × 300 and 800 × 600 pixels" in link.why


def test_forms_of_one_batch_are_linked_too(database: Database) -> None:
    items = [
        with_pictures(article(number, images=[image(number)]), fetched(data))
        for number, data in enumerate(FORMS, 1)
    ]

    store(database, *items)

    assert len(groups(database)) == 3


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_storing_changes_nothing(both_databases: list[Database], seed: int) -> None:
    numbered = list(enumerate([*FORMS, drawn.encoded(drawn.photo(2)), drawn.half(drawn.photo(2))], 1))
    results = []
    for shuffled in (False, True):
        for database in both_databases:
            with database.writing() as conn:
                for table in ("article_image", "picture_link"):
                    conn.exec_driver_sql(f"DELETE FROM {table}")
                conn.exec_driver_sql("UPDATE image SET picture_id = NULL")
                conn.exec_driver_sql("UPDATE picture SET centre_id = NULL")
                for table in ("picture_band", "picture"):
                    conn.exec_driver_sql(f"DELETE FROM {table}")
            order = random.Random(seed).sample(numbered, len(numbered)) if shuffled else numbered
            for number, data in order:
                put(database, number + 100 * shuffled, data)
            results.append((groups(database), links(database)))

    assert results[1:] == results[:1] * 3
    assert len(results[0][0]) == 4


def test_an_earlier_use_that_comes_late_is_the_centre(database: Database) -> None:
    put(database, 20, FORMS[0])
    put(database, 30, FORMS[1])
    put(database, 10, FORMS[2])

    earliest = fetched(FORMS[2]).picture
    assert earliest is not None
    assert set(groups(database).values()) == {earliest.sha256}


def test_what_only_touches_is_not_chained_together() -> None:
    moments = {n: (datetime(2026, 1, n, tzinfo=UTC), n) for n in (1, 2, 3)}
    chain = {1: {2}, 2: {1, 3}, 3: {2}}

    assert alike.choose_centres(chain, moments) == {2: 1}


def test_flat_and_tiny_pictures_are_never_linked(database: Database) -> None:
    plain = [Image.new("RGB", (800, 600), colour) for colour in ("#fff", "#fefefe", "#fdfdfd")]
    tiny = PHOTO.resize((60, 45))
    for number, picture in enumerate([*plain, tiny, tiny.resize((56, 42))], 1):
        put(database, number, drawn.encoded(picture, "PNG"))

    assert len(rows(database, PICTURE)) == 5
    assert rows(database, PICTURE_LINK) == []
    assert rows(database, PICTURE_BAND) == []


def test_pictures_that_were_imported_are_linked_by_their_hashes_alone(database: Database) -> None:
    one, other = (fetched(data).picture for data in FORMS[:2])
    assert one is not None
    assert other is not None
    for number, picture in ((1, one), (2, other)):
        told = image(number, sha256=picture.sha256, dhash=picture.dhash, phash=picture.phash)
        store(database, article(number, images=[told]))

    link = row(database, PICTURE_LINK)
    assert link.likeness is None
    assert "of pHash apart" in link.why


def test_a_file_completes_what_an_import_told_of_it(database: Database) -> None:
    picture = fetched(FORMS[0]).picture
    assert picture is not None
    store(database, article(1, images=[image(1, sha256=picture.sha256)]))
    put(database, 2, FORMS[1])

    put(database, 3, FORMS[0])

    whole = row(database, PICTURE, sha256=picture.sha256)
    assert (whole.path, whole.bytes, whole.flat) == (fetched(FORMS[0]).path, len(FORMS[0]), False)
    assert len(rows(database, PICTURE_LINK)) == 1


def test_a_look_up_costs_the_same_however_common_a_part_is(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alike, "_EQUAL_MOST", 5)
    monkeypatch.setattr(alike, "_CLOSE_MOST", 5)
    put(database, 1, FORMS[0])
    dhash = row(database, PICTURE).dhash
    with database.writing() as conn:
        crowd = [
            {"value": value, "picture_id": 1_000 + n, "dhash": dhash ^ 0x7FFFFFFF}
            for value in alike.parts(dhash)
            for n in range(50)
        ]
        conn.execute(PICTURE_BAND.insert(), crowd)

        found = alike._candidates(conn, dhash, but=None)

    # the very same dHash is found even in a crowd
    assert (0, 1) in found
    assert len(found) <= 1 + 4 * 5 + 5


def test_centres_follow_when_a_time_is_corrected(database: Database) -> None:
    put(database, 1, FORMS[0])
    put(database, 2, FORMS[1])
    ids = [one.id for one in rows(database, PICTURE)]
    with database.writing() as conn:
        conn.exec_driver_sql("UPDATE article SET published_at = NULL WHERE id = 1")
        alike.regroup(conn, ids)
        assert list(conn.scalars(select(PICTURE.c.centre_id).order_by(PICTURE.c.id))) == [2, None]
        conn.execute(update(PICTURE).values(centre_id=None))
        alike.regroup(conn, ids)
        assert list(conn.scalars(select(PICTURE.c.centre_id).order_by(PICTURE.c.id))) == [2, None]
