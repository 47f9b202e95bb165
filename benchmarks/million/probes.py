"""Words to search for, each with the number of articles that hold it: from ten of a million to nearly all."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Literal, NamedTuple

from benchmarks.million.generator import articles
from benchmarks.million.vocabulary import PHRASES_FROM, PROBED, TERMS, WORDS
from crawler.items import Article

_SAMPLE = 2_000  # articles that are looked at for words of the language
_RANKS = sorted({round(1.02**n) for n in range(380)})  # of the words and phrases that are looked for
_PHRASES = 300
_RAREST = 20  # articles of the sample: what fewer hold cannot be told from it
_SHARES = (0.9, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
_EACH = 3  # words for each share


class Probe(NamedTuple):
    """A word and what a search for it finds."""

    word: str
    kind: Literal["planted", "word", "phrase"]
    """Planted ones are drawn each by itself, the others counted in a sample of the articles."""
    share: float
    """Of all articles."""
    hits: float
    """Expected among the articles asked about."""


def probes(n: int, seed: int = 1) -> list[Probe]:
    """Words for the first `n` articles of a seed, the rarest first.

    Planted words hit 10, 100, 1,000, 10,000 and 100,000 of a million, give or take chance. Words and
    phrases of the language hit some 1 % to 90 %, known to a tenth of that.
    """
    planted = [Probe(word, "planted", share, share * n) for word, share in PROBED]
    known = [Probe(word, kind, share, share * n) for word, kind, share in _common(seed)]
    return sorted(planted + known, key=lambda probe: (probe.share, probe.word))


def text(article: Article) -> str:
    """All of an article that is searched."""
    parts = [
        article.title,
        article.body_text,
        *article.authors,
        article.source.name if article.source else "",
    ]
    for image in article.images:
        parts += (image.caption or "", image.credit or "")
    return "\n".join(parts)


@lru_cache(maxsize=4)
def _common(seed: int) -> list[tuple[str, Literal["word", "phrase"], float]]:
    texts = [text(article) for article in articles(_SAMPLE, seed)]
    kinds: tuple[tuple[Literal["word", "phrase"], list[str]], ...] = (
        ("word", [WORDS[rank] for rank in _RANKS if len(WORDS[rank]) > 1]),
        ("phrase", [TERMS[PHRASES_FROM + rank] for rank in _RANKS if rank < _PHRASES]),
    )
    found = []
    for kind, terms in kinds:
        counts = Counter({term: sum(term in one for one in texts) for term in terms})
        usable = {term: count / _SAMPLE for term, count in counts.items() if count >= _RAREST}
        nearest = (
            sorted(usable, key=lambda term: (abs(usable[term] - share), term))[:_EACH] for share in _SHARES
        )
        found += [(term, kind, usable[term]) for term in dict.fromkeys(t for row in nearest for t in row)]
    return found
