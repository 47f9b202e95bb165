"""scrapy photos: reuse, one photo, a file from outside."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from storage.engine import open_database
from tests.commands.run import scrapy
from tests.factories import article, image, store, url
from tests.pictures import drawn
from tests.storage.seen import fetched, with_pictures

PHOTO = drawn.photo(1)
WHOLE, HALF = drawn.encoded(PHOTO, quality=92), drawn.half(PHOTO)


@pytest.fixture
def used(database_url: str) -> str:
    """Articles 1 and 2 show one photo at two sizes, with captions that disagree; 3 shows another."""
    said = image(2, caption="灾民在河边搭帐篷")
    with closing(open_database(database_url)) as database:
        store(
            database,
            with_pictures(article(1, images=[image(1)]), fetched(WHOLE)),
            with_pictures(article(2, images=[said], portal="baisha"), fetched(HALF)),
            with_pictures(article(3, images=[image(3)]), fetched(drawn.file(3))),
        )
    return database_url


def test_the_list_says_where_and_when_and_whether_captions_differ(used: str) -> None:
    done = scrapy("photos", database=used)
    records = [json.loads(line) for line in scrapy("photos", "--json", database=used).lines]

    assert done.code == 0, done.err
    assert done.lines == [
        "id\tfirst use\tuses\tarticles\tportals\tlooks\tdiffer\tcaption",
        "1\t2021-03-02 08:30\t2\t2\tbaisha、qingshi\t2\tcaption\t茶农在第一号坡地采茶",
    ]
    assert [(r["id"], r["uses"], r["captions_differ"], r["credits_differ"]) for r in records] == [
        (1, 2, True, False)
    ]


def test_the_list_can_be_narrowed_down(used: str) -> None:
    assert scrapy("photos", "--portal", "qingshi", "--since", "2021-03-02", database=used).lines[1:]

    none = scrapy("photos", "--portal", "nobody", database=used)

    assert (none.code, none.out) == (0, "")
    assert "no photo was used by two articles that pass the filters" in none.err


@pytest.mark.parametrize("reference", ["1", "2", image(2).url])
def test_a_photo_shows_every_use_and_marks_captions_that_disagree(used: str, reference: str) -> None:
    done = scrapy("photos", reference, database=used)
    record = json.loads(scrapy("photos", reference, "--json", database=used).out)

    assert done.code == 0, done.err
    assert done.lines[0] == "photo 1: 2 uses in 2 articles; captions differ"
    assert "  图说〔1〕：茶农在第一号坡地采茶" in done.lines
    assert "  图说〔2〕：灾民在河边搭帐篷" in done.lines
    assert "  署名：沈墨/摄" in done.lines
    assert any("bits of dHash apart" in line for line in done.lines)
    assert [(use["article_url"], use["caption_version"]) for use in record["uses"]] == [
        (url(1), 1),
        (url(2), 2),
    ]
    assert [look["width"] for look in record["looks"]] == [800, 400]


def test_a_photo_that_nobody_knows_is_said(used: str) -> None:
    done = scrapy("photos", "999", database=used)

    assert done.code == 1
    assert "no photo 999: give a number that scrapy photos lists" in done.err


def test_a_file_from_outside_is_looked_up(used: str, tmp_path: Path) -> None:
    path = tmp_path / "outside.jpg"
    path.write_bytes(drawn.squeezed(PHOTO))

    done = scrapy("photos", "--file", str(path), "--json", database=used)

    records = [json.loads(line) for line in done.lines]
    assert done.code == 0, done.err
    assert [record["kind"] for record in records] == ["alike", "alike"]
    assert {record["uses"][0]["article_url"] for record in records} == {url(1), url(2)}
    assert "alike: " in scrapy("photos", "--file", str(path), database=used).out


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (drawn.encoded(drawn.photo(9)), "no stored picture is or looks like it"),
        (drawn.encoded(PHOTO.resize((40, 30))), "it shows too little to be told from others"),
        (b"<html></html>", "a page in place of a picture"),
        (drawn.png_header(65_535, 65_535), "IMAGES_MAX_PIXELS allows"),
    ],
)
def test_a_file_that_leads_nowhere_is_exit_code_1(used: str, tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "outside"
    path.write_bytes(data)

    done = scrapy("photos", "--file", str(path), database=used)

    assert (done.code, done.out) == (1, "")
    assert said in done.err
    assert str(path) in done.err


def test_a_file_that_is_not_there_is_said(used: str) -> None:
    done = scrapy("photos", "--file", "/nowhere/a.jpg", database=used)

    assert done.code == 1
    assert "/nowhere/a.jpg" in done.err


@pytest.mark.parametrize(
    "arguments",
    [("1", "2"), ("1", "--file", "a.jpg"), ("--fetch", "1"), ("--fetch", "--since", "2026-01-01")],
)
def test_two_questions_at_once_are_wrong_usage(used: str, arguments: tuple[str, ...]) -> None:
    assert scrapy("photos", *arguments, database=used).code == 2
