"""How well a document answers a query: our own formula, the same on both databases.

The newest RANKED matches compete, of a phrase what may match. First by what the index knows: a term counts
a point wherever it stands, 8 more in the headline, 3 more in a caption, the sum divided by the number of
terms. The best RERANKED of them are then read, and a term counts these points times 1 + ln(n) for its n
hits there. To both comes a point for a hundred years of novelty, in months. Ties: the newer first.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log

import numpy as np
import numpy.typing as npt

from storage.matches import Matches
from storage.segment_rows import Kind
from storage.terms import Term, Words
from storage.texts import Looked
from storage.tokens import ANY, CAPTION, TITLE, Numbers

RANKED = 10_000
RERANKED = 100
POINTS = {TITLE: 8.0, CAPTION: 3.0, ANY: 1.0}
_SECONDS = 31  # bits of a sort key below the seconds
_SECONDS_A_MONTH = 30 * 86_400


def coarse(
    kind: Kind, matches: Matches, words: Sequence[Words], documents: Numbers, keys: Numbers
) -> npt.NDArray[np.float64]:
    """The scores of documents by the index alone."""
    scores = np.zeros(len(documents))
    among = matches.postings.none()
    among[documents] = True
    for word in words:
        for mark in _marks(kind, word):
            scores += POINTS.get(mark, POINTS[ANY]) * matches.under(word, mark, among)[documents]
    months = (keys >> _SECONDS) // _SECONDS_A_MONTH
    return np.round(scores / max(len(words), 1) + months / 1200, 6)


def fine(kind: Kind, words: Sequence[Words], looked: Looked, key: int) -> float:
    """The score of a document whose text is at hand."""
    score = 0.0
    for word in words:
        for mark in _marks(kind, word):
            score += POINTS.get(mark, POINTS[ANY]) * _often(word.term, looked.parts(mark))
    months = (key >> _SECONDS) // _SECONDS_A_MONTH
    return round(score / max(len(words), 1) + months / 1200, 6)


def _marks(kind: Kind, word: Words) -> tuple[int, ...]:
    if word.mark != ANY:
        return (word.mark,)
    return (TITLE, CAPTION, ANY) if kind == "article" else (CAPTION, ANY)


def _often(term: Term, parts: Sequence[str]) -> float:
    """0 for no hit, 1 for one, growing with the logarithm."""
    count = sum(1 for part in parts for _ in term.pattern.finditer(part))
    return 1 + log(count) if count else 0.0
