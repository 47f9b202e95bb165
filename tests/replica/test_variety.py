"""The replica shows every form of markup in its share, and no text twice."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any

import pytest
from PIL import Image

from tests.replica.asking import SIZE, get, grams, split
from tests.replica.replica import Replica

# what every 200 articles must show, with the least share of articles
FEATURES = {
    "template:article-0": 0.05,
    "template:article-1": 0.05,
    "template:article-2": 0.05,
    "template:regional-0": 0.03,
    "template:regional-1": 0.03,
    "template:regional-2": 0.03,
    "template:info-0": 0.01,
    "template:info-1": 0.01,
    "template:info-2": 0.01,
    "kind:gallery": 0.02,
    "kind:whole": 0.005,
    "kind:chain": 0.005,
    "date:seconds": 0.4,
    "date:chinese": 0.05,
    "date:spans": 0.05,
    "date:day": 0.03,
    "charset:gb": 0.04,
    "charset:undeclared": 0.02,
    "reprint:exact": 0.005,
    "reprint:lead": 0.005,
    "no-source": 0.01,
    "no-editor": 0.03,
    "staff-code": 0.1,
    "hidden": 0.08,
    "share": 0.2,
    "notice": 0.05,
    "related": 0.05,
    "code_picture": 0.05,
    "authors:tail": 0.05,
    "authors:line": 0.01,
    "authors:labelled": 0.01,
    "duty:line": 0.1,
    "duty:body": 0.05,
    "headings": 0.1,
    "caption:centred": 0.1,
    "caption:indented": 0.03,
    "caption:font": 0.03,
    "caption:same-p": 0.05,
    "caption:span": 0.03,
    "caption:figure": 0.03,
    "lazy:data-src": 0.08,
    "lazy:data-original": 0.08,
    "alt:list": 0.3,
    "alt:caption": 0.05,
    "alt:none": 0.05,
    "two-in-a-row": 0.05,
    "caption:credit": 0.3,
    "caption:no-credit": 0.1,
    "no-caption:credit": 0.05,
    "no-caption:no-credit": 0.05,
}


def test_two_articles_share_less_than_a_fifth_of_their_4_grams_unless_one_reprints_the_other(
    records: list[dict[str, Any]],
) -> None:
    originals = [(r["url"], grams(r["body_text"])) for r in records if r["body_text"] and not r["reprint_of"]]

    alike = [
        (one, other)
        for index, (one, first) in enumerate(originals)
        for other, second in originals[:index]
        if len(first & second) >= 0.2 * len(first | second)
    ]

    assert alike == []


def test_a_reprint_shares_most_of_its_originals_text(records: list[dict[str, Any]]) -> None:
    by_url = {record["url"]: record for record in records}
    reprints = [record for record in records if record["reprint_of"]]

    shared = []
    for record in reprints:
        original = by_url[record["reprint_of"]]
        one, other = grams(record["body_text"]), grams(original["body_text"])
        shared.append(len(one & other) / len(one | other))
        assert record["url"] != original["url"]
        assert record["published_at"][:10] >= original["published_at"][:10]

    assert 0.02 * SIZE <= len(reprints) <= 0.07 * SIZE
    assert min(shared) > 0.4


def test_the_replica_shows_every_form_in_its_share(records: list[dict[str, Any]]) -> None:
    counts = Counter(feature for record in records for feature in set(record["features"]))

    rare = {name: counts[name] for name, least in FEATURES.items() if counts[name] < least * SIZE}

    assert rare == {}


def test_every_form_of_a_credit_occurs(records: list[dict[str, Any]]) -> None:
    credits = [i["credit_raw"] for record in records for i in record["images"] if i["credit_raw"]]

    for form in ("/摄", " 摄", "供图", "图片来源：", "图/", "新华社记者 ", "新华社发（", "、"):
        assert sum(form in credit for credit in credits) >= 3, form


def test_a_gallery_has_six_to_twelve_slides_and_no_text(records: list[dict[str, Any]]) -> None:
    galleries = [record for record in records if record["template"] == "slider"]

    assert {6 <= len(record["images"]) <= 12 for record in galleries} == {True}
    assert {record["body_text"] for record in galleries} == {""}


def test_a_gb_page_says_gb2312_and_only_gb18030_can_read_it(
    replica: Replica, records: list[dict[str, Any]]
) -> None:
    pages = [get(replica, record["url"]) for record in records if "charset:gb" in record["features"]]

    for page in pages:
        assert b"charset=gb2312" in page
        page.decode("gb18030")
        for encoding in ("utf-8", "gb2312", "gbk"):
            with pytest.raises(UnicodeDecodeError):
                page.decode(encoding)


def test_a_page_without_a_charset_has_none_in_its_header_either(
    replica: Replica, records: list[dict[str, Any]]
) -> None:
    url = next(record["url"] for record in records if "charset:undeclared" in record["features"])

    answer = replica.respond(*split(url))

    assert answer.headers["Content-Type"] == "text/html"
    assert b"charset" not in answer.body


def test_pictures_are_small_jpegs_and_no_two_are_the_same(
    replica: Replica, records: list[dict[str, Any]]
) -> None:
    urls = {image["url"] for record in records if not record["reprint_of"] for image in record["images"]}
    bodies = [get(replica, url) for url in sorted(urls)[:120]]

    sizes = [Image.open(io.BytesIO(body)).size for body in bodies]

    assert len(set(bodies)) == len(bodies)
    assert {Image.open(io.BytesIO(body)).format for body in bodies} == {"JPEG"}
    assert min(min(size) for size in sizes) >= 200
    assert max(len(body) for body in bodies) < 12_000


def test_a_reprints_picture_has_another_url_and_the_same_pixels() -> None:
    big = Replica(800)
    by_url = {record["url"]: record for record in big.expected()}
    pairs = [
        (record, by_url[record["reprint_of"]])
        for record in by_url.values()
        if "reprint:lead" in record["features"] and record["images"]
    ]
    reprint, original = pairs[0]

    assert reprint["images"][0]["url"] != original["images"][0]["url"]
    assert get(big, reprint["images"][0]["url"]) == get(big, original["images"][0]["url"])
