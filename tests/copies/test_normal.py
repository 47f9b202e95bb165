"""What is left of a text when it is set anew."""

from __future__ import annotations

import pytest

from crawler.copies.normal import letters, told

NEWS = "春茶今日上市，茶农忙着采摘。"


@pytest.mark.parametrize(
    "before",
    [
        "本报讯（记者 叶知秋）",
        "本报青石3月5日电 ",
        "据新华社北京3月5日电（记者叶知秋、江平）",
        "中新网3月5日电 综合报道，",
        "国际在线消息：",
        "〔記者葉知秋／台北報導〕",
        "（中央社記者葉知秋台北5日電）",
        "青石晚报讯 ",
    ],
)
def test_a_dateline_is_no_part_of_the_text(before: str) -> None:
    assert letters(told(before + NEWS)) == letters(NEWS)


@pytest.mark.parametrize(
    "line",
    [
        "责任编辑：江平",
        "（责编：江平、沈墨）",
        "【编辑:江平】",
        "来源：青石晚报",
        "記者：葉知秋",
        "校对|沈墨",
        "版权声明：转载请联系本报。",
    ],
)
def test_a_line_that_only_signs_is_no_part_of_the_text(line: str) -> None:
    assert told(f"{NEWS}\n{line}") == told(NEWS)


@pytest.mark.parametrize(
    "text",
    [
        "记者在现场看到，茶农们忙着采摘。",
        "作者的手稿在展厅里展出，引来许多读者。",
        "编辑部的故事讲了三十年。",
        "据介绍，今年的报名比去年多三成，电话一直没有断过。",
        "他在报社工作了三十年，去年报道了这里的变化，今天又来了。",
    ],
)
def test_text_that_only_looks_like_a_dateline_or_a_signature_stays(text: str) -> None:
    assert letters(told(text)) == letters(text)


def test_a_dateline_in_the_middle_of_a_text_stays() -> None:
    text = f"{NEWS}\n本报讯（记者 叶知秋）第二天下雨了。"

    assert "本报讯" in told(text)


def test_the_agency_s_end_mark_and_the_reporters_in_brackets_go() -> None:
    assert letters(told("春茶上市（记者 江平 通讯员 沈墨）。（完）")) == "春茶上市"


def test_traditional_and_full_width_forms_are_the_plain_ones() -> None:
    assert letters("臺灣５Ｇ基站") == letters("台湾5G基站")
