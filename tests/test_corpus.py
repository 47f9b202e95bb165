"""A picture as a row of a caption corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.corpus import COLUMNS, around, caption_record
from crawler.items import Article, Block, Image
from tests.factories import article

IMAGE = Image(
    "https://img.qingshi.example/a.jpg", position=3, caption="茶农采茶", credit="沈墨", credit_raw="沈墨/摄"
)
BODY = [
    Block("paragraph", text="清晨上山。"),
    Block("heading", text="采茶"),
    Block("image", image=1),
    Block("image", image=0),
    Block("table", text="茶\t斤", rows=[["茶", "斤"]]),
    Block("video", url="https://v.qingshi.example/a.mp4"),
    Block("quote", text="“今年好。”"),
    Block("paragraph", text="傍晚下山。"),
]


def made(blocks: list[Block]) -> Article:
    return article(1, blocks=blocks, images=[IMAGE, Image("https://img.qingshi.example/b.jpg", position=2)])


def test_the_paragraphs_around_a_picture_are_the_nearest_of_the_text() -> None:
    assert around(made(BODY), 3) == ("清晨上山。", "“今年好。”")


@pytest.mark.parametrize(
    ("blocks", "position", "wanted"),
    [
        (BODY[3:], 0, (None, "“今年好。”")),
        (BODY[:4], 3, ("清晨上山。", None)),
        ([Block("image", image=0)], 0, (None, None)),
        ([], 0, (None, None)),
        (BODY, -1, (None, "清晨上山。")),
        (BODY, 99, ("傍晚下山。", None)),
    ],
)
def test_where_there_is_no_paragraph_there_is_none(
    blocks: list[Block], position: int, wanted: tuple[str | None, str | None]
) -> None:
    assert around(made(blocks), position) == wanted


def test_a_row_has_every_column_in_order() -> None:
    shown = made(BODY)
    shown.story = 7

    record = caption_record(5, shown, IMAGE, path="aa/a.jpg", split="train")

    assert tuple(record) == COLUMNS
    assert {name: record[name] for name in ("article", "url", "caption", "credit", "credit_raw", "path")} == {
        "article": 5,
        "url": IMAGE.url,
        "caption": "茶农采茶",
        "credit": "沈墨",
        "credit_raw": "沈墨/摄",
        "path": "aa/a.jpg",
    }
    assert (record["before"], record["after"]) == ("清晨上山。", "“今年好。”")
    assert (record["story"], record["split"], record["source"]) == (7, "train", "青石晚报")


def test_every_column_is_described() -> None:
    page = (Path(__file__).parents[1] / "docs" / "corpus.md").read_text("utf-8")

    assert [name for name in COLUMNS if f"`{name}`" not in page] == []
