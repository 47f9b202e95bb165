"""Where two texts that share much differ: the places at which one says this and the other that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

_ANCHOR = 4  # letters that begin a shared run: fewer stand in any two texts
_FIRM = 24  # letters: a run that long stands there for a reason; shorter ones may be there by chance
_WORD_MOST = 24  # letters between two shared runs: more are another passage, not another word
_PASSAGE_MOST = (
    160  # letters: a passage up to this long is looked into, whether it is the same with other words
)
_COVERED = 0.5  # share of a passage's letters in short runs, from which on these are its alignment
_ALIKE = 0.18  # share of a passage's letters found in the other, in order; of two that differ it is .1


class Edit(NamedTuple):
    """Something in one text and something else in the other between the same letters; one may be empty."""

    one: str
    other: str


class Run(NamedTuple):
    """Letters that both texts have in one piece."""

    one: int
    """Where it begins in one text."""
    other: int
    length: int

    @property
    def end(self) -> tuple[int, int]:
        """Behind its last letter, in each text."""
        return self.one + self.length, self.other + self.length


class Alignment(NamedTuple):
    """What one text has of another, in the order of the first."""

    runs: list[Run]
    edits: list[Edit]

    @property
    def shared(self) -> int:
        """Letters in shared runs."""
        return sum(run.length for run in self.runs)


def align(one: str, other: str) -> Alignment:
    """Find the shared runs of two texts of letters, and what stands between neighbouring ones.

    A run begins at four letters that stand once in each text, and grows as far as they agree. Passages that
    were moved are shared runs too, but have no neighbours.
    """
    runs = _runs(one, other)
    kept: list[Run] = []
    edits: list[Edit] = []
    inner: list[Run] = []
    before: Run | None = None
    for run in [*runs, None]:
        if run is not None and run.length < _FIRM:
            inner.append(run)
            continue
        # what stands between two runs that are no accident
        passage = _Passage.between(one, other, before, run)
        if passage is not None:
            inside = passage.in_order(inner)
            covered = sum(found.length for found in inside)
            if covered >= _COVERED * passage.least or not passage.is_closed:
                kept += inside
                for found, following in pairwise([*filter(None, (before, *inside, run))]):
                    edits += _word(*_gap(one, other, found, following))
            else:
                edits += _reworded(passage.one, passage.other)
        if run is not None:
            kept.append(run)
        before, inner = run, []
    return Alignment(kept, edits)


class _Passage(NamedTuple):
    """What two texts have between two runs; to their begin or end where one is missing."""

    one: str
    other: str
    begin: tuple[int, int]
    end: tuple[int, int]
    is_closed: bool
    """A run stands on both sides."""

    @classmethod
    def between(cls, one: str, other: str, before: Run | None, after: Run | None) -> _Passage | None:
        """None where the second run stands before the first in the other text: one of them was moved."""
        begin = before.end if before else (0, 0)
        end = (after.one, after.other) if after else (len(one), len(other))
        if end[1] < begin[1]:
            return None
        closed = before is not None and after is not None
        return cls(one[begin[0] : end[0]], other[begin[1] : end[1]], begin, end, closed)

    @property
    def least(self) -> int:
        """Letters of the shorter side."""
        return min(len(self.one), len(self.other))

    def in_order(self, runs: list[Run]) -> list[Run]:
        """Those of the runs that stand inside in both texts, each behind the one before it."""
        found: list[Run] = []
        floor = self.begin[1]
        for run in runs:
            if run.other >= floor and run.end[1] <= self.end[1]:
                found.append(run)
                floor = run.end[1]
        return found


def _gap(one: str, other: str, run: Run, following: Run) -> tuple[str, str]:
    return one[run.end[0] : following.one], other[run.end[1] : following.other]


def _runs(one: str, other: str) -> list[Run]:
    ours, theirs = _once(one), _once(other)
    runs: list[Run] = []
    at = 0
    for gram, begin in ours.items():
        there = theirs.get(gram)
        if there is None or begin < at:
            continue
        back = 0
        while begin - back > at and there > back and one[begin - back - 1] == other[there - back - 1]:
            back += 1
        end = _ANCHOR
        while begin + end < len(one) and there + end < len(other) and one[begin + end] == other[there + end]:
            end += 1
        runs.append(Run(begin - back, there - back, back + end))
        at = begin + end
    return runs


def _once(text: str) -> dict[str, int]:
    """The places of the runs of four letters that stand only once, in their order."""
    grams = [text[at : at + _ANCHOR] for at in range(len(text) - _ANCHOR + 1)]
    counts = Counter(grams)
    return {gram: at for at, gram in enumerate(grams) if counts[gram] == 1}


def _word(mine: str, its: str) -> Iterator[Edit]:
    """What stands between two runs, if it is a word and no passage."""
    if max(len(mine), len(its)) <= _WORD_MOST:
        yield Edit(mine, its)


def _reworded(mine: str, its: str) -> Iterator[Edit]:
    """The edits that make one passage the other; none where the two have nothing to do with each other."""
    if max(len(mine), len(its)) <= _WORD_MOST or not mine or not its:
        yield from _word(mine, its)
        return
    if max(len(mine), len(its)) > _PASSAGE_MOST:
        return
    blocks = [b for b in SequenceMatcher(None, mine, its, autojunk=False).get_matching_blocks() if b.size > 1]
    if sum(block.size for block in blocks) < _ALIKE * min(len(mine), len(its)):
        return
    at = there = 0
    for block in blocks:
        if block.a > at or block.b > there:
            yield Edit(mine[at : block.a], its[there : block.b])
        at, there = block.a + block.size, block.b + block.size
    if at < len(mine) or there < len(its):
        yield Edit(mine[at:], its[there:])
