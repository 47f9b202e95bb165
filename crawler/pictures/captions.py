"""Whether several captions of one picture say the same, or its credits name the same people. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crawler.text import fold

_NOT_LETTERS = re.compile(r"[\W_]+")
_LABEL = re.compile("^(?:图为|图片说明|图片来源|资料图片?|图|▲|△)+")


def bare(text: str | None) -> str:
    """The letters of a caption or credit, without a label in front; empty for none.

    >>> bare("图为：孩子们，在溪边。"), bare(None)
    ('孩子们在溪边', '')
    """
    return _LABEL.sub("", _NOT_LETTERS.sub("", fold(text or "")))


def versions(texts: Iterable[str | None]) -> list[int | None]:
    """A number for what each text says, from 1 in the order given; None for no text.

    Texts agree when one holds the other: a caption that was cut short says nothing else.

    >>> versions(["孩子们在溪边搭帐篷。", "图为孩子们在溪边", None, "灾民在河边搭帐篷"])
    [1, 1, None, 2]
    """
    longest: list[str] = []
    found: list[int | None] = []
    for text in map(bare, texts):
        if not text:
            found.append(None)
            continue
        for number, known in enumerate(longest):
            if text in known or known in text:
                longest[number] = max(known, text, key=len)
                found.append(number + 1)
                break
        else:
            longest.append(text)
            found.append(len(longest))
    return found


def differ(numbers: Iterable[int | None]) -> bool:
    """True when versions() found more than one."""
    return len({number for number in numbers if number is not None}) > 1
