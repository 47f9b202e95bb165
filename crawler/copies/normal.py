"""What is left of a news text when every paper sets it anew: its letters, without whoever passed it on."""

from __future__ import annotations

import re

from crawler.text import plain

_NOT_LETTERS = re.compile(r"[\W_]+")
# 本报讯（记者 叶知秋）, 据新华社北京3月5日电, 中新网4月1日电 综合报道，
_DATELINE = re.compile(
    r"\s*(?:据|综合)?\s*(?:本报|本网|本台|本刊|本社|"
    r"[^\s,.。!?、;:()]{2,10}?(?:社|网|报|台|站|在线|客户端|新闻|体育|娱乐|财经|科技))"
    r"[^,。!?;:()]{0,24}?(?:电|讯|消息|报[道导])\s*(?:\([^()]{0,40}\))?\s*(?:综合报[道导]|综合消息)?\s*[:,]?"
)
# (记者 江平 通讯员 沈墨), 〔记者江平/台北报导〕, (原标题:…), (完)
_ASIDE = re.compile(
    r"[(〔\[](?:\w{0,4}(?:记者|通讯员|实习生|作者|编辑|责编|摄影)[^()〔〕\[\]]{0,40}|原标题[^()]{0,80}|完)[)〕\]]"
)
# a line that only says who did it, or whose it is
_SIGNED = re.compile(
    r"\s*[(\[【]?\s*(?:本文)?(?:责任编辑|责编|编辑|总编|主编|作者|记者|通讯员|来源|稿件来源|文章来源|信息来源|转自|摄影|校对|审核|审校|"
    r"监制|统筹|策划|值班主任|值班|初审|复审|终审|文|图|图文|原标题|原题|版权声明|版权|声明|免责声明|特别声明|编译|撰文|供稿|出品)"
    r"\s*[:/|丨](?P<rest>.*)\Z",
    re.DOTALL,
)
_SIGNED_MOST = 80  # letters: a longer line is text that begins with such a word


def letters(text: str) -> str:
    """The letters and digits of a text, folded: full-width, traditional and upper-case forms made plain.

    >>> letters("重慶, ＡＰＰ 的“样子”。")
    '重庆app的样子'
    """
    return only_letters(plain(text))


def only_letters(folded: str) -> str:
    """The letters and digits of a text that is in plain forms already."""
    return _NOT_LETTERS.sub("", folded)


def told(body: str) -> str:
    """A body in plain forms without datelines, editors' lines and asides; paragraphs on lines of their own.

    >>> told("本报讯（记者 叶知秋）春茶上市了。\\n責任編輯：江平")
    '春茶上市了。'
    """
    lines: list[str] = []
    for line in plain(body).split("\n"):
        signed = _SIGNED.match(line)
        if signed and len(line) <= _SIGNED_MOST:
            continue
        if not lines and (found := _DATELINE.match(line)):
            line = line[found.end() :]
        line = _ASIDE.sub("", line)
        if line.strip():
            lines.append(line)
    return "\n".join(lines)
