"""Tell a picture's credit from its caption. Pure.

A credit says who made or supplied a picture: 江平/摄, 新华社记者 叶知秋 摄, 故宫博物院供图, （视觉中国）,
图片来源：摄图网. It stands at the end of the caption or alone.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from crawler.extract.names import SURNAMES, is_person, split_names
from crawler.text import squash


class Credit(NamedTuple):
    """A caption's parts; all None for an empty text."""

    caption: str | None
    credit: str | None
    """Bare names joined by 、."""
    credit_raw: str | None
    """The phrase as the page has it, without surrounding brackets."""


# a credit phrase is never longer; what stands before it need not be searched
_WINDOW = 90
_END = r"[\s。．.;；]*\Z"
_CJK = r"[㐀-鿿𠀀-𱍊]"
_WORD = r"[^\s。！？!?；;，,、：:（）()\[\]【】“”\"/／|｜]"
_NAME = rf"(?:{_CJK}{{1,4}}[·•・][㐀-鿿·•・]{{1,10}}|{_CJK}{{2,4}}|{_CJK}\s{_CJK}|[A-Za-z@][\w.@·\-]{{1,30}})"
_NAMES = rf"{_NAME}(?:(?:\s|\s?[、，,]\s?){_NAME}){{0,4}}"
# 拍摄, 抓摄 are verbs of a caption, not roles; 航 and 自 also end names
_SHOT = r"(?:摄影报道|摄影報導|摄影|攝影|摄制|(?<![拍抓偷翻盗])摄|(?<![拍抓偷翻盗])攝)"
_WHEN = r"(?:于?\s?[\d年月日./\-\s]{4,14})?"
_REPORTER = (
    r"(?:本报|本网|本社|本刊|本台|特约|特派|见习|实习|首席|全媒体|摄影|新媒体|融媒体|图片|實習|特約){0,3}"
    r"(?:记者|記者|通讯员|通訊員|摄影师|攝影師|摄影队|实习生|摄影爱好者)"
)
# where a phrase may begin: the text's start, after white space, a full stop, a bracket, a slash or a sign
_EDGE = r"(?:\A|(?<=[\s。！？!?；;…”\"』」）)】\]/／|｜▲△◎↑]))"
_AGENCY_NAME = (
    r"(?:视觉中国|視覺中國|东方IC|IC\s?photo|新华社|中新社|人民视觉|摄图网|全景网|图虫创意|法新社|路透社|美联社|央视新闻|CFP|"
    r"Getty(?:\s?Images)?)"
)
_STANDALONE = (
    rf"(?:{_AGENCY_NAME}\s?(?:资料图片|资料图?|图片|供图|发|照片)?|(?:资料|資料|网络|網路)(?:图片|圖片|照片|图|圖|照)|"
    r"(?:视频|影片|网络|網路)(?:截图|截圖|画面|畫面)|截图|截圖|图源网络|《?[㐀-鿿\w]{2,12}》?\w{0,4}(?:截图|截圖|资料图片?|資料照|资料照片))"
)
_LABEL = (
    r"(?:图片(?:来源于?|来自于?|提供)?|图(?:片)?源自?|图据|圖片(?:來源|提供)?|照片(?:来源|提供)|(?:本文|文中)图片|"
    r"(?:图文|文图|文[/／、]图|图[/／、]文)|[图圖]|供图|供圖|摄影|攝影|摄|攝|来源|來源|資料來源|[Pp]hoto(?:graph)?(?: by)?|[Cc]redit)"
)

