"""Bodies of pages that are hard to read. Pure; each is made when it is asked for."""

from __future__ import annotations

import gzip
import zlib

from tests.replica.pictures import draw

_TITLE = "山路上的邮递员"
_PARAGRAPHS = (
    "天还没有亮，邮递员已经把信件捆好，沿着河边的小路往山里走。",
    "这条路他走了二十一年，哪里有落石，哪里有泉水，他都记得清清楚楚。",
    "村里的老人说，听见车铃响，就知道外面的消息来了。",
)
NESTING = 100_000  # elements, one in the other
LONG_LINE = 5 * 1024 * 1024  # bytes of a page that is one line
BOMB = 64 * 1024 * 1024  # bytes that come out of the gzip bomb


def article(
    title: str = _TITLE, paragraphs: tuple[str, ...] = _PARAGRAPHS, *, meta: str = '<meta charset="utf-8">'
) -> str:
    """A sound page in CRI's article template."""
    body = "\n".join(f"<p>　　{text}</p>" for text in paragraphs)
    return (
        f"<!DOCTYPE html>\n<html><head>{meta}<title>{title}-国际在线</title></head><body>"
        f'<div class="list-title" id="atitle">{title}</div><div class="list-brief">'
        '<span id="apublishtime">2025-01-01 08:00:00</span> | <span id="asource">来源：国际在线</span> | '
        '<span id="aeditor">编辑：柳青</span></div>'
        f'<div class="list-abody abody" id="abody" pageData="">{body}</div></body></html>\n'
    )


def good() -> bytes:
    return article().encode()


def controls() -> bytes:
    """NULs, other controls and zero-width marks inside headline and text."""
    text = "邮\x00包\x01里\x0b有\x1f一封\u200b迟到的信，\ufeff寄信人\x7f没有留下名字。"
    return article("迟到\x00的\x08信", (text, *_PARAGRAPHS)).encode()


def surrogates() -> bytes:
    """References to characters that do not exist: lone surrogates, NUL, beyond Unicode."""
    text = "信封上写着&#xD800;三个字&#0;，第二行&#xDFFF;已经看不清&#x110000;了，邮票&#55296;也掉了。"
    return article("看不清&#xD83D;的地址", (text, *_PARAGRAPHS)).encode()


def picture_as_page() -> bytes:
    """A JPEG, served as text/html."""
    return draw(7, 1)


def noise() -> bytes:
    """Bytes that are no text in any encoding."""
    return b"".join(zlib.compress(bytes([number % 251]) * number)[2:] for number in range(1, 400))


def gb_page() -> bytes:
    """GB18030 bytes without any declaration."""
    return article(meta="").encode("gb18030")


def long_line() -> bytes:
    """One line of LONG_LINE bytes: an article whose only paragraph has no end."""
    sentence = "他推着车，数着步子，一直走到云里。"
    times = LONG_LINE // len(sentence.encode())
    return article(paragraphs=(sentence * times,)).replace("\n", "").encode()


def deep() -> bytes:
    """The article stands below NESTING open elements."""
    return article().replace("<body>", "<body>" + "<div>" * NESTING).encode()


def deep_body() -> bytes:
    """NESTING open elements inside the body's text."""
    return article().replace("<p>", "<div>" * NESTING + "<p>", 1).encode()


def bomb() -> bytes:
    """A gzip stream of a few tens of kilobytes that becomes BOMB bytes."""
    return gzip.compress(b" " * BOMB, 9)


def broken_gzip() -> bytes:
    """A gzip stream that ends in its middle."""
    whole = gzip.compress(good() * 20)
    return whole[: len(whole) // 2]


def no_template() -> bytes:
    """An article in markup that no portal has."""
    text = "".join(f"<dd>{text}</dd>" for text in _PARAGRAPHS)
    head = '<html><head><meta charset="utf-8"></head>'
    return f"{head}<body><dl><dt>{_TITLE}</dt>{text}</dl></body></html>".encode()


def no_title() -> bytes:
    """The node of the headline is there and empty, and so is <title>."""
    return article("").replace("-国际在线</title>", "</title>").encode()


def no_body() -> bytes:
    """Headline and byline over an empty body."""
    return article(paragraphs=()).encode()


def script_page(script: str) -> bytes:
    """Nothing but a script."""
    return f"<html><head><script>{script}</script></head><body></body></html>".encode()


def cookie_reload() -> bytes:
    """A page that sets a cookie and loads itself again: a challenge with status 200."""
    return script_page("document.cookie='pass=0f3a9c; path=/';location.reload();")


def cookie_521() -> bytes:
    return script_page(
        "document.cookie='__jsl_clearance='+(function(){return 'a1b2|0'})();location.href=location.href"
    )


def challenge_412() -> bytes:
    return script_page("var $_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.cd='q1w2e3';")


def list_page(links: tuple[str, ...], following: str | None = None) -> bytes:
    """A list in CRI's markup; `following` is where 下一页 leads."""
    time = '<span class="list-time">2025-01-01 08:00</span>'
    items = "".join(
        f'<li><h4><a href="{link}">山里来信第{number}封</a></h4>{time}</li>'
        for number, link in enumerate(links, 1)
    )
    more = f'<div class="page-nav"><a href="{following}">下一页</a></div>' if following else ""
    return (
        '<html><head><meta charset="utf-8"><title>来信</title></head><body>'
        f'<div class="list-box"><ul>{items}</ul></div>{more}</body></html>'
    ).encode()
