"""Everything a text is made of, as numbered terms in one array: words, phrases, figures, stops, probes.

A word's number is its rank: 的 is the first. Like the letters, words follow Zipf's law.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from benchmarks.million.letters import LETTERS, RARE, SHARES
from benchmarks.million.names import PEOPLE, PLACES
from benchmarks.million.sampling import Numbers, Sampler, zipf
from benchmarks.million.tables import table

COUNT = 40_000  # words
# the most used ones, most used first
_FIRST = table("words")
_ENDINGS = ["化", "性", "者", "业", "区", "率", "部", "局", "会", "队", "站", "场", "员", "法", "力"]
_PHRASES = table("phrases")
STOPS = ["", "，", "。", "。\n", "、", "；", "：", "”", "“"]


class Probed(NamedTuple):
    """A word that is put on purpose into a known share of the articles, and stands nowhere else."""

    word: str
    share: float


def _words() -> list[str]:
    rng = np.random.default_rng(1949)
    words = dict.fromkeys([*_FIRST, *PLACES])
    letters = np.array(list(LETTERS))
    while len(words) < COUNT - len(PEOPLE):
        picked = rng.choice(letters, size=(20_000, 4), p=SHARES)
        sizes = rng.choice([1, 2, 3, 4], size=20_000, p=[0.02, 0.68, 0.18, 0.12])
        endings = rng.integers(0, 2 * len(_ENDINGS), 20_000)
        for row, size, ending in zip(picked.tolist(), sizes.tolist(), endings.tolist(), strict=True):
            word = "".join(row[:size])
            if size == 3 and ending < len(_ENDINGS):
                word = word[:2] + _ENDINGS[ending]
            words[word] = None
    ranked = list(words)[: COUNT - len(PEOPLE)]
    # people everywhere but among the most used words
    places = np.sort(rng.integers(1_000, len(ranked), len(PEOPLE)))
    return np.insert(np.array(ranked, dtype=object), places, np.array(PEOPLE, dtype=object)).tolist()


def _phrases(words: list[str]) -> list[str]:
    """Written ones, then fixed rows of words: what people say in the same words again and again."""
    rng = np.random.default_rng(1978)
    common = zipf(6_000, 0.7, 20).draw(rng, (8_000, 7))
    sizes = rng.integers(3, 8, len(common))
    made = [
        "".join(words[n] for n in row[:size])[:20] for row, size in zip(common.tolist(), sizes, strict=True)
    ]
    return [*_PHRASES, *(phrase for phrase in made if len(phrase) >= 6)]


def _figures() -> list[str]:
    """Numbers and dates with their units."""
    rng = np.random.default_rng(1984)
    # {0} below 2,000, {1} below 31, {2} below 12, {3} below 60, {4} below 10
    forms = (
        "20{1:02}年",
        "{2}月{1}日",
        "{1}时{3}分",
        "{0}万元",
        "{3}.{4}%",
        "{0}.{4}亿元",
        "{0}人",
        "{1}个",
        "第{1}届",
    )
    numbers = rng.integers(1, (2_000, 31, 13, 60, 10), (4_000, 5)).tolist()
    return [forms[n % len(forms)].format(*row) for n, row in enumerate(numbers)]


# how many of each kind, and in what share of the articles
_PROBED = ((8, 1e-5), (8, 1e-4), (8, 1e-3), (6, 1e-2), (4, 1e-1))


def _probed() -> list[Probed]:
    letters = np.array(list(RARE))
    np.random.default_rng(1999).shuffle(letters)
    rest = iter(letters.tolist())
    shares = [share for count, share in _PROBED for _ in range(count)]
    # every third one has three letters, the others two
    return [
        Probed("".join(next(rest) for _ in range(3 if n % 3 == 2 else 2)), s) for n, s in enumerate(shares)
    ]


WORDS = _words()
PROBED = _probed()
_phrase_list, _figure_list = _phrases(WORDS), _figures()
TERMS: list[str] = [*WORDS, *_phrase_list, *_figure_list, *STOPS, *(probed.word for probed in PROBED)]
PHRASES_FROM = len(WORDS)
FIGURES_FROM = PHRASES_FROM + len(_phrase_list)
STOPS_FROM = FIGURES_FROM + len(_figure_list)
PROBED_FROM = STOPS_FROM + len(STOPS)

WORD_OF: Sampler = zipf(len(WORDS), 1.06, 1.5)
PHRASE_OF: Sampler = zipf(len(_phrase_list), 0.9, 5.0)
FIGURE_OF: Sampler = zipf(len(_figure_list), 0.6, 10.0)

LENGTHS: Numbers = np.array([len(term) for term in TERMS], dtype=np.int32)
_STARTS = np.cumsum(LENGTHS, dtype=np.int32) - LENGTHS
_CODES = np.frombuffer("".join(TERMS).encode("utf-32-le"), dtype="<u4")


def spell(terms: Numbers) -> tuple[str, Numbers]:
    """The text of a row of terms, and where in it each term ends."""
    lengths = LENGTHS[terms]
    ends = np.cumsum(lengths, dtype=np.int32)
    where = np.repeat(_STARTS[terms] - ends + lengths, lengths)
    where += np.arange(len(where), dtype=np.int32)
    return _CODES[where].tobytes().decode("utf-32-le"), ends
