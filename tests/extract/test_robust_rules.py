"""What makes a rule search again and again: its own signs repeated, and attributes without end."""

from __future__ import annotations

import time

import pytest

from crawler.read import Page, Refusal, read

URL = "https://news.example.cn/20240501/a.html"
SENTENCE = "<p>江城的新桥今天通车，人们在桥头合影留念。工程师说，这座桥用了三年才建成。</p>"
SECONDS = 2.0  # of processor time, which a busy machine does not lengthen
REPEATED = (
    "（", "来源：", "记者 ", "2024-", "2024年5月1日 ", "编辑", "图/", "摄 ", "江 ", "、江平", "> ", "【",
    "www.", "_", "_江", "　", "《", "图片来源：", "本报记者江平", "供图", "责编：江平 ", "[1]", "1", "·江",
    "—", "时间:", "1:", "-", "版权",
)  # fmt: skip
ENDLESS = {
    "50,000 attributes": "<div " + " ".join(f"a{i}=1" for i in range(50_000)) + ">",
    "a class of 10 MB": f'<div class="{"a" * 10_000_000}">',
    "an id of underscores": f'<div id="{"_" * 1_000_000}">',
    "a style of 10 MB": f'<div style="{"width: " * 1_500_000}">',
    "a picture's URL of 10 MB": f'<img src="/{"a-" * 5_000_000}.jpg">',
    "an alt of 10 MB": f'<img src="/a/b.jpg" alt="{"江" * 3_000_000}">',
}


def page(middle: str, title: str = "江上新桥今天通车") -> bytes:
    return f"<title>{title}_江城网</title><body><h1>{title}</h1>{middle}".encode()


def seconds_for(body: bytes) -> float:
    """Processor time of reading a page."""
    began = time.process_time()
    assert isinstance(read(body, URL, None), Page | Refusal)
    return time.process_time() - began


@pytest.mark.parametrize("unit", REPEATED)
def test_a_sign_repeated_without_end_is_passed_at_once(unit: str) -> None:
    long = unit * (100_000 // len(unit))
    beside_picture = f"<p><img src=/a/x.jpg alt='{long}'></p><p>{long}</p>"
    named = f"<div class='{long}' id='{long}'><a href='{long}'>{long}</a></div>"
    lines = f"<p>{unit * 12}</p>" * 1000

    assert seconds_for(page(SENTENCE * 4 + beside_picture)) < SECONDS
    assert seconds_for(page(named + SENTENCE * 4, long)) < SECONDS
    assert seconds_for(page(lines)) < SECONDS


@pytest.mark.parametrize("name", ENDLESS)
def test_an_endless_attribute_hides_no_article(name: str) -> None:
    body = page(ENDLESS[name] + SENTENCE * 4)
    began = time.process_time()

    result = read(body, URL, None)

    assert time.process_time() - began < SECONDS
    assert isinstance(result, Page), result
    assert result.article.title == "江上新桥今天通车"
    assert result.article.body_text.count("桥头合影") == 4