_BRACKETED = re.compile(
    rf"(?P<before>[㐀-鿿]{{2,8}}发)?\s?[（(\[【](?P<inner>[^（）()\[\]【】]{{1,40}})[）)\]】]{_END}"
)
_REPORTER_SHOT = re.compile(
    rf"(?:{_EDGE}(?P<raw>(?:图片来源[:：]\s?)?{_WORD}{{0,10}}?(?:\s?发\s)?{_REPORTER}\s?(?P<name>{_NAMES})\s?[/／]?\s?{_SHOT}\s?{_WHEN}))"
    rf"{_END}"
)
_REPORTER_SHOT_CLOSE = re.compile(
    rf"(?P<raw>[㐀-鿿]{{2,6}}?(?:社|网|報|报|台){_REPORTER}\s?(?P<name>{_NAMES})\s?[/／]?\s?{_SHOT}\s?{_WHEN}){_END}"
)
_SHOT_END = re.compile(rf"\s?[/／]?\s?(?:{_SHOT}|(?<=\s)拍摄)\s?{_WHEN}{_END}")
_SUPPLIED = re.compile(
    rf"{_EDGE}(?P<raw>(?P<name>{_WORD}{{2,25}}?)\s?[/／]?\s?(?:供图|供圖|供稿|(?:图片|圖片)?提供)){_END}"
)
_PICTURE = re.compile(
    rf"(?:\A|(?<=[\s。！？”）)]))(?P<raw>(?:{_WORD}{{0,8}}?{_REPORTER})?\s?(?P<name>{_WORD}{{2,16}})\s[图圖]){_END}"
)
_LABELLED = re.compile(rf"{_EDGE}(?P<raw>{_LABEL}\s?[:：/／丨|｜]\s?(?P<name>[^。；;]{{1,40}})){_END}")
_LABELLED_WIDE = re.compile(
    rf"{_EDGE}(?P<raw>(?:摄影|攝影|供图|供圖|图片来源|图源|[Pp]hoto by)\s(?P<name>[^。；;：:，,]{{2,24}})){_END}"
)
_TOLD = re.compile(
    rf"{_EDGE}(?P<raw>(?:本文|文中|以上)?(?:图片|圖片|照片|图|圖)(?:均?来自于?|均?來自|来源于|源自|自|据)\s?(?P<name>[^。；;，,]{{2,30}})){_END}"
)
_EXCEPT = re.compile(
    rf"{_EDGE}(?P<raw>(?:本文|文中)图片?[^。]{{0,20}}?(?:为|由|来自)\s?(?:{_WORD}{{0,8}}?{_REPORTER})?\s?(?P<name>{_WORD}{{2,20}}?)\s?(?:图|供图|摄|提供)?){_END}"
)
_AGENCY_PICTURE = re.compile(rf"{_EDGE}(?P<raw>(?P<name>{_STANDALONE})){_END}")
_CLOSE_SHOT = re.compile(rf"(?P<name>{_CJK}{{3}}){_SHOT}{_END}")
_NOT_PICTURE = re.compile(r"[示意效果路线地流程截资料设计结构插漫宣传概念对比走势分布]\s?图\Z")

_LABEL_REST = re.compile(
    rf"\A(?:{_LABEL}\s?[:：/／]\s?|由(?=..))|\A{_WORD}{{0,10}}?{_REPORTER}\s?|[（(][^）)]*[）)]|\s?[/／]\s?\Z"
)
_ARCHIVED = re.compile(r"(?<=..)\s?(?:资料图片|资料图?|資料圖?片?|资料照片|图片)\Z")
_TITLED = re.compile(r"《[^》]*》")
_RIGHTS = re.compile(r"\s*(?:版权作品.*|请勿转载.*|未经.*|版权所有.*)\Z")
_LEAD_SIGN = re.compile(r"\A[\s▲△▼▽◎●↑↓◆■☆★►▶→←*]+|\A(?:图注|圖註|图说|圖說|图片说明|图解)\s?[:：]\s?")
_RULES = (
    _REPORTER_SHOT,
    _REPORTER_SHOT_CLOSE,
    _EXCEPT,
    _TOLD,
    _LABELLED,
    _LABELLED_WIDE,
    _SUPPLIED,
    _PICTURE,
    _AGENCY_PICTURE,
)


def _names(text: str) -> str:
    """Bare names of a credit: labels, reporters' titles and notices of rights cut, joined by 、."""
    text = _RIGHTS.sub("", squash(text))
    if _TITLED.search(text):
        return text  # 《片名》截图 is one name whatever brackets it has
    names = split_names(_ARCHIVED.sub("", _LABEL_REST.sub("", text) or text))
    return "、".join(names) or text


