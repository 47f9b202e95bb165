"""Cuts text into the tokens of the search index; the same function for both databases and for queries.

Runs of Chinese, Japanese or Korean letters give every pair of neighbours, and their ends alone; any other
run of letters and digits is one word; everything else separates. Another way of cutting needs a migration
that builds both indexes anew: rows are taken out of the index by the tokens that were put in.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterable

from crawler.text import fold

CJK = (
    "\u3005-\u3007"  # 々〆〇
    "\u3040-\u30ff\u31f0-\u31ff"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "\u1100-\u11ff\uac00-\ud7ff"  # Hangul
)
# the field that a token stands in, for search by field: private-use characters, which are in no token
TITLE, CAPTION, CREDIT = "\ue000", "\ue001", "\ue002"
MAX_WORD = 64  # characters; PostgreSQL takes lexemes of at most 2,046 bytes
# PostgreSQL takes 1 MiB of lexemes a row: at most 8 bytes a pair, 11 with its field
MAX_TEXT = 80_000  # characters; text beyond is stored but not found
MAX_FIELD = 18_000

RUN = re.compile(f"[{CJK}]+|[^\\W_{CJK}]+")
_WORD = re.compile(f"[^\\W_{CJK}]+")
_CODES = f"utf-32-{sys.byteorder[0]}e"  # code points as array("I") holds them
_NO_CJK = re.compile(f"[^{CJK}]+")


def tokens(text: str) -> list[str]:
    """The distinct tokens of a text, words before letters.

    >>> tokens("5G基站，北京")
    ['5g', '基', '基站', '站', '北', '北京', '京']
    """
    return list(dict.fromkeys(cut(fold(text), MAX_TEXT).split()))


def document(text: Iterable[str | None], fields: Iterable[tuple[str, str | None]] = ()) -> str:
    """What the index stores of one document: tokens separated by spaces, repeats and all.

    `text` are its parts; no token spans two of them. `fields` are (TITLE|CAPTION|CREDIT, text), whose
    tokens are added with that mark before them.
    """
    parts = [cut(fold("\n".join(part for part in text if part)), MAX_TEXT)]
    marked: dict[str, list[str]] = {}
    for mark, value in fields:
        if value:
            marked.setdefault(mark, []).append(value)
    for mark, values in marked.items():
        parts += [mark + token for token in cut(fold("\n".join(values)), MAX_FIELD).split()]
    return " ".join(parts)


def cut(folded: str, limit: int) -> str:
    """Tokens of a folded text's first `limit` characters, separated by one or more spaces."""
    folded = folded[:limit]
    words = [word[:MAX_WORD] for word in _WORD.findall(folded)]
    letters = _NO_CJK.sub(" ", folded).strip()
    if letters:
        words.append(_pairs(letters))
    return " ".join(words)


def _pairs(letters: str) -> str:
    """Every two neighbours of runs that are separated by single spaces; at a run's ends the letter alone.

    Done by strides over an array of code points: twelve times as fast as slicing the string.
    """
    codes = array("I", f" {letters} ".encode(_CODES))
    pairs = array("I", [0x20]) * (3 * len(codes) - 3)
    pairs[0::3] = codes[:-1]
    pairs[1::3] = codes[1:]
    return pairs.tobytes().decode(_CODES)
