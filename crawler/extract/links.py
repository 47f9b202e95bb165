"""Which links of a page nobody declared lead to articles, and which to lists. Pure.

No one sign decides: the URL's shape, the words of the link and a date beside it are added up.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.extract.dates import parse_moment, url_day
from crawler.extract.dom import Element, is_hidden, visible_text
from crawler.text import squash

ARTICLE = 3.0
"""How much must speak for a link being an article's."""
_CJK = re.compile("[\u3400-\u9fff]")
_ENDING = re.compile(r"\.(?:s?html?|php|aspx?|jsp|shtm)\Z", re.IGNORECASE)
_NO_PAGE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|bmp|ico|svg|css|js|json|xml|rss|pdf|docx?|xlsx?|pptx?|zip|rar|gz|apk|exe|mp[34]|m3u8|flv|avi|wmv)\Z",
    re.IGNORECASE,
)
_ARTICLE_WORD = re.compile(
    r"(?:\A|[/_\-])(?:article|articles|content|detail|details|news_?detail|doc|story|post|archives?|show|view|read|info|n1|a|c|t\d{8}\w*)(?:[/_\-.]|\Z)",
    re.IGNORECASE,
)
_OTHER_WORD = re.compile(
    r"(?:\A|[/_\-.])(?:about|abouts?us|contact|login|register|signin|search|tags?|topics?|special|zt|zhuanti|help|copyright|"
    r"privacy|sitemap|rss|app|apps|download|user|member|my|author|authors|live|video|videos|v|tv|photo_?list|list|lists|"
    r"index|default|node|category|channel|column|more|bbs|forum|blog|mail|job|jobs|shop|mall|ad|ads|feedback|jubao|epaper)"
    r"(?:[/_\-.]|\Z)",
    re.IGNORECASE,
)
_OTHER_TEXT = re.compile(
    r"\A(?:首页|更多|更多>*|详细|详情|全文|阅读全文|登录|注册|返回|专题|视频|直播|图片|客户端|下载|广告.*|关于我们|联系我们|版权.*|"
    r"网站地图|上一[页篇].*|下一[页篇].*|第?\d+页?|首頁|更多內容|more)\Z",
    re.IGNORECASE,
)
_LONG_NUMBER = re.compile(r"\d{5,}")
_HASH = re.compile(
    r"[0-9a-f]{12,}|[0-9a-f]{8}-[0-9a-f]{4}|(?=[0-9A-Za-z]*\d)(?=[0-9A-Za-z]*[A-Za-z])[0-9A-Za-z]{9,}",
    re.IGNORECASE,
)


def url_score(url: str) -> float:
    """How much a URL's shape speaks for an article; below 0 it speaks for something else.

    >>> url_score("https://e.cn/2024/05/01/a123456.html") > ARTICLE, url_score("https://e.cn/news/") < 0
    (True, True)
    """
    parts = urlsplit(url)
    path = parts.path
    if _NO_PAGE.search(path):
        return -9.0
    if path in ("", "/"):
        return -4.0
    segments = [segment for segment in path.split("/") if segment]
    last = _ENDING.sub("", segments[-1])
    score = 0.0
    if url_day(url) or re.search(r"/20\d\d[-/_]?(?:0[1-9]|1[0-2])(?:[-/_]|\d\d)", path):
        score += 2.5
    if _LONG_NUMBER.search(last) or _HASH.search(last):
        score += 1.5
    elif re.search(r"\d{2,}", last) or re.search(r"\bid=\d{2,}|aid=\d{2,}", parts.query, re.IGNORECASE):
        score += 0.5
    if _ARTICLE_WORD.search(path):
        score += 1.0
    if _ENDING.search(path):
        score += 0.5
    if path.endswith("/") and not _LONG_NUMBER.search(last):
        score -= 1.5
    if _OTHER_WORD.search(_ENDING.sub("", path)):
        score -= 2.0
    if len(segments) == 1 and not re.search(r"\d", last):
        score -= 1.5
    if last.lower() in ("index", "default", "home", "main"):
        score -= 3.0
    return score


def text_score(text: str, has_date: bool) -> float:
    """How much the words of a link speak for a headline."""
    if _OTHER_TEXT.match(text):
        return -3.0
    letters = len(_CJK.findall(text))
    size = letters if letters else len(text) // 3
    score = 2.0 if size >= 12 else 1.5 if size >= 8 else 0.5 if size >= 6 else -1.0
    if not text:
        score = 0.0  # a picture's link says nothing either way
    return score + (1.0 if has_date else 0.0)


def is_article(url: str, text: str | None = None, has_date: bool = False) -> bool:
    """True when URL, link text and date together speak for an article; without a text the URL alone must."""
    score = url_score(url)
    if score < 0:
        # the best headline does not make an article of a home page or a picture
        return score > -2 and text is not None and text_score(text, has_date) >= ARTICLE
    return score + (0.5 if text is None else text_score(text, has_date)) >= ARTICLE


def date_beside(link: Element) -> str | None:
    """The day that stands in the link's own entry of a list (its li, dd, tr or box), if that is short."""
    node: Element | None = link
    for _ in range(3):
        node = node.getparent() if node is not None else None
        if node is None or node.tag in ("ul", "ol", "table", "tbody", "body"):
            return None
        text = visible_text(node, " ")
        if len(text) > 300:
            return None
        moment = parse_moment(text)
        if moment is not None:
            return moment.iso[:10]
        if node.tag in ("li", "dd", "tr", "article"):
            return None
    return None


def is_column(url: str, text: str, home: str) -> bool:
    """True when a home page's link looks like one of the site's columns: short name, short path, no date."""
    there, here = urlsplit(url), urlsplit(home)
    if there.scheme not in ("http", "https") or _NO_PAGE.search(there.path) or there.query:
        return False
    if url_score(url) >= 2 or not 2 <= len(text) <= 8 or _OTHER_TEXT.match(text):
        return False
    segments = [segment for segment in there.path.split("/") if segment]
    if segments and _ENDING.sub("", segments[-1]).lower() in ("index", "default"):
        segments.pop()
    if not segments:
        return there.hostname != here.hostname  # a subdomain of the site is a column of its own
    if _OTHER_PAGE.search(there.path):
        return False
    return len(segments) <= 2 and not url_day(url)


_OTHER_PAGE = re.compile(
    r"(?:\A|[/_\-.])(?:about\w*|contact\w*|login|register|search|help|copyright|privacy|app|download|member|user|bbs|"
    r"feedback|jubao|job|jobs|shop|mall|ads?)(?:[/_\-.]|\Z)",
    re.IGNORECASE,
)


def links_of(tree: Element) -> list[tuple[Element, str]]:
    """Every visible link with its text; one without text has its title or its picture's alt."""
    found = []
    for link in tree.iter("a"):
        if is_hidden(link):
            continue
        text = squash(visible_text(link))
        if not text:
            picture = next(iter(link.iter("img")), None)
            text = squash(link.get("title") or (picture.get("alt") if picture is not None else "") or "")
        found.append((link, text))
    return found
