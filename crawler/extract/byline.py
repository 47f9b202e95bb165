"""Source, editors and authors from the line under a headline, and from signatures at a body's ends. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from crawler.extract.dom import Element, is_hidden
from crawler.extract.names import is_person, split_names
from crawler.text import squash

BREAK = "\x1f"
"""Put between the texts of different elements of a byline, so that a value does not run into the next."""

_ROLES = {
    "source": r"(?:文章|稿件|新闻|信息|消息|内容|本文)?(?:来源|來源)(?:于|自)?|出处|出處|转自|转载自|原创",
    "duty_editor": r"责任编辑|责任编缉|责编|責任編輯|責編|责任編輯",
    "editor": r"(?:网络|本文|新媒体|执行|值班|文字|页面)?(?:编辑|編輯|小编)",
    "author": r"作者|记者|記者|撰文|撰稿|文",
    "other": r"校对|校對|审核|审校|复审|终审|初审|监制|策划|选稿|图片|摄影|美编|发布时间|发布|时间|日期|时 间|发表|浏览|阅读|点击|评论|分享|"
    r"字号|字体|大小|关键词|关键字|标签|栏目|通讯员|统筹|主编|值班主任|设计|制图|视频|实习生|翻译|编译|主办|投稿|举报|热线|电话|发稿",
}
_LABEL = re.compile(
    "|".join(f"(?P<{role}>{words})" for role, words in _ROLES.items()).join(
        (r"(?<![㐀-鿿A-Za-z])(?:", r")\s*[:：丨|｜︱]\s*")
    )
)
# labels that stand close behind a value, with nothing between (来源：新华网编辑：某某)
_CLOSE_LABEL = re.compile(
    r"(?:责任编辑|责编|责任編輯|責任編輯|責編|(?<![总主美图任責责总網网務行班])(?:編輯|编辑)|作者|(?<![\w])记者|来源|來源|校对)\s*[:：]\s*"
)
_VALUE_END = re.compile(rf"[|｜\n{BREAK}】\]〕]|\s{{2,}}|\u3000")
_DATE = re.compile(r"(?:19|20)\d{2}\s?[-/年.]\s?\d{1,2}")
_DATE_LIKE = re.compile(r"\A[\d\s:：\-/.年月日]*\Z")
_NO_SOURCE = re.compile(r"\A(?:未知|网络|互联网|本站原创|佚名|不详|admin|原创|综合)?\Z|[”“「」。]")
_TRAILING = re.compile(r"[\s,，;；.。)）\]】>》]+\Z")
_LEADING = re.compile(r"\A[\s(（\[【<《:：]+")


@dataclass(slots=True)
class Byline:
    """What a byline names; empty where it does not."""

    source: str | None = None
    source_url: str | None = None
    editors: list[str] = field(default_factory=list)
    duty_editors: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)

    def fill(self, other: Byline) -> None:
        """Take from `other` what is still missing here."""
        if not self.source and other.source:
            self.source, self.source_url = other.source, other.source_url
        self.editors = self.editors or other.editors
        self.duty_editors = self.duty_editors or other.duty_editors
        self.authors = self.authors or other.authors


def broken_text(node: Element) -> str:
    """A node's visible text with BREAK where one element ends and another begins."""
    pieces: list[str] = []

    def walk(element: Element, depth: int) -> None:
        if element.text:
            pieces.append(element.text)
        for child in element:
            if not is_hidden(child) and depth < 40:
                pieces.append(BREAK)
                walk(child, depth + 1)
                pieces.append(BREAK)
            if child.tail:
                pieces.append(child.tail)

    walk(node, 0)
    return "".join(pieces)


def _value(text: str) -> str:
    """The value at the beginning of `text`: up to the next separator, breaks before it skipped."""
    text = text.lstrip(f" \t\r\n\u3000\xa0{BREAK}")[:200]
    close = _CLOSE_LABEL.search(text)
    if close:
        text = text[: close.start()]
    # the bracket that was opened before the label: （編輯：某某）1120221
    end = re.search(r"[)）]", text)
    if end and not re.search(r"[(（]", text[: end.start()]):
        text = text[: end.start()]
    for stop in (_VALUE_END, _DATE):
        end = stop.search(text)
        text = text[: end.start()] if end else text
    return text


def parse_byline(text: str) -> Byline:
    """Read the labelled parts of a byline's text (see BREAK).

    >>> b = parse_byline("2021-03-02 15:07:56 | 来源:江城网 | 编辑:江平 | 责编:何岚")
    >>> b.source, b.editors, b.duty_editors
    ('江城网', ['江平'], ['何岚'])
    """
    found = Byline()
    text = text[:6000]
    # labels that stand right behind a value are labels all the same: 来源：某网作者：某某责编：某某
    text = _CLOSE_LABEL.sub(lambda label: f"{BREAK}{label[0]}", text)
    matches = list(_LABEL.finditer(text))
    for number, match in enumerate(matches):
        role = match.lastgroup
        end = matches[number + 1].start() if number + 1 < len(matches) else len(text)
        value = _value(text[match.end() : end])
        value = _TRAILING.sub("", _LEADING.sub("", squash(value)))
        if not value or _DATE_LIKE.match(value):
            continue
        if role == "source" and not found.source and len(value) <= 40 and not _NO_SOURCE.search(value):
            found.source = value
        elif role in ("editor", "duty_editor", "author") and len(value) <= 60:
            names = [name for name in split_names(value) if len(name) <= 20]
            if role == "editor":
                found.editors = found.editors or names
            elif role == "duty_editor":
                found.duty_editors = found.duty_editors or names
            elif all(len(name) <= 12 for name in names):
                found.authors = found.authors or names
    return found


