from __future__ import annotations

import pytest

from crawler.extract.decode import DecodeError, decode

TEXT = "码头的吊臂开始转动，今天要卸下三百个货柜。这是工人们在港口工作的第二十年。" * 4


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig", "utf-16-le", "utf-16"])
@pytest.mark.parametrize("declared", ["utf-8", "gb2312", None])
def test_the_bytes_decide_whatever_is_declared(encoding: str, declared: str | None) -> None:
    meta = f'<meta charset="{declared}">' if declared else ""
    body = f"<html><head>{meta}</head><body>{TEXT}</body></html>".encode(encoding)

    assert TEXT in decode(body, declared).text


def test_a_character_that_only_gb18030_has_is_read_from_a_page_that_declares_gb2312() -> None:
    text = TEXT + "渡口的䶮字和𫍯字"
    body = f'<meta charset="gb2312">{text}'.encode("gb18030")

    decoded = decode(body)

    assert text in decoded.text
    assert decoded.encoding == "gb18030"


def test_big5_is_read_where_it_is_declared() -> None:
    text = "這個國家的港口開始營運，工人們說他們在這裡工作了二十年。" * 4

    assert text in decode(f'<meta charset="big5">{text}'.encode("big5")).text


def test_a_page_cut_inside_a_character_is_still_utf_8() -> None:
    body = TEXT.encode()[:-2]

    assert decode(body).encoding == "utf-8"


def test_one_broken_byte_does_not_change_the_encoding() -> None:
    body = (TEXT * 10).encode()

    decoded = decode(body[:600] + b"\xff" + body[600:])

    assert decoded.encoding == "utf-8"
    assert TEXT in decoded.text


@pytest.mark.parametrize(
    "body", [b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20, bytes(5000), b"\x1f\x8b" + bytes(range(256)) * 9]
)
def test_what_is_no_text_is_refused(body: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(body)