def _shot_by(text: str) -> tuple[int, str, str] | None:
    """A phrase that ends in 摄, read backwards: role, then names, then perhaps the agency before them."""
    end = _SHOT_END.search(text)
    if end is None:
        return None
    head = text[: end.start()]
    start = len(head)
    names = 0
    for token in reversed(list(re.finditer(r"[^\s、，,]+", head))):
        # several names may stand there, but only what is surely a name joins the nearest one
        word = token[0]
        nearest = re.search(rf"{_EDGE}{_NAME}\Z", word) if not names else None
        if names == 0 and nearest is not None:
            start, names = token.start() + nearest.start(), 1
            if nearest.start():
                break
        elif names and (is_person(word) or re.fullmatch(rf"{_CJK}", word)):
            start, names = token.start(), names + 1
        elif names and re.fullmatch(rf"{_WORD}{{1,6}}社发?|新华社发?", word):
            return token.start(), text[token.start() :], _names(head[start:])
        else:
            break
    if names == 0:
        close = _CLOSE_SHOT.search(text)
        if close is None:
            return None
        name = close["name"] if close["name"][0] in SURNAMES else close["name"][1:]
        if name[0] not in SURNAMES:
            return None
        return close.end("name") - len(name), text[close.end("name") - len(name) :], name
    return start, text[start:], _names(head[start:])


def _phrase(text: str) -> tuple[int, str, str] | None:
    """Where the credit phrase begins in `text`, the phrase, and its bare names; None when there is none."""
    offset = max(0, len(text) - _WINDOW)
    window = text[offset:]
    for rule in _RULES:
        found = rule.search(window)
        if found is not None and not (rule is _PICTURE and _NOT_PICTURE.search(found["raw"])):
            return offset + found.start("raw"), found["raw"].strip("。 "), _names(found["name"])
    shot = _shot_by(window)
    return (offset + shot[0], shot[1].strip("。 "), shot[2]) if shot else None


def _inner_credit(inner: str) -> tuple[str, str] | None:
    """The phrase and names of a bracket's text when all of it is a credit."""
    inner = squash(inner)
    found = _phrase(inner)
    if found and found[0] == 0:
        return found[1], found[2]
    # （BBC）, （Reuters）: a bracket of Latin capitals at a caption's end names its maker
    if re.fullmatch(r"[A-Z][A-Za-z]{1,14}(?: [A-Z][A-Za-z]+)?", inner):
        return inner, inner
    if re.fullmatch(r"(?:取自|翻摄自?|翻攝自?|摘自|来自|來自)\s*(.{2,30})", inner):
        return inner, re.sub(r"\A(?:取自|翻摄自?|翻攝自?|摘自|来自|來自)\s*", "", inner)
    return None


@lru_cache(maxsize=512)  # one line is asked about by each rule that weighs it
def split_credit(text: str | None) -> Credit:
    """Caption, bare names and credit phrase of a picture's line.

    >>> split_credit("江城一处社区。 江平/摄")
    Credit(caption='江城一处社区。', credit='江平', credit_raw='江平/摄')
    >>> split_credit("拖拉机播种。新华社发（何岚摄）")
    Credit(caption='拖拉机播种。', credit='何岚', credit_raw='新华社发（何岚摄）')
    >>> split_credit("故宫博物院供图")
    Credit(caption=None, credit='故宫博物院', credit_raw='故宫博物院供图')
    """
    line = _LEAD_SIGN.sub("", squash(text or ""))
    if not line:
        return Credit(None, None, None)
    bracket = _BRACKETED.search(line, max(0, len(line) - _WINDOW))
    if bracket:
        inner = _inner_credit(bracket["inner"])
        if inner:
            raw, names = inner
            raw = line[bracket.start() :].rstrip("。 ") if bracket["before"] else raw
            return Credit(_rest(line[: bracket.start()]), names, raw)
    found = _phrase(line)
    if found:
        start, raw, names = found
        return Credit(_rest(line[:start]), names, raw)
    return Credit(line, None, None)


def _rest(text: str) -> str | None:
    """What is left of a caption before its credit, without the mark that parted them."""
    text = text.rstrip(" /／|｜(（[【—-").rstrip()
    return None if not re.search(r"\w", text) else text


def has_credit(text: str) -> bool:
    """True when the line ends in, or is, a credit phrase."""
    return split_credit(text).credit is not None
