"""Clean strings: what every text passes before it is stored, compared or searched. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

# NUL is refused by PostgreSQL; the other controls but tab and newline have no place in news text
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
# zero-width marks split words for a reader of the database though nobody sees them
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SPACES = re.compile(r"\s+")
# with these out of the way, nearly every text is in form NFKC, which is seen a hundred times as fast as made
_WIDE = [(wide, unicodedata.normalize("NFKC", wide)) for wide in "，：；！？（）％～＋－．／…　℃"]


def clean(text: str) -> str:
    """Text that both databases accept: no NUL or other control, no lone surrogate, nothing invisible.

    >>> clean("a\\x00b\\ud800c\\u200b")
    'ab\\ufffdc'
    """
    # no control, no surrogate, no mark without width
    if text.isprintable() or text.replace("\n", "").isprintable():
        return text
    text = _CONTROLS.sub("", text)
    text = _SURROGATES.sub("\ufffd", text)
    return _INVISIBLE.sub("", text)


def squash(text: str) -> str:
    """One line: clean, every run of white space (U+3000 and nbsp too) made one space, ends trimmed.

    >>> squash("　　国际\\xa0 在线\\n")
    '国际 在线'
    """
    return _SPACES.sub(" ", clean(text)).strip()


def text_lines(text: str) -> str:
    """A table's text: each line squashed, empty lines dropped."""
    lines = (squash(line) for line in clean(text).split("\n"))
    return "\n".join(line for line in lines if line)


def fold(text: str) -> str:
    """A text as compared and searched: full-width and compatibility forms folded, lower case.

    >>> fold("ＡＰＰ５Ｇ")
    'app5g'
    """
    text = clean(text)
    for wide, narrow in _WIDE:
        text = text.replace(wide, narrow)
    return unicodedata.normalize("NFKC", text).lower()


def plain(text: str) -> str:
    """A text as searched and as compared for reprints: folded, and traditional characters simplified.

    Both sides of a comparison pass here, so that it matters little that 後 and 后, 乾 and 干 become one.
    As long as fold(text), character by character.

    >>> plain("臺灣ＡＰＰ")
    '台湾app'
    """
    text = fold(text)
    simplified = _simplified()
    if simplified.rare.search(text):
        return text.translate(simplified.table)
    return simplified.common.sub(simplified.of, text)


class _Simplified(NamedTuple):
    table: dict[int, str]
    """For str.translate()."""
    common: re.Pattern[str]
    """Any of its characters below U+10000: most texts have none, and this is the fast way to see it."""
    rare: re.Pattern[str]
    """Any character from there on."""

    def of(self, found: re.Match[str]) -> str:
        return self.table[ord(found[0])]


@cache
def _simplified() -> _Simplified:
    # read when first needed: commands start often, and few of them search
    from crawler.simplified import SIMPLIFIED

    common = "".join(chr(code) for code in SIMPLIFIED if code < 0x10000)
    return _Simplified(SIMPLIFIED, re.compile(f"[{common}]"), re.compile("[\U00010000-\U0010ffff]"))
