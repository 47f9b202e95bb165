"""List pages, their further pages and fragments, and the home pages that lead to them.

The first page of a list that goes on in fragments (国内) names the next one whole, in the button that loads
it: `<div class="more-btn" data-more="/inc/<uuid>-2.inc">`; a fragment names no successor, and the one past
the end has no entries. Other lists go on by numbered links or 下一页, and past their end is a 404.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape

from tests.replica.sections import HOST_TITLES, NEWS, SECTIONS, Section

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list."""

    url: str
    title: str
    published: datetime


def page_path(section: Section, page: int, uuid: str) -> str:
    """Path (and query) of a list's page; `uuid` names the section's fragments."""
    if page == 1:
        return section.path
    return {
        "inc": f"/inc/{uuid}-{page}.inc",
        "dash": f"{section.path}-{page}",
        "index-dash": f"{section.path}/index-{page}.html",
        "index-underscore": f"{section.path}/index_{page}.html",
        "query": f"{section.path}?page={page}",
    }[section.paging]


def list_page(section: Section, page: int, pages: int, entries: list[Entry], uuid: str) -> str:
    """A whole list page; `uuid` names the section's fragments."""
    title = section.crumbs[-1]
    body = _entries(section, entries, page)
    more = _more(section, page, pages, uuid)
    return _frame(
        section.host, f"{title}列表", f'<div class="crumbs"><a href="/">首页</a>&gt;{title}</div>{body}{more}'
    )


def fragment(section: Section, entries: list[Entry]) -> str:
    """A further page of a list as a bare piece of markup; without entries past the end."""
    lines = "".join(
        f'<li>{_link(entry, section, index)}<span class="time">{entry.published:%Y-%m-%d %H:%M}</span></li>'
        for index, entry in enumerate(entries)
    )
    return f"<div><ul>{lines}</ul></div>"


def home_page(host: str, newest: dict[str, list[Entry]]) -> str:
    """A host's home page: links to its sections, and the newest articles of each by section key."""
    out = []
    for section in SECTIONS:
        if section.host != host:
            continue
        lines = "".join(
            f'<p class="title-list">{_link(entry, section, index)}</p>'
            for index, entry in enumerate(newest.get(section.key, []))
        )
        out.append(
            f'<div class="column"><h2><a href="{section.path}">{section.crumbs[-1]}</a></h2>{lines}</div>'
        )
    return _frame(host, HOST_TITLES[host], "".join(out))


def _link(entry: Entry, section: Section, index: int) -> str:
    title = escape(entry.title, quote=False)
    return f'<a href="{_href(entry.url, section, index)}" target="_blank">{title}</a>'


def _href(url: str, section: Section, index: int) -> str:
    """A link as the lists write it: protocol-relative, root-relative or whole."""
    scheme, _, rest = url.partition("://")
    if scheme != section.scheme:
        return url
    same_host = rest.startswith(f"{section.host}/")
    if scheme == "https" and index % 3 == 0:
        return f"//{rest}"
    return "/" + rest.split("/", 1)[1] if scheme == "https" and same_host and index % 3 == 1 else url


def _entries(section: Section, entries: list[Entry], page: int) -> str:
    lines = []
    for index, entry in enumerate(entries):
        link = _link(entry, section, index)
        at = entry.published
        if section.markup == "sftx":
            time = f'<div class="sftx-list-time">{at:%Y年%m月%d日 %H:%M}</div>'
            lines.append(f'<li><div class="sftx-list-text">{link}{time}</div></li>')
        elif section.markup == "h4":
            lines.append(f'<li><h4>{link}</h4><span class="list-time">{at:%Y-%m-%d %H:%M}</span></li>')
        elif section.markup == "list-title":
            lines.append(
                f'<li><div class="list-title">{link}</div><div class="list-time">{at:%Y-%m-%d}</div></li>'
            )
        else:
            lines.append(f'<p class="title-list">{link}</p>')
    if page == 1:
        # what is no article: a special, an advertisement elsewhere
        strays = (
            f'<a href="//{section.host}/special/20250901/zhuanti.html">专题：一程山水</a>',
            '<a href="https://guanggao.example/20250901/0123456789.html">推广</a>',
        )
        tag = "p" if section.markup == "title-list" else "li"
        name = ' class="title-list"' if tag == "p" else ""
        lines[3:3] = [f"<{tag}{name}>{stray}</{tag}>" for stray in strays]
    inner = "\n".join(lines)
    if section.markup == "sftx":
        return f'<div class="sftx-list more-list"><ul>{inner}</ul></div>'
    if section.markup == "title-list":
        return f'<div class="text">{inner}</div>'
    return f'<div class="list-box"><ul>{inner}</ul></div>'


def _more(section: Section, page: int, pages: int, uuid: str) -> str:
    if section.paging == "inc":
        return f'<div class="more-btn" data-more="{page_path(section, 2, uuid)}">加载更多</div>'
    if pages == 1:
        return ""
    before = f'<a href="{page_path(section, page - 1, uuid)}">上一页</a> ' if page > 1 else ""
    after = f' <a href="{page_path(section, page + 1, uuid)}">下一页</a>' if page < pages else ""
    if section.paging in ("dash", "index-dash"):  # numbers only
        shown = range(max(1, page - 2), min(pages, page + 2) + 1)
        numbers = (
            f"<span>{n}</span>" if n == page else f'<a href="{page_path(section, n, uuid)}">{n}</a>'
            for n in shown
        )
        return f'<div class="page-nav">{" ".join(numbers)}</div>'
    return f'<div class="page-nav">{before}<span>{page}/{pages}</span>{after}</div>'


def _frame(host: str, title: str, inner: str) -> str:
    own = "".join(
        f'<a href="{section.path}">{section.crumbs[-1]}</a> ' for section in SECTIONS if section.host == host
    )
    others = "".join(
        f'<a href="https://{name}/">{text}</a> ' for name, text in HOST_TITLES.items() if name != host
    )
    home = f"https://{NEWS}/"
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>{title}-国际在线</title></head><body>\n"
        f'<div class="top-nav"><a href="{home}">首页</a> {own}{others}'
        '<a href="/special/20250901/zhuanti.html">专题</a></div>\n'
        f"{inner}\n"
        '<div class="footer copyright"><p>本站所有内容由程序写成,仅供测试。</p></div>\n</body></html>\n'
    )
