from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from crawler.items import RECORD_KEYS, RecordError, to_record
from crawler.records import from_record

WHOLE: dict[str, Any] = {
    "url": "https://www.example.cn/a.html",
    "portal": "example",
    "channel": ["地方", "民生"],
    "title": "港口开埠",
    "subtitle": "百年老码头",
    "keywords": ["港口"],
    "language": "zh-CN",
    "published_at": "2023-05-10T09:00:00+08:00",
    "source": {"name": "港口日报", "url": "https://paper.example.cn/"},
    "authors": ["江平"],
    "editor": "周宁",
    "duty_editor": "方圆",
    "blocks": [
        {"type": "paragraph", "text": "第一段。"},
        {"type": "image", "image": 0},
        {"type": "heading", "text": "小标题"},
        {"type": "table", "rows": [["船", "吨"], ["江平号", "9"]], "text": "船 吨\n江平号 9"},
        {"type": "video", "url": "https://v.example.cn/a.mp4", "poster": None},
        {"type": "quote", "text": "引文。"},
    ],
    "images": [
        {
            "url": "https://p.example.cn/1.jpg",
            "position": 1,
            "alt": None,
            "caption": "货轮。",
            "credit": "江平",
            "credit_raw": "江平 摄",
            "width": 600,
            "height": 400,
            "sha256": "a" * 64,
            "dhash": "f" * 16,
            "phash": "0" * 16,
        }
    ],
}


def test_a_record_comes_back_as_it_went_in() -> None:
    record = to_record(from_record(WHOLE))

    assert list(record) == list(RECORD_KEYS)
    assert {key: record[key] for key in WHOLE} == WHOLE
    assert record["body_text"] == "第一段。\n小标题\n船 吨\n江平号 9\n引文。"
    assert to_record(from_record(json.loads(json.dumps(record)))) == record


def test_the_least_record_is_url_title_and_body() -> None:
    record = to_record(from_record({"url": "https://e.cn/a", "title": "题", "body_text": "一。\n二。"}))

    assert record["blocks"] == [{"type": "paragraph", "text": "一。"}, {"type": "paragraph", "text": "二。"}]
    assert record["published_at"] is None
    assert record["images"] == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"url": None}, "url"),
        ({"title": ""}, "title"),
        ({"title": 7}, "title: 7 is not a string"),
        ({"blocks": None, "body_text": None}, "body_text"),
        ({"published_at": "yesterday"}, "published_at: 'yesterday' is not an ISO 8601"),
        ({"authors": "江平"}, "authors"),
        ({"channel": [1]}, "channel"),
        ({"source": 3}, "source"),
        ({"blocks": [{"type": "poem", "text": "x"}]}, "blocks[0]"),
        ({"blocks": [{"type": "image"}]}, "blocks[0].image: an image block names no image"),
        ({"blocks": [{"type": "image", "image": 9}]}, "image"),
        ({"images": [{"caption": "没有地址"}]}, "images[0].url: there is none"),
        ({"images": [{"url": "https://e.cn/1.jpg", "sha256": "xyz"}]}, "images[0].sha256"),
        ({"images": [{"url": "https://e.cn/1.jpg", "width": -1}]}, "images[0].width"),
        ({"blocks": [{"type": ["x"]}]}, "blocks[0]: {'type': ['x']} has no known type"),
        ({"blocks": [{"type": "table", "rows": [[["x"]]]}]}, "blocks[0].rows: the cell ['x']"),
        ({"source": {"name": ["x"]}}, "source.name: ['x'] is not a string"),
        ({"source": "报" * 301}, "is longer than 300 characters"),
        ({"portal": "p" * 101}, "is longer than 100 characters"),
        ({"channel": ["频" * 150, "道" * 150]}, "is longer than 300 characters"),
        ({"pages": 2.5}, "pages: 2.5 is not a whole number"),
        ({"pages": True}, "pages: True is not a whole number"),
        ({"published_at": "2024-W01"}, "published_at: '2024-W01' is not an ISO 8601"),
        ({"published_at": "2024-01"}, "published_at"),
        ({"modified_at": "2024-01-01-05"}, "modified_at"),
    ],
)
def test_a_wrong_record_is_refused_with_the_key_and_the_value(change: dict[str, Any], said: str) -> None:
    with pytest.raises(RecordError) as error:
        from_record(WHOLE | change)

    assert said in str(error.value)


