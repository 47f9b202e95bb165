"""Tells a page that says, with HTTP 200, that the article is no more (a soft 404). Pure."""

from __future__ import annotations

import re

from lxml import etree

from crawler.challenge import visible

_LONG = 60  # characters: a paragraph this long is text to read, not a notice
_SHORT = 600  # visible characters of a notice with the site's links around it
_THING = "页面|网页|文章|稿件|新闻|内容|信息|资源|链接|地址|文件|网址"
_NO_MORE = (
    "不存在|已(?:经)?(?:被)?(?:删除|移除|撤下|撤稿|下线|下架|关闭|清除)|已(?:经)?(?:失效|过期|丢失)|找不到|未找到|没有找到"
    "|无法(?:找到|访问|显示|打开)|走丢|丢失了|不见了"
)
_SAID = re.compile(
    rf"(?:{_THING})[^。！？\n]{{0,12}}?(?:{_NO_MORE})"
    rf"|(?:找不到|未找到|没有找到|无法找到)[^。！？\n]{{0,12}}?(?:{_THING})"
    r"|page (?:not found|does(?: not|n't) exist)|\b404\b[^\d。]{0,20}(?:not found|error|错误|页面)",
    re.I,
)
_BARE = re.compile(r"\s*(?:error\s*)?404(?:\s*(?:error|错误|页面?))?\s*", re.I)
_BYLINE = re.compile("来源[:：]|稿源|责编|责任编辑|编辑[:：]|本报记者|通讯员")


def soft_404(tree: etree._Element) -> bool:
    """True when a page is a notice that what was asked for does not exist."""
    pieces = visible(tree)
    if any(len(piece) >= _LONG for piece in pieces):
        return False
    text = " ".join(pieces)
    if _BYLINE.search(text):
        return False
    title = " ".join("".join(str(node.text or "") for node in tree.iter("title")).split())
    name = re.split(r"[-_|–—]", title)[0]
    if _SAID.search(name) or _BARE.fullmatch(name):
        return True
    return len(text) < _SHORT and any(_SAID.search(piece) for piece in pieces)
