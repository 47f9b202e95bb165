"""The text of many articles at once: titles, bodies in paragraphs, captions, and words for keywords."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np
from numpy.typing import NDArray

from benchmarks.million.sampling import Numbers, Sampler, zipf
from benchmarks.million.vocabulary import (
    FIGURE_OF,
    FIGURES_FROM,
    LENGTHS,
    PHRASE_OF,
    PHRASES_FROM,
    PROBED,
    PROBED_FROM,
    STOPS_FROM,
    WORD_OF,
    WORDS,
    spell,
)

MEDIAN, SPREAD = 715, 0.82  # characters of a body, log-normal: the mean is some 1,000
SHORTEST, LONGEST = 60, 10_000
ALONE = 0.45
"""Share of all articles that nobody reprints and that reprint nothing: only they hold probes."""

# what a term of a body is: one of the article's own words, a phrase, a figure, else any word
OWN, PHRASE, FIGURE = 0.38, 0.04, 0.03
ANY = 1 - OWN - PHRASE - FIGURE
_OWN_WORDS = 24  # words an article speaks of: of its topic the first half, the rest its own
_OWN_OF = zipf(_OWN_WORDS, 0.9, 0.5)
_TOPICS = 800
_TOPIC_OF = zipf(_TOPICS, 0.7, 3.0)
_TOPIC_WORDS = np.random.default_rng(2001).integers(60, 12_000, (_TOPICS, 40))
# the stop after a term, by its number in vocabulary.STOPS: none, ，。, end of a paragraph, 、；：”“
_STOP_SHARES = [0.780, 0.116, 0.036, 0.026, 0.018, 0.004, 0.006, 0.007, 0.007]
_STOP_OF = Sampler(_STOP_SHARES)
_PARAGRAPH = STOPS_FROM + 3
_PROBED_SHARES = np.array([probed.share for probed in PROBED])


def _mean_length(sampler: Sampler, start: int) -> float:
    return float(sampler.shares @ LENGTHS[start : start + len(sampler.shares)])


_WORD_LENGTH = _mean_length(WORD_OF, 0)
PER_TERM = (
    ANY * _WORD_LENGTH
    + OWN * float(np.mean(LENGTHS[_TOPIC_WORDS]))
    + PHRASE * _mean_length(PHRASE_OF, PHRASES_FROM)
    + FIGURE * _mean_length(FIGURE_OF, FIGURES_FROM)
    + _mean_length(_STOP_OF, STOPS_FROM)
)
"""Characters a term takes on average, its stop included."""


@dataclass(slots=True)
class Wording:
    """What a batch of articles says; lists are as long as the batch, but `captions`."""

    titles: list[str]
    bodies: list[str]
    """Paragraphs, each ended by a newline."""
    captions: list[str]
    keywords: list[list[str]]


def lengths(rng: np.random.Generator, size: int) -> Numbers:
    """Terms in each of `size` bodies."""
    characters = np.exp(rng.normal(log(MEDIAN), SPREAD, size)).clip(SHORTEST, LONGEST)
    return np.maximum(characters / PER_TERM, 12).astype(np.int64)


def write(rng: np.random.Generator, size: int, captions: Numbers, alone: NDArray[np.bool_]) -> Wording:
    """The wording of `size` articles; `captions` says how many each has.

    Only bodies of which `alone` is true hold probes: nothing is copied from them.
    """
    own = _own_words(rng, size)
    title_rows = _mix(rng, own, 0.5, 22)
    caption_rows = _mix(rng, np.repeat(own, captions, axis=0), 0.5, 30)
    return Wording(
        _lines(title_rows, rng.integers(14, 31, size)),
        _bodies(rng, own, alone),
        _lines(caption_rows, rng.integers(12, 46, len(caption_rows))),
        [[WORDS[number] for number in row] for row in own[:, :4].tolist()],
    )


def _own_words(rng: np.random.Generator, size: int) -> Numbers:
    """(size, _OWN_WORDS) words that the articles speak of."""
    half = _OWN_WORDS // 2
    topics = _TOPIC_OF.draw(rng, size)
    shared = _TOPIC_WORDS[topics[:, None], rng.integers(0, _TOPIC_WORDS.shape[1], (size, half))]
    own = np.empty((size, _OWN_WORDS), dtype=np.int32)
    own[:, 0::2] = shared
    own[:, 1::2] = rng.integers(200, len(WORDS), (size, _OWN_WORDS - half))
    return own


def _mix(rng: np.random.Generator, own: Numbers, share: float, width: int) -> Numbers:
    """Rows of words, `share` of them each row's own."""
    size = (len(own), width)
    mine = np.take_along_axis(own, _OWN_OF.draw(rng, size), axis=1)
    return np.where(rng.random(size) < share, mine, WORD_OF.draw(rng, size))


def _lines(rows: Numbers, most: Numbers) -> list[str]:
    """Each row as text of at most `most` characters, whole words."""
    fits = LENGTHS[rows].cumsum(axis=1) <= most[:, None]
    text, ends = spell(rows[fits])
    return _cut(text, ends, fits.sum(axis=1))


def _cut(text: str, ends: Numbers, counts: Numbers) -> list[str]:
    """The text in parts of so many terms."""
    bounds = [0, *ends[counts.cumsum() - 1].tolist()] if len(counts) else [0]
    return [text[start:end] for start, end in pairwise(bounds)]


def _bodies(rng: np.random.Generator, own: Numbers, alone: NDArray[np.bool_]) -> list[str]:
    sizes = lengths(rng, len(own))
    owner = np.repeat(np.arange(len(own), dtype=np.int32), sizes)
    count = len(owner)
    words = WORD_OF.draw(rng, count)
    kind = rng.random(count, dtype=np.float32)
    spots = np.flatnonzero(kind < OWN)
    words[spots] = own[owner[spots], _OWN_OF.draw(rng, len(spots))]
    spots = np.flatnonzero((kind >= OWN) & (kind < OWN + PHRASE))
    words[spots] = PHRASES_FROM + PHRASE_OF.draw(rng, len(spots))
    spots = np.flatnonzero((kind >= OWN + PHRASE) & (kind < OWN + PHRASE + FIGURE))
    words[spots] = FIGURES_FROM + FIGURE_OF.draw(rng, len(spots))
    last = sizes.cumsum() - 1
    _plant(rng, words, last - sizes + 1, sizes, alone)
    terms = np.empty(2 * count, dtype=np.int32)
    terms[0::2] = words
    terms[1::2] = STOPS_FROM + _STOP_OF.draw(rng, count)
    terms[2 * last + 1] = _PARAGRAPH
    text, ends = spell(terms)
    return _cut(text, ends, 2 * sizes)


def _plant(
    rng: np.random.Generator, words: Numbers, starts: Numbers, sizes: Numbers, alone: NDArray[np.bool_]
) -> None:
    """Put each probe once into its share of all articles, at places of its own."""
    chosen = rng.random((len(sizes), len(PROBED))) < np.outer(alone, _PROBED_SHARES / ALONE)
    articles, probes = chosen.nonzero()
    # no two probes of one article at one place: the shortest text has more terms than there are probes in it
    order = np.arange(len(articles)) - np.searchsorted(articles, articles)
    places = starts[articles] + (rng.integers(0, 1 << 20, len(sizes))[articles] + order) % sizes[articles]
    words[places] = PROBED_FROM + probes
