"""The text of an article's page: paragraphs, pictures with their captions, what stands below them."""

from __future__ import annotations

import json
from html import escape

from tests.replica.looks import Look
from tests.replica.sections import PICTURES
from tests.replica.sheet import Sheet
from tests.replica.story import Heading, Shot

_LIST_NAMES = {"国内": "国内列表", "国际": "国际列表", "民生": "民生新闻列表", "要闻": "要闻列表"}
_INDENT = "　　"
_BLANK = f"//{PICTURES}/static/blank.gif"


_CENTRE = 'style="text-align: center;"'


def body_of(sheet: Sheet) -> str:
    """The inner markup of the body's node."""
    look, story = sheet.look, sheet.story
    out: list[str] = []
    if look.hidden:
        copy = next((part for part in sheet.parts if isinstance(part, str)), "")
        out.append(f'<div style="display:none">{escape(copy, quote=False)}</div>')
    first = True
    texts = [index for index, part in enumerate(sheet.parts) if isinstance(part, str)]
    for index, part in enumerate(sheet.parts):
        if isinstance(part, Shot):
            out.append(_shot(sheet, part))
        elif isinstance(part, Heading):
            out.append(_paragraph(look, f"<{look.bold}>{escape(part.text, quote=False)}</{look.bold}>"))
        else:
            text = escape(part, quote=False)
            if (
                sheet.last
                and texts
                and index == texts[-1]
                and story.signers.authors
                and look.authors == "tail"
            ):
                text += f"({'  '.join(story.signers.authors)})"
            out.append(_paragraph(look, text))
            if first and sheet.rare:
                out.append(_paragraph(look, sheet.rare))
            first = False
    if sheet.last:
        out.extend(_endings(sheet))
    return "\n".join(out)


def _endings(sheet: Sheet) -> list[str]:
    """What stands below the text, inside its node."""
    look, story = sheet.look, sheet.story
    out: list[str] = []
    if story.signers.authors and look.authors == "line":
        out.append(_paragraph(look, f"({'  '.join(story.signers.authors)})"))
    if story.signers.authors and look.authors == "labelled":
        out.append(_paragraph(look, f"（记者 {' '.join(story.signers.authors)}）"))
    if story.signers.duty_editor and look.duty == "body":
        out.append(
            f'<p style="text-align: right;">责任编辑{look.colon}{"、".join(story.signers.duty_editor)}</p>'
        )
    if look.notice:
        out.append("<p>版权声明：本文版权归国际在线所有，未经书面授权，不得转载。</p>")
    if look.related and len(sheet.links) >= 3:
        links = "".join(
            f'<li><a href="{href}">{escape(title, quote=False)}</a></li>' for href, title in sheet.links[:3]
        )
        out.append(f'<div class="related"><p>相关新闻：</p><ul>{links}</ul></div>')
    if look.code_picture:
        out.append(f'<p {_CENTRE}><img src="//{PICTURES}/static/qrcode.jpg" width="120" alt="二维码"></p>')
        out.append(f"<p {_CENTRE}>扫一扫，关注国际在线公众号</p>")
    if look.share:
        out.append('<div class="share">分享到：<a href="#">微信</a> <a href="#">微博</a></div>')
    return out


def _paragraph(look: Look, inner: str) -> str:
    if look.indent == "style":
        return f'<p style="text-indent: 2em;">{inner}</p>'
    return f"<p>{_INDENT}{inner}</p>"


def picture(sheet: Sheet, shot: Shot) -> str:
    """The img element."""
    look = sheet.look
    url = f"{look.picture_scheme}{sheet.pictures[shot.key]}"
    source = f'src="{_BLANK}" {look.lazy}="{url}"' if look.lazy else f'src="{url}"'
    alt = _alt(sheet, shot)
    return f"<img {source} />" if alt is None else f'<img {source} alt="{escape(alt)}" />'


def _alt(sheet: Sheet, shot: Shot) -> str | None:
    """The alt attribute as the page has it."""
    if sheet.look.alt == "list":
        crumb = sheet.section.crumbs[-1]
        return f"【{_LIST_NAMES.get(crumb, crumb + '列表')}】{sheet.story.title}"
    return shot.caption if sheet.look.alt == "caption" else None


def _shot(sheet: Sheet, shot: Shot) -> str:
    """A picture with its line, in the markup that the page has for them."""
    image = picture(sheet, shot)
    line = escape(shot.line, quote=False) if shot.line else None
    alone, both = _SHOTS[sheet.look.caption]
    return alone.format(image=image) if line is None else both.format(image=image, line=line)


_SHOTS = {
    "figure": (
        "<figure>{image}</figure>",
        "<figure>{image}<figcaption>{line}</figcaption></figure>",
    ),
    "same-p": (
        f"<p {_CENTRE}>{{image}}</p>",
        f"<p {_CENTRE}>{{image}}<br>{{line}}</p>",
    ),
    "span": (
        f"<p {_CENTRE}>{{image}}</p>",
        f'<p {_CENTRE}>{{image}}<span style="color: #666666;">{{line}}</span></p>',
    ),
    "font": (
        '<p align="center">{image}</p>',
        '<p align="center">{image}</p>\n<p align="center"><font color="#666666">{line}</font></p>',
    ),
    "indented": (
        f"<p>{_INDENT}{{image}}</p>",
        f"<p>{_INDENT}{{image}}</p>\n<p>{_INDENT}{{line}}</p>",
    ),
    "centred": (
        f"<p {_CENTRE}>{{image}}</p>",
        f"<p {_CENTRE}>{{image}}</p>\n<p {_CENTRE}>{{line}}</p>",
    ),
}
"""By the look's caption: a picture alone, and one with its line."""


def page_data(sheet: Sheet) -> str:
    """The attribute that names the one-page version; empty for an article of one page or with 下一页 only."""
    if not sheet.has_whole:
        return ""
    return json.dumps({"allUrl": f"{sheet.name}_all.html", "pageCount": sheet.story.pages})


def pager(sheet: Sheet) -> str:
    """The links to the article's other pages: numbers, or 上一页 and 下一页."""
    pages = sheet.story.pages
    if pages == 1 or sheet.page == 0:
        return ""

    def link(page: int, label: str) -> str:
        return f'<a href="{sheet.name}{"" if page == 1 else f"_{page}"}.html">{label}</a>'

    if not sheet.has_whole:
        before = link(sheet.page - 1, "上一页") + " " if sheet.page > 1 else ""
        after = link(sheet.page + 1, "下一页") if sheet.page < pages else ""
        return f'<div class="page">{before}{after}</div>'
    numbers = " ".join(
        link(n, str(n)) if n != sheet.page else f"<span>{n}</span>" for n in range(1, pages + 1)
    )
    return f'<div class="page">{numbers}</div>'
