"""What stands around a body: the text between headline and body, signatures below it, breadcrumb, keywords. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import cast
from urllib.parse import urljoin

from lxml import etree

from crawler.extract.byline import BREAK, broken_text
from crawler.extract.dom import Element, hints, is_hidden, select, visible_text
from crawler.text import fold, squash

_MOST = 6000  # characters of text between headline and body worth reading
_CRUMB_PARTS = re.compile(r"\s*(?:[>＞›»→]+|&gt;|\s[-–/|]\s|::)\s*")
_CRUMB_LEAD = re.compile(
    r"\A(?:您|你)?(?:的|现在的|当前的?|目前|所在)*(?:位置|位于|在)(?:是)?\s*[:：]?\s*|\A当前位置\s*[:：]?\s*"
)
_NO_CHANNEL = frozenset(
    {
        "首页",
        "首頁",
        "主页",
        "网站首页",
        "正文",
        "内容",
        "文章",
        "文章正文",
        "新闻正文",
        "正文页",
        "详细",
        "详情",
        "home",
    }
)
_crumb_ends = etree.XPath("//text()[contains(., '正文')]")
_crumb_starts = etree.XPath("//a[contains(., '首页') or contains(., '首頁')]")


def between(title: Element, body: Element) -> str:
    """The visible text after the headline's node and before the body's, with BREAK between elements."""
    above = set(body.iterancestors())
    pieces: list[str] = []

    def take(node: Element) -> bool:
        """Add the node's text; False once the body is reached."""
        if node is body:
            return False
        if node in above:
            pieces.append(node.text or "")
            return all(take_with_tail(child) for child in node)
        if not is_hidden(node):
            pieces.extend((BREAK, broken_text(node), BREAK))
        return sum(map(len, pieces)) < _MOST

    def take_with_tail(node: Element) -> bool:
        if not take(node):
            return False
        pieces.append(node.tail or "")
        return True

    node: Element | None = title
    while node is not None and node not in above:
        pieces.append(node.tail or "")
        if not all(take_with_tail(sibling) for sibling in node.itersiblings()):
            break
        node = node.getparent()
    return "".join(pieces)[:_MOST]


_SITE_END = re.compile(r"(?:网|網|网站|電視台|电视台|日报|晚报|日報|晚報|在线|门户)\Z")
_FOOTER = re.compile(r"foot|copyright|disclaim|statement|declar|notice")


def below(body: Element, most: int = 8) -> str:
    """Short texts that follow the body within the article's own frame: where 责编 lines stand."""
    pieces: list[str] = []
    node: Element | None = body
    for _ in range(3):
        if node is None or node.tag == "body":
            break
        for count, sibling in enumerate(node.itersiblings()):
            if count >= most:
                break
            if not is_hidden(sibling) and not _FOOTER.search(hints(sibling)):
                text = broken_text(sibling)
                if len(text) <= 200:
                    pieces.extend((text, BREAK))
        node = node.getparent()
    return "".join(pieces)


def _split_crumbs(text: str, title: str, site_names: tuple[str, ...]) -> list[str]:
    text = _CRUMB_LEAD.sub("", squash(text))
    parts = [squash(part) for part in _CRUMB_PARTS.split(text)]
    folded = fold(squash(title)).replace(" ", "")
    channel: list[str] = []
    for part in parts:
        name = part.strip(":： |[]【】")
        if not name or name.lower() in _NO_CHANNEL or name in site_names or len(name) > 20:
            continue
        if folded and fold(name).replace(" ", "") == folded:
            continue
        if name.endswith("首页") and len(name) <= 8:
            continue
        channel.append(name)
    # the way often begins with the site itself
    return channel[1:] if len(channel) > 1 and _SITE_END.search(channel[0]) else channel


def breadcrumb(
    tree: Element,
    selector: str | None,
    title: str,
    site_names: tuple[str, ...],
    nodes: Iterable[Element] = (),
) -> list[str]:
    """The page's path of channels from the outside in, without 首页, 正文, the site and the headline.

    Looks where the portal says and in `nodes`, else for a line that leads from 首页 or ends in 正文.
    """
    for node in (*select(tree, selector), *nodes):
        text = visible_text(node, " ")
        if len(text) > 400:
            continue
        if not _CRUMB_PARTS.search(squash(text)):  # the signs between them are drawn, not written
            text = " > ".join(visible_text(link) for link in node.iter("a")) or text
        channel = _split_crumbs(text, title, site_names)
        if channel:
            return channel
    lines: list[Element] = []
    for text in cast("list[etree._ElementUnicodeResult]", _crumb_ends(tree))[:20]:
        parent = text.getparent()
        if parent is not None and squash(str(text)).endswith("正文"):
            # a text behind an element belongs to what is around that element
            lines.extend(_up(parent) if text.is_tail else [parent, *_up(parent)])
    for link in cast("list[Element]", _crumb_starts(tree))[:20]:
        lines.extend(_up(link))
    for line in lines:
        if is_hidden(line) or line.tag in ("body", "html", "head", "title"):
            continue
        said = squash(visible_text(line))
        if len(said) <= 120 and _CRUMB_PARTS.search(said) and re.search("首页|首頁|正文", said):
            channel = _split_crumbs(said, title, site_names)
            if channel:
                return channel
    return []


def _up(node: Element) -> list[Element]:
    """The node's parent and grandparent: a crumb's link may be wrapped once more."""
    parent = node.getparent()
    if parent is None:
        return []
    grand = parent.getparent()
    return [parent] if grand is None else [parent, grand]


def meta(tree: Element, *names: str) -> str | None:
    """Content of the first <meta> whose name or property is one of `names`, in that order of preference."""
    found: dict[str, str] = {}
    for node in tree.iter("meta"):
        key = (node.get("name") or node.get("property") or node.get("itemprop") or "").lower()
        content = squash(node.get("content") or "")
        if key and content:
            found.setdefault(key, content)
    return next((found[name] for name in names if name in found), None)


def claims(tree: Element, base: str) -> list[str]:
    """The addresses that the page's head calls canonical, absolute, each once.

    A link in the body is none: readers' comments stand there, too.
    """
    found = []
    for node in tree.iter("link"):
        href = (node.get("href") or "").strip()
        if href and "canonical" in (node.get("rel") or "").lower().split() and not _in_body(node):
            found.append(joined(base, href))
    return list(dict.fromkeys(found))


def joined(base: str, href: str) -> str:
    """The absolute URL of a link; what cannot be joined stays as it is."""
    try:
        return urljoin(base, href)
    except ValueError:  # such as an unclosed [ in the host
        return href


def _in_body(node: Element) -> bool:
    return next(node.iterancestors("body"), None) is not None


def keywords(tree: Element) -> list[str]:
    """Keywords that the page declares, in order, without repeats."""
    words = re.split(r"[,，;；、|\s]+", meta(tree, "keywords", "news_keywords") or "")
    return list(dict.fromkeys(word for word in words if word))


def source_link(nodes: list[Element], name: str) -> str | None:
    """href of the link in `nodes` whose text is the source's name."""
    wanted = fold(squash(name))
    for node in nodes:
        for link in node.iter("a"):
            href = (link.get("href") or "").strip()
            text = fold(squash(visible_text(link)))
            if text and (text == wanted or (wanted.endswith(text) and "源" in hints(node))) and href:
                return href if not href.startswith(("#", "javascript:")) else None
    return None
