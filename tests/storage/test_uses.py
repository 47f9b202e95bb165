"""What articles use: pictures with captions and credits, and the people who made them."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.items import Article
from storage.engine import Database
from storage.models import ARTICLE_IMAGE, BYLINE, IMAGE, PERSON, PICTURE
from storage.queries import article_by
from storage.writer import Stored
from tests.factories import article, image, row, rows, store, url

SHA = "0123456789abcdef" * 4


def people(database: Database, stored: Stored) -> set[tuple[str, int, str]]:
    names = {person.id: person.name for person in rows(database, PERSON)}
    return {
        (line.role, line.number, names[line.person_id])
        for line in rows(database, BYLINE, article_id=stored.article_id)
    }


def kept(database: Database, number: int) -> Article:
    with database.reading() as conn:
        found = article_by(conn, url(number))
    assert found is not None
    return found.article


def test_a_picture_of_two_articles_is_one_image_with_two_uses(database: Database) -> None:
    store(
        database,
        article(1, images=[image(1)]),
        article(2, images=[image(1, caption="另一种说明", credit=None, credit_raw=None)]),
    )

    one = row(database, IMAGE)
    uses = rows(database, ARTICLE_IMAGE)
    assert {use.image_id for use in uses} == {one.id}
    assert [use.caption for use in uses] == ["茶农在第一号坡地采茶", "另一种说明"]


def test_a_picture_twice_in_an_article_is_two_uses(database: Database) -> None:
    store(database, article(1, images=[image(1), image(1, caption="再看一眼")]))

    assert len(rows(database, IMAGE)) == 1
    assert [(use.number, use.caption) for use in rows(database, ARTICLE_IMAGE)] == [
        (1, "茶农在第一号坡地采茶"),
        (2, "再看一眼"),
    ]


@pytest.mark.parametrize("together", [True, False])
def test_other_forms_of_a_picture_url_are_one_image_and_each_article_keeps_its_own(
    database: Database, together: bool
) -> None:
    forms = ["https://img.qingshi.example/a.jpg", "http://IMG.qingshi.example/a.jpg#top"]
    items = [article(n, images=[image(1, url=form)]) for n, form in enumerate(forms, 1)]

    for batch in [items] if together else [[item] for item in items]:
        store(database, *batch)

    assert len(rows(database, IMAGE)) == 1
    assert [kept(database, n).images[0].url for n in (1, 2)] == forms


def test_a_picture_path_keeps_its_case_and_query(database: Database) -> None:
    urls = [f"https://img.qingshi.example/{rest}" for rest in ("a.jpg", "A.jpg", "a.jpg?w=1", "a.jpg?w=2")]

    store(database, article(1, images=[image(1, url=one) for one in urls]))

    assert [one.url for one in rows(database, IMAGE)] == urls


def test_changed_pictures_take_the_place_of_the_old(database: Database) -> None:
    store(database, article(1, images=[image(1), image(2), image(3)]))

    (again,) = store(database, article(1, images=[image(3), image(4, credit="柳青")]))

    uses = rows(database, ARTICLE_IMAGE, article_id=again.article_id)
    assert [use.number for use in uses] == [1, 2]
    assert [one.url for one in kept(database, 1).images] == [image(3).url, image(4).url]
    assert ("photographer", 2, "柳青") in people(database, again)
    assert len(rows(database, IMAGE)) == 4


def test_what_a_fetched_file_told_is_kept(database: Database) -> None:
    told = image(1, sha256=SHA, dhash="ffffffffffffffff", phash="0000000000000001", width=800, height=600)

    store(database, article(1, images=[told]))

    assert kept(database, 1).images == [told]
    picture = row(database, PICTURE)
    assert (picture.sha256, picture.dhash, picture.phash) == (SHA, -1, 1)


def test_a_later_crawl_that_fetches_no_files_does_not_forget_them(database: Database) -> None:
    store(database, article(1, images=[image(1, sha256=SHA, dhash="8000000000000000", width=8, height=6)]))

    (again,) = store(database, article(1, images=[image(1, caption="新的说明")]))

    now = kept(database, 1).images[0]
    assert again.state == "changed"
    assert (now.caption, now.sha256, now.dhash) == ("新的说明", SHA, "8000000000000000")
    assert (now.width, now.height) == (8, 6)


def test_uses_of_one_image_keep_each_its_own_picture(database: Database) -> None:
    first = [image(1), image(1, sha256=SHA), image(1, sha256=SHA[::-1]), image(2)]
    store(database, article(1, images=first))

    (again,) = store(database, article(1, images=[image(2), image(1), image(1), image(1, caption="新的")]))

    assert again.state == "changed"
    assert [one.sha256 for one in kept(database, 1).images] == [None, None, SHA, SHA[::-1]]


@pytest.mark.parametrize(
    "told",
    [
        {"width": 0, "height": 1 << 31},
        {"dhash": "3" * 16},
        {"sha256": SHA, "dhash": "3" * 16},
        {"sha256": SHA, "width": 5},
    ],
)
def test_the_same_pictures_again_are_the_same_whatever_they_tell(
    database: Database, told: dict[str, Any]
) -> None:
    store(database, article(2, images=[image(1, sha256=SHA, dhash="4" * 16, width=8)]))

    states = [store(database, article(1, images=[image(3), image(3, **told)]))[0].state for _ in range(3)]

    assert states == ["new", "same", "same"]


def test_one_file_at_two_urls_is_one_picture(database: Database) -> None:
    store(database, article(1, images=[image(1, sha256=SHA)]), article(2, images=[image(2, sha256=SHA)]))

    assert len(rows(database, IMAGE)) == 2
    assert {use.picture_id for use in rows(database, ARTICLE_IMAGE)} == {row(database, PICTURE).id}


def test_everyone_named_has_a_byline_with_a_role(database: Database) -> None:
    item = article(
        1,
        authors=["林溪", "方野"],
        editor="周远、钱塘",
        duty_editor="何岚",
        images=[image(1, credit="沈墨、林溪"), image(2, credit="沈墨"), image(3, credit=None)],
    )

    (stored,) = store(database, item)

    assert people(database, stored) == {
        ("author", 1, "林溪"),
        ("author", 2, "方野"),
        ("editor", 1, "周远"),
        ("editor", 2, "钱塘"),
        ("duty_editor", 1, "何岚"),
        ("photographer", 1, "沈墨"),
        ("photographer", 2, "林溪"),
    }
    assert len(rows(database, PERSON)) == 6


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"editor": None}, {("author", 1, "林溪"), ("duty_editor", 1, "何岚")}),
        ({"authors": []}, {("editor", 1, "周远"), ("duty_editor", 1, "何岚")}),
        (
            {"authors": ["", "何岚", "何岚"]},
            {("author", 1, "何岚"), ("editor", 1, "周远"), ("duty_editor", 1, "何岚")},
        ),
    ],
)
def test_changed_people_take_the_place_of_the_old(
    database: Database, change: dict[str, Any], expected: set[tuple[str, int, str]]
) -> None:
    store(database, article(1))

    (again,) = store(database, article(1, **change))

    assert people(database, again) == expected


def test_an_article_of_many_pictures_keeps_them_all(database: Database) -> None:
    many = [image(n, credit=None, credit_raw=None) for n in range(1, 1_101)]

    store(database, article(1, images=many))

    assert [one.url for one in kept(database, 1).images] == [one.url for one in many]


def test_a_sentence_taken_for_a_name_is_no_person(database: Database) -> None:
    sentence = "茶农们清晨便背着竹篓上山" * 300

    (stored,) = store(database, article(1, authors=[sentence, "林溪"], images=[image(1, credit=sentence)]))

    assert ("author", 1, "林溪") in people(database, stored)
    assert max(len(person.name) for person in rows(database, PERSON)) < 10
    assert kept(database, 1).authors == [sentence, "林溪"]
    assert kept(database, 1).images[0].credit == sentence


def test_picture_urls_of_any_length_are_told_apart(database: Database) -> None:
    stem = "https://img.qingshi.example/" + "".join(chr(0x4E00 + n) for n in range(5_000))
    urls = [stem + end for end in ("1.jpg", "2.jpg")]

    store(database, article(1, images=[image(n, url=one) for n, one in enumerate(urls)]))

    assert len(rows(database, IMAGE)) == 2
    assert [one.url for one in kept(database, 1).images] == urls