@pytest.mark.parametrize("record", [None, [], "text", 7])
def test_what_is_no_object_is_refused(record: object) -> None:
    with pytest.raises(RecordError):
        from_record(record)  # type: ignore[arg-type]


def test_nul_and_lone_surrogates_are_cleaned() -> None:
    record = to_record(from_record(WHOLE | {"title": "港\x00口\ud800开埠"}))

    assert record["title"].replace("\ufffd", "") == "港口开埠"
    json.dumps(record, ensure_ascii=False).encode()


def test_a_wrong_value_is_shown_by_its_beginning() -> None:
    with pytest.raises(RecordError, match=r"title: \['x+…") as error:
        from_record(WHOLE | {"title": ["x" * 1_000_000]})

    assert len(str(error.value)) < 120


ODD = (
    None,
    True,
    7,
    -1,
    1.5,
    float("nan"),
    "",
    "文",
    [],
    [[]],
    ["x"],
    [None],
    {},
    {"a": 1},
    [{"type": ["x"]}],
)


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_whatever_stands_in_a_record_it_is_read_or_refused(odd: Any) -> None:
    places = [(WHOLE | {"body_text": "x"}, key) for key in (*WHOLE, "body_text", "pages", "modified_at")]
    for number, block in enumerate(WHOLE["blocks"]):
        places += [(WHOLE, ("blocks", number, key)) for key in block]
    places += [(WHOLE, ("images", 0, key)) for key in WHOLE["images"][0]]
    places += [(WHOLE, ("source", key)) for key in ("name", "url")]
    read = 0

    for whole, place in places:
        record = copy.deepcopy(whole)
        *way, last = (place,) if isinstance(place, str) else place
        target: Any = record
        for step in way:
            target = target[step]
        target[last] = odd
        try:
            to_record(from_record(record))
        except RecordError:
            continue
        read += 1

    assert read < len(places)


def test_no_text_is_dropped() -> None:
    body = {"url": "https://e.cn/a", "title": "题", "body_text": "正文\n第二段"}
    table = {"type": "table", "rows": [["只有", None], [], [1, 2.5, ""]]}
    picture = {"url": "https://e.cn/1.jpg"}

    empty = to_record(from_record(body | {"blocks": [], "images": [picture]}))
    only = to_record(from_record(body | {"blocks": [{"type": "image", "image": 0}], "images": [picture]}))
    rows = to_record(from_record(body | {"blocks": [table]}))

    assert empty["body_text"] == only["body_text"] == body["body_text"]
    assert [block["type"] for block in empty["blocks"]] == ["paragraph", "paragraph", "image"]
    assert only["blocks"] == empty["blocks"]
    assert only["images"][0]["position"] == 2
    assert rows["body_text"] == "只有\n1 2.5"
    assert rows["blocks"] == [
        {"type": "table", "rows": [["只有", ""], [], ["1", "2.5", ""]], "text": "只有\n1 2.5"}
    ]


def test_addresses_keep_the_blanks_inside() -> None:
    odd = "https://e.cn/a  b\u3000c.jpg"
    blocks = [{"type": "video", "url": odd, "poster": odd}, {"type": "paragraph", "text": "文"}]

    changes = {"blocks": blocks, "images": [{"url": f" {odd}\n"}], "source": {"name": "报", "url": odd}}
    record = to_record(from_record(WHOLE | changes | {"canonical_url": odd}))

    assert record["images"][0]["url"] == record["source"]["url"] == record["canonical_url"] == odd
    assert record["blocks"][0] == {"type": "video", "url": odd, "poster": odd}


@pytest.mark.parametrize("day", ["2024-01-01", "20240101", "2024-W01-1", "2024W011"])
def test_a_day_in_any_form_is_a_day(day: str) -> None:
    article = from_record(WHOLE | {"published_at": day, "modified_at": day})

    assert (article.published_at, article.modified_at) == ("2024-01-01", "2024-01-01")


def test_whole_numbers_of_pandas_are_whole_numbers() -> None:
    article = from_record(WHOLE | {"pages": 2.0, "images": [{"url": "https://e.cn/1.jpg", "width": 640.0}]})

    assert (article.pages, article.images[0].width) == (2, 640)
    assert isinstance(article.images[0].width, int)
