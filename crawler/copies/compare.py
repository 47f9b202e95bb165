"""Decides whether two texts are copies, and of which kind; a function of the two texts alone."""

from __future__ import annotations

from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

from crawler.copies.edits import align
from crawler.copies.facts import Facts, agreement, facts
from crawler.copies.frames import ENDING_MOST, is_frame_only, weigh, weigh_titles
from crawler.copies.normal import letters, only_letters, told
from crawler.copies.sketch import LEAST, Grams, grams

Kind = Literal["same", "reprint", "excerpt", "pictures"]
"""Same text · the text with edits · a part of the text · not the text, but headline and pictures."""

WIDTH = (
    4  # letters of a run: of unrelated texts of 700 letters a thousandth is shared (facts, reliability (d))
)
SHORTER_LEAST = 0.40  # of the shorter text's runs, in both: one letter in ten changed leaves .66
LONGER_LEAST = 0.20  # of the longer text's runs: a third of a text, one letter in ten changed, leaves .22
WHOLE = 0.80  # of the shorter text's runs: it stands whole in the longer one, which may be a page of several
LONGER_LEAST_OF_WHOLE = 0.10  # … and then this is enough: less is a brief in a round-up of the day
EXCERPT_LENGTH = 0.75  # a text shorter than this share of the other, and found in it, is an excerpt
EXCERPT_EXCESS = 1.5  # … and at least so much better contained in the other than the other in it
VERBATIM = 0.97  # from here on there is nothing to weigh


class Match(NamedTuple):
    """Two articles that are copies."""

    kind: Kind
    similarity: float
    """Jaccard of the 4-grams; of an excerpt the share of it that is found in the longer text; 0 to 1."""
    why: str
    """The evidence in words."""


class Text:
    """A text, ready to be compared."""

    def __init__(self, body: str, title: str = "") -> None:
        self._title = title
        self._told = told(body)
        self.letters = only_letters(self._told)
        self.grams: Grams = grams(self.letters, WIDTH)

    @property
    def length(self) -> int:
        """Letters."""
        return len(self.letters)

    @cached_property
    def title(self) -> str:
        """The headline's letters."""
        return letters(self._title)

    @cached_property
    def facts(self) -> Facts:
        """Its numbers: looked at only where much else is shared."""
        return facts(self._told)


class Likeness(NamedTuple):
    """What two texts share."""

    jaccard: float
    of_shorter: float
    """Share of the shorter text's 4-grams that the other has too."""
    of_longer: float


def likeness(one: Text, other: Text) -> Likeness:
    """Measure two texts against each other."""
    sizes = sorted((len(one.grams), len(other.grams)))
    if not sizes[0]:
        return Likeness(0.0, 0.0, 0.0)
    shared = len(np.intersect1d(one.grams, other.grams, assume_unique=True))
    return Likeness(shared / (sizes[0] + sizes[1] - shared), shared / sizes[0], shared / sizes[1])


def compare(one: Text, other: Text) -> Match | None:
    """The match of two texts that are not the same letter for letter; None when neither repeats the other."""
    return explain(one, other)[0]


def explain(one: Text, other: Text) -> tuple[Match | None, str]:
    """The match, and what was measured, in words."""
    if min(one.length, other.length) < LEAST:
        return None, f"a text has fewer than {LEAST} letters: such texts are copies only when they are equal"
    # who is asked about whom must not matter
    one, other = sorted((one, other), key=lambda text: (text.length, text.letters))
    found = likeness(one, other)
    shorter, longer = sorted((one.length, other.length))
    much = (
        f"{found.jaccard:.0%} of all 4-grams are in both; {found.of_shorter:.0%} of the shorter text's and "
        f"{found.of_longer:.0%} of the longer one's ({shorter} and {longer} letters)"
    )
    longer_least = LONGER_LEAST_OF_WHOLE if found.of_shorter >= WHOLE else LONGER_LEAST
    if found.of_shorter < SHORTER_LEAST or found.of_longer < longer_least:
        return None, f"{much}: too few ({SHORTER_LEAST:.0%} and {longer_least:.0%} are needed)"
    if found.jaccard < VERBATIM:
        aligned = align(one.letters, other.letters)
        if found.of_shorter < ENDING_MOST and is_frame_only(aligned, one.length, other.length):
            return None, f"{much}; nearly all of it is one passage at the same end of both"
        numbers = agreement(one.facts, other.facts)
        weighed = weigh(aligned, numbers, weigh_titles(one.title, other.title))
        much += (
            f"; between the same letters other words in {weighed.words} places, other letters or nothing in "
            f"{weighed.others}; {numbers.same} of {numbers.same + numbers.other} numbers are the same"
        )
        if weighed.is_frame:
            return None, f"{much}: another report in the same frame"
    if shorter < EXCERPT_LENGTH * longer and found.of_shorter > EXCERPT_EXCESS * found.of_longer:
        return Match("excerpt", round(found.of_shorter, 4), much), much
    return Match("reprint", round(found.jaccard, 4), much), much
