"""Who published a story first: what its copies say of their source, where they stand, and when."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.copies.normal import letters

# 据新华社, 来源：人民网, 转自 人民日报客户端
_BEFORE = re.compile(
    r"\A(?:据|来源|稿件来源|文章来源|信息来源|图片来源|转自|转载自|综合自|综合|摘自)+[:：\s]*"
)
_PARTS = re.compile(r"[-－—–―_·•|｜/、，,;；\s（(）)《》「」]+")
# one house under several names: the paper's app, account or micro-blog is the paper
# 新华社北京3月5日电, 新华社记者 叶知秋
_WIRE = re.compile(r"(?<=社)(?:[\u4e00-\u9fff]{2,4})?(?:记者.*|(?:\d+月)?(?:\d+日)?电)\Z")
_FORM = re.compile(
    r"(?:官方)?(?:微信公众号|微信公号|公众号|微信|微博|客户端|新闻客户端|app|融媒体|头条号|网站|官网)+\Z"
)


# what portals write where they name nobody, or mean themselves
_NOBODY = frozenset(
    [
        "综合",
        "综合整理",
        "综合报道",
        "网络",
        "网络综合",
        "网络转载",
        "互联网",
        "转载",
        "其他",
        "其它",
        "未知",
        "不详",
        "佚名",
        "来源",
        "本站",
        "本网",
        "本报",
        "本刊",
        "本台",
        "原创",
        "本站原创",
    ]
)


@dataclass(frozen=True, slots=True)
class Copy:
    """One article of a story."""

    article_id: int
    names: tuple[str, ...]
    """What its site is called, the best known name first; never empty."""
    source: str | None
    """来源 as the page has it."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """The answer."""

    name: str
    article_id: int
    """Its copy where that is stored, else the earliest copy."""
    why: str


def publisher(copies: Sequence[Copy]) -> Publisher:
    """Who published these copies, in the order of their publication, first.

    A page that names another house as its source says that it was not first; the house that most copies
    name was, unless its own copy names yet another one. Where no page names another house, the earliest
    copy's was.
    """
    houses = {copy.article_id: {house(name) for name in copy.names} for copy in copies}
    named = [(copy, name) for copy in copies if (name := _other(copy, houses[copy.article_id]))]
    if not named:
        first = copies[0]
        return Publisher(first.names[0], first.article_id, "the earliest copy; none names another source")
    votes = Counter(house(name) for _, name in named)
    # in a tie the one that was named first
    order = {house(name): -at for at, (_, name) in reversed(list(enumerate(named)))}
    wanted = max(votes, key=lambda one: (votes[one], order[one]))
    seen: set[str] = set()
    while True:
        seen.add(wanted)
        own = next((copy for copy in copies if wanted in houses[copy.article_id]), None)
        further = own and _other(own, houses[own.article_id])
        if not further or house(further) in seen:
            break
        wanted = house(further)
    name = own.names[0] if own else clean_name(next(name for _, name in named if house(name) == wanted))
    told = f"{votes[wanted]} of {len(copies)} copies name {name} as their source"
    if own:
        return Publisher(name, own.article_id, f"{told}; its own copy names no other")
    return Publisher(name, copies[0].article_id, f"{told}; its own copy is not stored")


def clean_name(source: str) -> str:
    """A source's name without what stands around it.

    >>> clean_name("据人民网－人民日报")
    '人民网'
    """
    parts = [part for part in _PARTS.split(_BEFORE.sub("", source.strip())) if part]
    return _WIRE.sub("", parts[0]) if parts else source


def house(source: str) -> str:
    """A name by which two ways to write one source are the same.

    >>> house("人民网-人民日报"), house("新华社客户端"), house("据 新华社")
    ('人民网', '新华社', '新华社')
    """
    name = letters(clean_name(source))
    return _FORM.sub("", name) or name


def _other(copy: Copy, own: set[str]) -> str | None:
    """The house that a page names as its source, unless it is the page's own site."""
    if not copy.source or "://" in copy.source:  # an address is no name
        return None
    if letters(copy.source) in _NOBODY | {""} or house(copy.source) in _NOBODY:
        return None
    parts = {house(part) for part in _PARTS.split(copy.source) if letters(part)}
    return None if own & (parts | {house(copy.source)}) else copy.source
