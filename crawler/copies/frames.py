"""Tells a copy from another report in the same frame, and from another article with the same ending.

Both share half of their letters and more with what they are no copies of. They differ in what the rest is:
an editor changes words here and there, drops and adds some; in a frame, names and numbers stand where other
names and numbers stood, and nothing is dropped. So each difference is weighed by how much likelier it is in
a frame than in a copy.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import NamedTuple

from crawler.copies.edits import Alignment, Edit
from crawler.copies.facts import Agreement

# logarithms of likelihood ratios, rounded, as seen in benchmarks/reprints: of the places where a copy differs
# a third have a word in place of a word, of those of a frame seven in eight
WORD_FOR_WORD = 1.0
LETTER_OR_GAP = -1.5  # one letter for one letter, or something that only one of the texts has
OTHER_NUMBER = 2.5  # a copy has one number in twenty wrong, a frame two in three
SAME_NUMBER = -0.5
SAME_TITLE = -1.0
OTHER_WORD_IN_TITLE = 1.5  # a headline that only has another name or number in one place
TITLE_ALIKE = 0.5  # share of the shorter headline that stands in the other, from which on it is the same one
LETTERS_A_SLOT = 80.0  # shared letters after which a frame would have changed something again
FRAME_LEAST = -1.0  # sum of the weights above which it is another report; copies are below -1.4
FACTS_LEAST = 2  # words or numbers in place of others: one is a correction

ENDING_BEGINS = 0.4  # share of each text before the ending that both have
ENDING_SHARED = 0.75  # of all that is shared, as one run
ENDING_MOST = 0.7  # share of the shorter text: where more is shared, it is not only the ending
_EDGE = 10  # letters that may stand before a common beginning or behind a common ending
_DIGIT = re.compile(r"[0-9]")


class Weighed(NamedTuple):
    """How the differences of two texts speak."""

    weight: float
    words: int
    """Places with a word in place of a word."""
    others: int
    """Places with a letter in place of a letter, or with something dropped or added."""
    numbers: int
    """Other numbers in the same surroundings."""
    titles: float
    """What the headlines added to the weight."""

    @property
    def is_frame(self) -> bool:
        # another word in the headline is a fact, too
        facts = self.words + self.numbers + (self.titles > 0)
        return self.weight > FRAME_LEAST and facts >= FACTS_LEAST


def weigh(alignment: Alignment, numbers: Agreement, titles: float = 0.0) -> Weighed:
    """Weigh the differences: above FRAME_LEAST it is another report. `titles` as of weigh_titles()."""
    # where numbers stand, the numbers have been compared
    edits = [edit for edit in alignment.edits if not _DIGIT.search(edit.one + edit.other)]
    words = sum(1 for edit in edits if _is_word_for_word(edit))
    others = len(edits) - words
    weight = (
        words * WORD_FOR_WORD
        + others * LETTER_OR_GAP
        + numbers.other * OTHER_NUMBER
        + numbers.same * SAME_NUMBER
        + titles
        - alignment.shared / LETTERS_A_SLOT
    )
    return Weighed(weight, words, others, numbers.other, titles)


def weigh_titles(one: str, other: str) -> float:
    """What two headlines add to the weight; their letters are given."""
    if one == other:
        return SAME_TITLE if one else 0.0
    blocks = [
        b for b in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks() if b.size > 1
    ]
    if sum(block.size for block in blocks) < TITLE_ALIKE * min(len(one), len(other)):
        return 0.0
    begins = [(0, 0), *((b.a + b.size, b.b + b.size) for b in blocks)]
    ends = [*((b.a, b.b) for b in blocks), (len(one), len(other))]
    slots = any(a < c and b < d for (a, b), (c, d) in zip(begins, ends, strict=True))
    return OTHER_WORD_IN_TITLE if slots else 0.0


def _is_word_for_word(edit: Edit) -> bool:
    return bool(edit.one and edit.other) and max(len(edit.one), len(edit.other)) > 1


def is_frame_only(alignment: Alignment, one: int, other: int) -> bool:
    """True when two texts, of so many letters, share little but one passage at the end or begin of both.

    A series, a column or a paper has such a passage in every article.
    """
    run = max(alignment.runs, key=lambda run: run.length, default=None)
    if run is None or run.length < ENDING_SHARED * alignment.shared:
        return False
    begins = run.one >= ENDING_BEGINS * one and run.other >= ENDING_BEGINS * other
    left = (one - run.one - run.length, other - run.other - run.length)
    if begins and max(left) <= _EDGE:
        return True
    ends = left[0] >= ENDING_BEGINS * one and left[1] >= ENDING_BEGINS * other
    return ends and max(run.one, run.other) <= _EDGE
