"""The seed article in CRI's four templates and in other renderings of each, scored against its gold."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from crawler.items import to_record
from crawler.portals.registry import portal_by_name
from crawler.read import Page, read
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared
SEED = SHARED / "seed"
NAMES = ("article", "regional", "info", "slider")
SCALARS = ("title", "published_at", "source", "editor", "duty_editor", "authors")


def scorer() -> ModuleType:
    """../shared/eval/score.py as a module."""
    spec = importlib.util.spec_from_file_location("score", SHARED / "eval" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def scores(name: str, render: Callable[[str], bytes]) -> dict[str, float]:
    """The figures of one page in another rendering."""
    gold: dict[str, Any] = json.loads((SEED / f"cri-{name}.json").read_text("utf-8"))
    body = render((SEED / f"cri-{name}.html").read_text("utf-8"))
    page = read(body, gold["url"], portal_by_name("cri"))
    assert isinstance(page, Page), page
    module = scorer()
    row = module.score_page(gold, to_record(page.article))
    result: dict[str, float] = module.summarise({f"{name}-1": row})
    return result


def swap_class_and_id(html: str) -> str:
    """`id="abody"` in place of the class, and the reverse."""
    return re.sub(
        r'\b(id|class)="([a-z\-]+)"',
        lambda found: f'{"id" if found[1] == "class" else "class"}="{found[2]}"',
        html,
    )


def one_div_deeper(html: str) -> str:
    """The paragraphs in a div of the body's own; a gallery has no such body."""
    if 'class="slider"' in html:
        return html
    body = r'(<div class="[^"]*(?:abody|article-txt)"[^>]*>)(.*)(</div>)'
    return re.sub(body, r"\1<div></div><div>\2</div>\3", html, flags=re.S)


def caption_beside_picture(separator: str, wrap: str = "{}") -> Callable[[str], bytes]:
    """The paragraph after a picture moved into the picture's own."""

    def render(html: str) -> bytes:
        return re.sub(
            r"(<img [^>]*>)\s*</p>\s*<p[^>]*>(.*?)</p>",
            lambda found: f"{found[1]}{separator}{wrap.format(found[2])}</p>",
            html,
        ).encode()

    return render


RENDERINGS: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "gb18030 under gb2312": lambda html: html.replace('charset="utf-8"', 'charset="gb2312"').encode(
        "gb18030"
    ),
    "no charset": lambda html: html.replace('<meta charset="utf-8">', "").encode(),
    "ids for classes": lambda html: swap_class_and_id(html).encode(),
    "caption after a line break": caption_beside_picture("<br>"),
    "caption in a span": caption_beside_picture("", "<span>{}</span>"),
    "caption in the picture's paragraph": caption_beside_picture(""),
    "lazy pictures": lambda html: re.sub(
        r'<img src="([^"]+)"', r'<img src="/static/blank.gif" data-src="\1"', html
    ).encode(),
    "full-width colons": lambda html: html.replace("来源:", "来源：").replace("编辑:", "编辑：").encode(),
    "one div deeper": lambda html: one_div_deeper(html).encode(),
    "upper-case tags": lambda html: re.sub(r"</?[a-z]+", lambda tag: tag[0].upper(), html).encode(),
    "line breaks between tags": lambda html: html.replace("><", ">\n  <").encode(),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rendering", RENDERINGS)
def test_the_seed_article_is_read_right(name: str, rendering: str) -> None:
    figures = scores(name, RENDERINGS[rendering])

    assert {field: figures[field] for field in SCALARS} == dict.fromkeys(SCALARS, 1.0)
    assert figures["images"] == 1.0
    assert figures["body"] >= 0.99
    assert figures["captions"] >= 0.97
    assert figures["credits"] == 1.0


@pytest.mark.parametrize("name", NAMES)
def test_the_breadcrumb_is_the_channel(name: str) -> None:
    path: Path = SEED / f"cri-{name}.html"
    gold = json.loads(path.with_suffix(".json").read_text("utf-8"))

    page = read(path.read_bytes(), gold["url"], portal_by_name("cri"))

    assert isinstance(page, Page)
    assert page.article.channel == ["重庆频道", "民生"]
    assert len(page.article.images) == 8
    assert all(image.credit == "陈琦" for image in page.article.images if image.credit)
