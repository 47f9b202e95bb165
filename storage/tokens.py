"""Cuts text into the tokens of the search index: numbers, the same for both databases and for queries.

Runs of Chinese, Japanese or Korean letters give every letter and every pair of neighbours, any other run
of letters and digits is one word, everything else separates. A token is a mark (where it stands: 4 bits)
and a code (what stands there: 42 bits). Another way of cutting needs a migration that builds the index
anew (storage.reindex).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from crawler.text import plain

Numbers = npt.NDArray[np.int64]

_CJK_RANGES = (
    (0x3005, 0x3007),  # 々〆〇
    (0x3041, 0x309F),  # kana
    (0x30A1, 0x30FA),  # without the dot between names, U+30FB
    (0x30FC, 0x30FF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
    (0x1100, 0x11FF),  # Hangul
    (0xAC00, 0xD7FF),
)
CJK = "".join(f"{chr(first)}-{chr(last)}" for first, last in _CJK_RANGES)
# where text stands
ANY, TITLE, CAPTION, CREDIT, AUTHOR, EDITOR, SOURCE = range(7)
# what is known of the whole article; their codes are of whole names, of days, or 1
PORTAL, CHANNEL, DECLARED, SOURCE_NAME, DAY, PICTURES, CHANGED, GONE = range(7, 15)
MARK_BITS, CODE_BITS = 4, 42
TOKEN_BITS = MARK_BITS + CODE_BITS
MAX_TEXT = 1_000_000  # characters; text beyond is stored but not found
MAX_LEVELS = 6  # of a breadcrumb: paths of levels beyond are not found, only the levels

RUN = re.compile(f"[{CJK}]+|[^\\W_{CJK}]+")
_WORD = re.compile(f"[^\\W_{CJK}]+")
_CODES = f"utf-32-{sys.byteorder[0]}e"  # code points as numpy holds them
_POINT_BITS = 21
_WORDS = 3 << 40  # above every pair: letters end at 0x3ffff
_IS_CJK = np.zeros(0x40001, dtype=np.bool_)
for _first, _last in _CJK_RANGES:
    _IS_CJK[_first : _last + 1] = True


def marked(mark: int, code: int) -> int:
    """The token of a code that stands under a mark."""
    return mark << CODE_BITS | code


def named(mark: int, name: str) -> int:
    """The token of a whole name, exactly as it is: a portal, a channel, a source."""
    return marked(mark, _hashed(name))


def day(value: date) -> int:
    """The token of a day of publication; those of later days are greater."""
    return marked(DAY, value.toordinal())


def levels(channel_path: str | None) -> set[str]:
    """Every part of a breadcrumb that a filter can name.

    >>> sorted(levels("重庆频道/民生"))
    ['民生', '重庆频道', '重庆频道/民生']
    """
    parts = (channel_path or "").split("/")
    near = parts[:MAX_LEVELS]
    spans = ("/".join(near[a:b]) for a in range(len(near)) for b in range(a + 1, len(near) + 1))
    return {span for span in (*spans, *parts[MAX_LEVELS:]) if span.strip("/")}


def cut(parts: Iterable[tuple[int, int, str | None]]) -> tuple[Numbers, Numbers]:
    """Tokens of (document, mark, text), with repeats, and the document of each; none spans two texts.

    One pass over all texts: much of the cost is the same for one letter and for a million.
    """
    documents, marks, texts = [], [], []
    for document, mark, part in parts:
        if part:
            documents.append(document)
            marks.append(mark)
            texts.append(plain(part[:MAX_TEXT]))
    if not texts:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    text = "\n".join(texts) + "\n"
    points = np.frombuffer(text.encode(_CODES), dtype=np.uint32).astype(np.int64)
    # of each character: the document and the mark of the text it is in
    owners = np.array(documents, dtype=np.int64) << MARK_BITS | np.array(marks, dtype=np.int64)
    owner = np.repeat(owners, [len(part) + 1 for part in texts])
    letter = np.flatnonzero(_IS_CJK[np.minimum(points, 0x40000)])
    first = letter[:-1][np.diff(letter) == 1]
    found = [(match.start(), _hashed(match[0])) for match in _WORD.finditer(text)]
    words = np.array(found, dtype=np.int64).reshape(-1, 2)
    places = np.concatenate((letter, first, words[:, 0]))
    singles = points[letter] << _POINT_BITS
    codes = np.concatenate((singles, points[first] << _POINT_BITS | points[first + 1], words[:, 1]))
    whose = owner[places]
    return codes | (whose & ((1 << MARK_BITS) - 1)) << CODE_BITS, whose >> MARK_BITS


def of_run(run: str) -> Iterator[int]:
    """Codes of one run of a plain text: what must be indexed where it stands.

    >>> len(list(of_run("重庆市"))), len(list(of_run("市"))), len(list(of_run("5g")))
    (2, 1, 1)
    """
    if not is_cjk(run):
        yield _hashed(run)
    elif len(run) == 1:
        yield ord(run) << _POINT_BITS
    else:
        for at in range(len(run) - 1):
            yield ord(run[at]) << _POINT_BITS | ord(run[at + 1])


def is_cjk(run: str) -> bool:
    """True for a run of Chinese, Japanese or Korean letters."""
    return bool(_IS_CJK[min(ord(run[0]), 0x40000)])


@lru_cache(maxsize=1 << 16)
def _hashed(word: str) -> int:
    # 40 bits: of a million words one in a million shares its code with another
    return _WORDS | int.from_bytes(blake2b(word.encode(), digest_size=5).digest(), "big")
