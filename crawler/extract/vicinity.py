"""What stands beside a headline and around a body: the time, the medium and the names of a byline. Pure.

Labels (来源：, 编辑：) are read by `byline`; here is what the page gives without one, by its place and the
names of its markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from crawler.extract.blocks import Piece
from crawler.extract.byline import BREAK, Byline, reporters
from crawler.extract.dates import Moment, parse_moment
from crawler.extract.names import is_common_name, is_person
from crawler.text import squash

_TIMED = re.compile(r"time|date|pub(?:lish|_)|riqi|shijian", re.IGNORECASE)
_TIME_LABEL = re.compile(r"(?:发布|發布|发表|發表|更新|发稿|出版|日期|时间|時間|上传|稿件)")
_UPDATED = re.compile(r"更新|修改|最后|最後")
_DATE = re.compile(
    r"(?:19|20)\d{2}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?[日号]?|\d{1,2}[-/月]\d{1,2}日?(?=[\s\x1f]|\Z)"
)
_CLOCK = re.compile(
    r"(?:(?:星期|周)[一二三四五六日天])?\s*\d{1,2}\s?[:：时]\s?\d{2}(?:\s?[:：分]\s?\d{2})?\s*(?:秒|分|GMT|[AaPp][Mm])?"
)
_SOURCED = re.compile(
    r"source|laiyuan|(?:^|[\s_\-])(?:ly|media|origin|from|copyfrom|comefrom|where|publisher|site_?name|medium)(?:$|[\s_\-])",
    re.IGNORECASE,
)
_MEDIUM = re.compile(
    r"(?:网|網|报|報|社|日报|晚报|周刊|週刊|新闻|新聞|在线|客户端|电视台|广播|台|频道|杂志|时报|早报|快报|导报|商报|论坛|观察|"
    r"传媒|融媒体?|发布|财经|资讯|号|中心)\Z"
)
_NOT_MEDIUM = re.compile(
    r"评论|分享|字号|字体|收藏|打印|举报|关注|点击|阅读|浏览|返回|首页|客户端下载|扫码|发表|发布于|时间|日期|時間|發布|更新|\A原创\Z|微信|微博|登录|注册|播放|专题|责编|编辑|作者|记者|来源|下载|跟贴|参与|更多|大中小|订阅|繁体|"
    r"[，。？！：:“”]|\A[\d\s]*\Z"
)
_LABEL = re.compile(
    r"\A\s*(?:(?:文章|稿件|新闻|信息|本文)?(?:来源|來源)(?:于|自)?|出处|转自|来自)\s*[:：]?\s*"
)


def is_dateline(text: str) -> bool:
    """True for a line that is little more than a date: 2024-05-01 08:00 某某网.

    >>> is_dateline("2024-05-01 08:00 江城晚报"), is_dateline("2024年5月1日，江城大桥通车。")
    (True, False)
    """
    if len(text) > 90 or not _DATE.search(text):
        return False
    rest = _CLOCK.sub("", _DATE.sub("", text))
    return len(rest) <= 40 and not re.search("[，。！？；]", rest)


def published(pieces: list[Piece], anchor: int) -> Moment | None:
    """The time nearest the headline among `pieces`, `anchor` the index of the first piece behind it."""
    best: tuple[float, Moment] | None = None
    for index, piece in enumerate(pieces):
        if piece.kind != "text" or len(piece.text) > 400:
            continue
        text = piece.broken().replace(BREAK, " ") if len(piece.text) < 200 else piece.text
        moment = parse_moment(text)
        if moment is None:
            continue
        distance = index - anchor
        score = 4 - (abs(distance) * 0.1 if distance >= 0 else 0.5 - distance * 0.2)
        score += 2 if "T" in moment.iso else 0
        score += 1 if _TIMED.search(piece.names) else 0
        score += 1 if _TIME_LABEL.search(text) else 0
        score -= 1 if _UPDATED.search(text) else 0
        if is_dateline(piece.text):
            score += 1
        elif len(piece.text) - len(moment.raw) > 60:
            score -= 3  # a sentence tells of some day
        if best is None or score > best[0]:
            best = score, moment
    return best[1] if best and best[0] > 1 else None


def medium_of(text: str) -> str | None:
    """The bare name of a medium in a text that may hold its label and a date; None for anything else.

    >>> medium_of("来源：江城晚报"), medium_of("江城晚报 2024-05-01 08:00"), medium_of("分享到")
    ('江城晚报', '江城晚报', None)
    """
    text = squash(
        _LABEL.sub("", _CLOCK.sub(" ", _DATE.sub(" ", squash(text)))).strip(" |｜/·:：-—,，[]【】（）()")
    )
    return text if 2 <= len(text) <= 24 and not _NOT_MEDIUM.search(text) else None


def unlabelled_medium(pieces: Iterable[Piece]) -> str | None:
    """The medium that a byline names beside the time, without a label."""
    by_name: str | None = None
    for piece in pieces:
        if piece.kind != "text" or len(piece.text) > 120:
            continue
        dated = bool(_DATE.search(piece.text))
        sourced = bool(_SOURCED.search(piece.names))
        if not dated and not sourced:
            continue
        for part in piece.parts if dated else [piece.text]:
            name = medium_of(part)
            if name is None:
                continue
            if _MEDIUM.search(name):
                return name
            if sourced and not dated:
                by_name = by_name or name
    return by_name


_UNMARKED = re.compile(r"\A(?P<label>来源|來源|作者|责任编辑|责编|编辑|编译)\s*(?P<value>[^:：\s]{2,20})\Z")
_PERSON_OF_MEDIUM = re.compile(r"\A(?P<name>[㐀-鿿]{2,4})\s?[/／]\s?(?P<medium>[㐀-鿿A-Za-z]{2,16})\Z")
_MEDIUM_AND_REPORTER = re.compile(r"\A(?P<medium>[㐀-鿿]{2,10})\s+(?=(?:记者|記者))")
_NEAR = 2  # pieces on each side of the time that may be the byline's other boxes


def slot(pieces: list[Piece]) -> Byline:
    """What a byline says without labels: the medium beside the time, a person and the medium, 来源某某."""
    found = Byline()
    texts = [piece for piece in pieces if piece.kind == "text" and len(piece.text) <= 120]
    dated = [
        index
        for index, piece in enumerate(texts)
        if _DATE.search(piece.broken()) or _CLOCK.fullmatch(piece.text)
    ]
    if not dated:
        found.source = unlabelled_medium(texts[:4])
        return found
    first, last = dated[0], dated[-1] if dated[-1] - dated[0] <= 3 else dated[0]
    near = texts[max(0, first - _NEAR) : last + _NEAR + 1]
    near.sort(key=lambda piece: abs(texts.index(piece) - first))
    for piece in near:
        parts = (
            re.split(r"[|｜]", piece.text) if re.search(r"[|｜]", piece.text) else piece.parts or [piece.text]
        )
        # beside the time stands the medium, further off the channel
        day = next((number for number, part in enumerate(parts) if _DATE.search(part)), 0)
        for _, part in sorted(enumerate(parts), key=lambda entry: (abs(entry[0] - day), entry[0])):
            _take(found, squash(_CLOCK.sub(" ", _DATE.sub(" ", part))))
    return found


def _take(found: Byline, text: str) -> None:
    """Take what one box of a byline says."""
    text = text.strip(" |｜·•:：-—,，[]【】（）()")
    if not 2 <= len(text) <= 40:
        return
    marked = _UNMARKED.match(text)
    if marked:
        value = marked["value"].strip("：: ")
        if marked["label"] in ("来源", "來源"):
            found.source = found.source or value
        elif marked["label"] in ("作者", "编译"):
            found.authors = found.authors or [value]
        elif marked["label"] == "编辑":
            found.editors = found.editors or [value]
        else:
            found.duty_editors = found.duty_editors or [value]
        return
    of_medium = _PERSON_OF_MEDIUM.match(text)
    if of_medium and is_person(of_medium["name"]):
        found.authors = found.authors or [of_medium["name"]]
        found.source = found.source or of_medium["medium"]
        return
    both = _MEDIUM_AND_REPORTER.match(text)
    if both:
        found.source = found.source or both["medium"]
        found.authors = found.authors or reporters(text[both.end() :])
        return
    names = reporters(text)
    if names:
        found.authors = found.authors or names
        return
    name = medium_of(text)
    if name is None or (found.source and not is_common_name(name)) or (found.source and _MEDIUM.search(name)):
        return
    if is_common_name(name) and not _MEDIUM.search(name):
        found.authors = found.authors or [name]
    else:
        found.source = name
