"""Articles that a portal spreads over several pages: where the others are, and the parts made one. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from crawler.extract.dom import Element, select, visible_text
from crawler.items import Article, join_text
from crawler.text import squash

_NEXT = re.compile(
    r"\A[\s\[【(（<《«]*(?:下一?[页頁]|下页|后一页|next(?:\s?page)?)[\s\]】)）>》»]*\Z", re.IGNORECASE
)
_WHOLE = re.compile(
    r"\A[\s\[【(（]*(?:余下全文|阅读全文|查看全文|显示全文|单页阅读|全文阅读|在本页阅读全文|全文)[\s\]】)）]*\Z"
)
_NUMBER = re.compile(r"\A[\s\[【(（]*(\d{1,3})[\s\]】)）]*\Z")
_ALL_URL = re.compile(r"""["']?allUrl["']?\s*[:=]\s*["']?([^"'\s,}]+)""")
# /a_2.html, /a-2.html, /a/2.html, ?page=2: what a later part's URL adds to the first one's
_EXTENSION = re.compile(r"\.\w+\Z")
_PART = re.compile(r"[_\-](\d{1,3})(?=\.\w+\Z|\Z)")


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the rest of an article stands; all None and 1 for an article of one page."""

    next_url: str | None = None
    """Absolute URL of the page after this one."""
    whole_url: str | None = None
    """Absolute URL of the version that holds all pages."""
    count: int = 1
    """How many pages there are, as far as this one tells."""


def _page_data(body: Element) -> tuple[str | None, int]:
    """The one-page version and the number of pages that a `pageData` attribute names."""
    data = (body.get("pagedata") or body.get("data-pagedata") or "").strip()
    if not data:
        return None, 1
    url: str | None = None
    count = 1
    try:
        found = json.loads(data)
    except ValueError:  # an attribute cut short, or written as a script's object
        match = _ALL_URL.search(data)
        return (match[1] if match else None), 1
    if isinstance(found, dict):
        said = found.get("allUrl")
        url = said.strip() or None if isinstance(said, str) else None
        for value in found.values():
            if isinstance(value, list):
                count = max(count, len(value))
        for key, value in found.items():
            if re.search(r"count|total|pages?\Z|num", key, re.IGNORECASE) and str(value).isdigit():
                count = max(count, min(int(value), 200))
    return url, count


def _stem(url: str) -> str:
    """What the URLs of one article's parts share."""
    parts = urlsplit(url)
    return parts.netloc + _EXTENSION.sub("", _PART.sub("", parts.path))


def find_parts(tree: Element, body: Element, base: str) -> Parts:
    """The other pages of this article, from its `pageData` and the links of the page.

    Only a link whose URL belongs to this article counts: 下一页 under a body may also lead to another one.
    """
    whole, count = _page_data(body)
    whole = urljoin(base, whole) if whole else None
    following = None
    here = base.split("#")[0]
    name = _stem(base).rpartition("/")[2]
    for link in tree.iter("a"):
        href = (link.get("href") or "").strip()
        # most links of a page are others': told apart before anything is resolved
        if not (name and name in href) and not href.startswith("?"):
            continue
        text = squash(visible_text(link))
        if len(text) > 12:
            continue
        url = urljoin(base, href).split("#")[0]
        if _stem(url) != _stem(base):
            continue
        number = _NUMBER.match(text)
        if number:
            count = max(count, int(number[1]))
        elif url == here:
            continue
        elif following is None and _NEXT.match(text):
            following = url
        elif whole is None and _WHOLE.match(text):
            whole = url
    following = following or _declared_next(tree, base)
    whole = None if whole == here else whole
    return Parts(following, whole, max(count, 2) if following or whole else count)


def _declared_next(tree: Element, base: str) -> str | None:
    for link in select(tree, 'link[rel="next"]'):
        url = urljoin(base, (link.get("href") or "").strip())
        if _stem(url) == _stem(base) and url != base:
            return url
    return None


def merge(parts: list[Article]) -> Article:
    """One article of the parts in order: the first page's fields, all bodies and pictures.

    What a later part repeats (its lead paragraph, a picture) is kept once, where the repeat ends a page
    and begins the next.
    """
    first = parts[0]
    if len(parts) == 1:
        return first
    blocks = list(first.blocks)
    images = list(first.images)
    for part in parts[1:]:
        incoming = list(part.blocks)
        if incoming and blocks and incoming[0].text and incoming[0].text == blocks[-1].text:
            incoming = incoming[1:]
        skipped = len(part.blocks) - len(incoming)
        for block in incoming:
            blocks.append(replace(block, image=None if block.image is None else block.image + len(images)))
        images.extend(
            replace(image, position=image.position - skipped + len(blocks) - len(incoming))
            for image in part.images
        )
    return replace(
        complete(first, parts[-1]),
        blocks=blocks,
        images=images,
        body_text=join_text(blocks),
        pages=len(parts),
    )


def complete(first: Article, other: Article) -> Article:
    """The article with the names that only another of its pages has: 责编 often stands on the last one."""
    return replace(
        first,
        authors=first.authors or other.authors,
        editor=first.editor or other.editor,
        duty_editor=first.duty_editor or other.duty_editor,
        source=first.source or other.source,
    )
