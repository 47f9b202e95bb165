"""An article's page in the markup of CRI's four template families."""

from __future__ import annotations

from html import escape

from tests.replica.body import body_of, page_data, pager, picture
from tests.replica.byline import entries, plain_entries
from tests.replica.grammar import PLACES
from tests.replica.sections import PICTURES
from tests.replica.sheet import Sheet
from tests.replica.story import Shot

_CHARSETS = {
    "utf-8": '<meta charset="utf-8">',
    # old pages say gb2312 over GB18030 bytes
    "gb": '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">',
    "undeclared": "",
}


def render(sheet: Sheet) -> bytes:
    """The page's bytes, in the encoding of its look."""
    look, story = sheet.look, sheet.story
    title = escape(story.title, quote=False)
    head = (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head>{_CHARSETS[look.charset]}<title>{title}-国际在线</title>'
        f'<meta name="keywords" content=""><meta name="description" content="{escape(_summary(sheet))}">'
        f'<link rel="stylesheet" href="//{PICTURES}/static/{"new" if sheet.chrome else "page"}.css">'
        "<script>function openShare(a) { return a < 1 && a > 0; }</script></head><body>\n"
    )
    page = "".join(
        (
            head,
            _top(sheet),
            _crumbs(sheet),
            '<div class="w1200">',
            _TEMPLATES[look.template](sheet),
            "</div>\n",
            _bottom(sheet),
        )
    )
    return page.encode("gb18030" if look.charset == "gb" else "utf-8")


def _summary(sheet: Sheet) -> str:
    return next((part for part in sheet.parts if isinstance(part, str)), sheet.story.title)[:60]


def _top(sheet: Sheet) -> str:
    districts = PLACES.get(sheet.section.host)
    out = []
    if districts:
        half = len(districts) // 2
        for block in (districts[:half], districts[half:]):
            links = "|".join(
                f'<a href="http://{sheet.section.host}/quxian/{i}">{name}</a>' for i, name in enumerate(block)
            )
            out.append(f'<div class="city-nav">{links}</div>\n')
    else:
        names = ("国内", "国际", "滚动", "财经", "文娱", "图片")
        out.append(
            '<div class="top-nav">' + "".join(f'<a href="/nav/{n}">{n}</a> ' for n in names) + "</div>\n"
        )
    for time in range(sheet.chrome):
        out.append(
            f'<div class="banner"><a href="/special/banner-{time}.html">专题第{time + 1}期</a></div>\n'
        )
    if sheet.look.template == "regional":
        here = f'<a href="{sheet.section.path}">{sheet.section.crumbs[-1]}</a>'
        out.append(f'<ul class="menu"><li>首页</li><li class="current">{here}</li></ul>')
    return "".join(out)


def _crumbs(sheet: Sheet) -> str:
    parting = sheet.look.crumbs
    if not parting:
        return ""
    names = [f'<a href="{sheet.section.path}">{name}</a>' for name in sheet.section.crumbs]
    line = parting.join(['<a href="/">首页</a>', *names, "正文"])
    return f'<div class="crumbs">{line}</div>'


def _bottom(sheet: Sheet) -> str:
    hot = "".join(
        f'<li><a href="{href}">{escape(title, quote=False)}</a></li>' for href, title in sheet.links
    )
    colour = "dark" if sheet.chrome else "light"
    return (
        f'<div class="hot"><h3>热门推荐</h3><ul>{hot}</ul></div>\n'
        f'<div class="footer copyright {colour}"><p>关于本站内容的声明:</p>'
        "<p>1、本站所有内容由程序写成,仅供测试。</p>"
        "<p>2、凡注明“来源:国际在线”的内容均为虚构,与任何真实的人和事无关。</p></div>\n</body></html>\n"
    )


# --- the four families


def _article(sheet: Sheet) -> str:
    title = escape(sheet.story.title, quote=False)
    data = page_data(sheet)
    body = body_of(sheet)
    if sheet.section.host == "city.cri.cn":
        body = f'<div class="top-share"></div>\n<div class="text">{body}</div>'
    if sheet.look.variant == 0:
        return (
            f'<div class="list-title" id="atitle">{title}</div>'
            f'<div class="list-brief">{entries(sheet, "apublishtime", ids=True)}</div>'
            f'<div class="list-abody abody" id="abody" pageData=\'{data}\'>{body}</div>{pager(sheet)}'
        )
    if sheet.look.variant == 1:  # all names are classes
        return (
            f'<div class="list-title atitle">{title}</div>'
            f'<div class="list-brief">{entries(sheet, "apublishtime", ids=False)}</div>'
            f"<div class=\"list-abody abody\" pageData='{data}'>{body}</div>{pager(sheet)}"
        )
    return (
        f'<h1 id="atitle">{title}</h1>'
        f'<div class="article-info">{entries(sheet, "acreatedtime", ids=True)}</div>'
        f"<div id=\"abody\" pageData='{data}'>{body}</div>{pager(sheet)}"
    )


def _regional(sheet: Sheet) -> str:
    title = escape(sheet.story.title, quote=False)
    data = page_data(sheet)
    if sheet.look.variant == 0:
        return (
            f'<h1 class="article-tit">{title}</h1>'
            f'<p class="article-info">{entries(sheet, "acreatedtime", ids=True)}</p>'
            f"<div class=\"article-txt\" pageData='{data}'>{body_of(sheet)}</div>{pager(sheet)}"
        )
    if sheet.look.variant == 1:
        return (
            f'<h1 id="goTop">{title}</h1>'
            f'<div class="article-info">{entries(sheet, "acreatedtime", ids=False)}</div>'
            f'<div class="article-txt" id="abody" pageData=\'{data}\'>{body_of(sheet)}</div>{pager(sheet)}'
        )
    bars = " <span>|</span> ".join(plain_entries(sheet))
    return (
        f'<div class="caption marginTop15"><p>{title}</p></div><div class="sign left">{bars}</div>'
        f"<div class=\"u-mainText\" pageData='{data}'>{body_of(sheet)}</div>{pager(sheet)}"
    )


def _info(sheet: Sheet) -> str:
    title = escape(sheet.story.title, quote=False)
    data = page_data(sheet)
    names = ("abody", "starshow03-text", "h-contentMain")[sheet.look.variant]
    tag = "h1" if sheet.look.variant == 2 else "h3"
    return (
        f'<div class="con-title clearfix"><{tag}>{title}</{tag}></div>'
        f'<div class="info">{"".join(plain_entries(sheet))}</div>'
        f"<div class=\"{names}\" pageData='{data}'>{body_of(sheet)}</div>{pager(sheet)}"
    )


def _slider(sheet: Sheet) -> str:
    shots = [part for part in sheet.parts if isinstance(part, Shot)]
    slides = []
    for index, shot in enumerate(shots, 1):
        counter = f'<span class="num">{index}/{len(shots)}</span>' if sheet.look.counter else ""
        text = f"<p>{escape(shot.line, quote=False)}</p>" if shot.line else ""
        slides.append(
            f'<li><a href="#">{picture(sheet, shot)}</a>{counter}<div class="abody">{text}</div></li>'
        )
    return (
        f'<div class="slider-top"><h3>{escape(sheet.story.title, quote=False)}</h3><div class="slider-tinfo">'
        f'<div class="slider-tinfo-left fl">{"".join(plain_entries(sheet))}</div></div></div>'
        f'<div class="slider"><ul>{"".join(slides)}</ul></div>'
    )


_TEMPLATES = {"article": _article, "regional": _regional, "info": _info, "slider": _slider}
