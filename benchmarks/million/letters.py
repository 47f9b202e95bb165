"""Chinese characters and how often each is used: a few hundred are most of every text."""

from __future__ import annotations

import numpy as np

from benchmarks.million.tables import table

# the most used ones, in about the order of their frequency in news
_FIRST = "".join(table("letters"))
# GB 2312 holds the 3,755 characters of daily use in rows 16 to 55, and 3,008 rarer ones in rows 56 to 87
_DAILY = "".join(
    bytes((0xA0 + row, 0xA0 + cell)).decode("gb2312")
    for row in range(16, 56)
    for cell in range(1, 95)
    if (row, cell) < (55, 90)
)
RARE = "".join(
    bytes((0xA0 + row, 0xA0 + cell)).decode("gb2312") for row in range(56, 88) for cell in range(1, 95)
)
"""In no word of the vocabulary: the probes are made of them."""

_known = dict.fromkeys(_FIRST)
_rest = np.array([letter for letter in _DAILY if letter not in _known])
np.random.default_rng(1980).shuffle(_rest)
LETTERS = "".join(_known) + "".join(_rest.tolist())
_ranks = np.arange(1, len(LETTERS) + 1)
# of running text the first 1,000 characters are some 90 %, the first 2,000 some 98 %
_shares = np.exp(-_ranks / 700) / (_ranks + 30.0) ** 0.45
SHARES = _shares / _shares.sum()
"""The share of each of LETTERS in the text."""