_SIGNATURE = re.compile(
    r"[（(]\s*(?:(?:本报|本网|本刊|本社|特约|见习|实习|首席|全媒体|新媒体)*(?P<label>记者|記者|通讯员|作者|文|撰文|采写|整理|编译|編譯)\s*[:：/]?\s*)?"
    r"(?P<names>[㐀-鿿·•・\s、，,]{2,60}?)\s*[)）]\s*\Z"
)


def signature(text: str) -> list[str]:
    """Authors in brackets at the very end of a body's last paragraph; none when the bracket holds no names.

    >>> signature("……越来越热闹。(叶知秋  江平  何岚)")
    ['叶知秋', '江平', '何岚']
    >>> signature("……到此结束。（完）"), signature("……赢得冠军。（体育频道）")
    ([], [])
    """
    found = _SIGNATURE.search(text[-100:])
    if found is None:
        return []
    names = split_names(found["names"])
    if found["label"] or (names and all(is_person(name) for name in names)):
        return [name for name in names if 2 <= len(name) <= 12]
    return []


def is_byline(text: str) -> bool:
    """True for a line that only names source, editors, authors or staff: no part of the body.

    >>> is_byline("责编：何岚"), is_byline("（编辑：林一舟 江平）"), is_byline("编辑说，这本书很好看。")
    (True, True, False)
    """
    if len(text) > 90:
        return False
    line = _LEADING.sub("", text)
    match = _LABEL.match(line)
    if match is None or match.lastgroup is None:
        return False
    rest = _LABEL.sub(BREAK, line)
    # sentences follow 记者：… in an interview; names do not end in a full stop
    return all(
        len(part) <= 30 and not re.search(r"[。！？?!，]", part.strip("。")) for part in rest.split(BREAK)
    )


_PLACE_AND_DAY = re.compile(
    r"(?:\d{1,2}月)?\d{1,2}日?(?:专?电|電|讯|訊)?\Z|[／/](?:.{0,8}(?:報導|报道|連線|连线|電))\Z|(?:整合|整理|编译|報導|报道)\Z"
)
# 新华社北京5月1日电（记者张三 李四）, （中央社記者王小明台北21日電）, 〔記者王小明／台北報導〕
_IN_BRACKETS = re.compile(
    r"[（(〔\[【](?:文[/／](?:[^\s（）()]{2,8}\s)?|[^（）()〔〕【】\[\]。，]{0,10}?(?:记者|記者|通讯员|通訊員|实习生))\s*(?P<names>[^（）()〔〕【】\[\]。，]{2,40})[）)〕\]】]"
)
# 中青报·中青网记者 张三, 澎湃新闻记者 张三 李四, 作者︱张三: a line of its own
_OWN_LINE = re.compile(
    r"\A(?:文[︱|｜丨/／:：]|作者[︱|｜丨/／]|(?:[^\s，。：:（）()]{1,16}?(?:报|報|网|網|社|台|刊|新闻|新聞|客户端|周刊|在线)[·\s]?){0,2}"
    r"(?:特约|见习|实习|首席|全媒体|融媒体)*(?:记者|記者|撰稿人|评论员|通讯员)\s*[:：]?)\s*(?P<names>[㐀-鿿·\s、，,／/]{2,30}?)"
    r"\s*(?:(?:来源|來源|编辑|[／/]).{0,30}|(?:报道|報導|综合报道|编译))?\Z"
)


def reporters(text: str) -> list[str]:
    """Authors whom a text names as its reporters, at its beginning or in a line of its own.

    >>> reporters("本报讯（记者叶知秋）昨天，江城大桥通车。"), reporters("江城晚报记者 叶知秋 方圆")
    (['叶知秋'], ['叶知秋', '方圆'])
    >>> reporters("（中央社記者林大明台北21日電）行政院今天表示。"), reporters("记者了解到，大桥已经通车。")
    (['林大明'], [])
    """
    if text.endswith(("摄", "攝", "图", "圖")):
        return []  # they made the picture
    line = _OWN_LINE.match(text) if len(text) <= 60 else None
    found = line or _IN_BRACKETS.search(text[:90])
    if found is None:
        return []
    names = []
    for part in split_names(_PLACE_AND_DAY.sub("", squash(found["names"]))):
        name = _PLACE_AND_DAY.sub("", part)
        for size in (len(name), 3, 2):
            # a place may follow the name without a space
            if 2 <= size <= len(name) and is_person(name[:size]):
                names.append(name[:size])
                break
    return list(dict.fromkeys(names))


def is_reporters_line(text: str) -> bool:
    """True for a line of its own that names its reporters: 某报记者 某某."""
    return len(text) <= 60 and _OWN_LINE.match(text) is not None and bool(reporters(text))
