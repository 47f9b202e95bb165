from __future__ import annotations

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
        ({"blocks": [{"type": "image"}]}, "blocks[0]: an image block names no image"),
        ({"blocks": [{"type": "image", "image": 9}]}, "image"),
        ({"images": [{"caption": "没有地址"}]}, "images[0]: no url"),
        ({"images": [{"url": "https://e.cn/1.jpg", "sha256": "xyz"}]}, "images[0].sha256"),
        ({"images": [{"url": "https://e.cn/1.jpg", "width": -1}]}, "images[0].width"),
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
