from __future__ import annotations

import pytest

from crawler.extract.credits import split_credit

# a line and its parts: caption, credit, credit_raw
FORMS = {
    "货轮驶入码头。 江平/摄": ("货轮驶入码头。", "江平", "江平/摄"),
    "货轮驶入码头。江平 摄": ("货轮驶入码头。", "江平", "江平 摄"),
    "货轮驶入码头。（江平摄）": ("货轮驶入码头。", "江平", "江平摄"),
    "货轮驶入码头。（江平、周宁 摄）": ("货轮驶入码头。", "江平、周宁", "江平、周宁 摄"),
    "货轮驶入码头。新华社记者 江平 摄": ("货轮驶入码头。", "江平", "新华社记者 江平 摄"),
    "货轮驶入码头。新华社发（江平摄）": ("货轮驶入码头。", "江平", "新华社发（江平摄）"),
    "货轮驶入码头。港务局供图": ("货轮驶入码头。", "港务局", "港务局供图"),
    "货轮驶入码头。图片来源：视觉中国": ("货轮驶入码头。", "视觉中国", "图片来源：视觉中国"),
    "货轮驶入码头。图/江平": ("货轮驶入码头。", "江平", "图/江平"),
    "貨輪駛入碼頭。江平攝": ("貨輪駛入碼頭。", "江平", "江平攝"),
    "江平/摄": (None, "江平", "江平/摄"),
    "港务局供图": (None, "港务局", "港务局供图"),
    "（视觉中国）": (None, "视觉中国", "视觉中国"),
    "货轮驶入码头。": ("货轮驶入码头。", None, None),
    "▲货轮驶入码头。江平 摄": ("货轮驶入码头。", "江平", "江平 摄"),
    "图注：货轮驶入码头。": ("货轮驶入码头。", None, None),
    "游客在海边拍摄": ("游客在海边拍摄", None, None),
    "货轮航线示意图": ("货轮航线示意图", None, None),
    "": (None, None, None),
}


@pytest.mark.parametrize(("line", "parts"), FORMS.items())
def test_a_line_parts_into_caption_and_credit(line: str, parts: tuple[str | None, ...]) -> None:
    assert tuple(split_credit(line)) == parts


@pytest.mark.parametrize(
    "line", ["摄" * 5000, "（" * 5000, "图/" * 5000, "记者 " * 3000 + "摄", "供" * 9000, "江 " * 5000]
)
def test_a_hostile_line_is_split_at_once(line: str) -> None:
    credit = split_credit(line)

    assert (credit.caption or "") + (credit.credit or "")
