from __future__ import annotations

import pytest

from crawler.extract.dates import parse_moment, url_day

FORMS = {
    "2017-04-06 15:07:56": "2017-04-06T15:07:56+08:00",
    "2019年06月15日08:18": "2019-06-15T08:18:00+08:00",
    "2019年06月15日08:18  来源：港口日报": "2019-06-15T08:18:00+08:00",
    "2024 05/10 09:30:12": "2024-05-10T09:30:12+08:00",
    "2024/5/1 7:05": "2024-05-01T07:05:00+08:00",
    "2024.05.01": "2024-05-01",
    "发布时间：２０２４－０５－０１ ０８：００": "2024-05-01T08:00:00+08:00",
    "2024年5月1日 下午3:20": "2024-05-01T15:20:00+08:00",
    "2024-05-01T08:00:00Z": "2024-05-01T08:00:00+00:00",
    "2024-05-01T08:00:00+09:00": "2024-05-01T08:00:00+09:00",
    "2024-05-01T08:00:00.000+08:00": "2024-05-01T08:00:00+08:00",
    "2024-05-01T08:00:00+0800": "2024-05-01T08:00:00+08:00",
    "二〇二四年五月一日": "2024-05-01",
    "二〇一九年十二月二十一日": "2019-12-21",
    "20240501": "2024-05-01",
    "2024-05-01 星期三 08:30": "2024-05-01T08:30:00+08:00",
    "更新 2024-05-01 发布 2024-05-02 10:00": "2024-05-02T10:00:00+08:00",
    "05月01日 08:30": None,
    "2024-13-01": None,
    "2024-02-30": None,
    "今天 08:30": None,
    "12345": None,
    "": None,
}


@pytest.mark.parametrize(("text", "iso"), FORMS.items())
def test_a_date_is_read_in_every_form(text: str, iso: str | None) -> None:
    moment = parse_moment(text)

    assert (moment.iso if moment else None) == iso


def test_the_text_a_date_was_read_from_is_kept() -> None:
    moment = parse_moment("时间：2019年06月15日08:18 | 来源：港口日报")

    assert moment is not None
    assert moment.raw == "2019年06月15日08:18"


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://news.cri.cn/20251010/ab-cd.html", "2025-10-10"),
        ("http://gb.cri.cn/42071/2015/09/28/7211s5117323_1.htm", "2015-09-28"),
        ("https://example.cn/2024-05/01/content_7.htm", "2024-05-01"),
        ("https://example.cn/20251340/a.html", None),
        ("https://example.cn/20251010", "2025-10-10"),
        ("https://example.cn/a/123456789.html", None),
    ],
)
def test_a_url_names_its_day(url: str, day: str | None) -> None:
    assert url_day(url) == day
