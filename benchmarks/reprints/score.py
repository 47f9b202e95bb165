"""Counts what a judge found in scenes: recall by kind, linked share by family, precision over all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.reprints.judges import Verdict
from benchmarks.reprints.kinds import EXCERPTS
from benchmarks.reprints.sample import Pair, Scene

UNRELATED = "unrelated"
_NOT_HARD = frozenset({UNRELATED})


@dataclass(slots=True)
class Count:
    """How many of some pairs were linked."""

    linked: int = 0
    pairs: int = 0

    @property
    def share(self) -> float:
        """NaN for no pairs."""
        return self.linked / self.pairs if self.pairs else float("nan")

    def add(self, other: Count) -> None:
        self.linked += other.linked
        self.pairs += other.pairs


@dataclass(slots=True)
class Score:
    """All counts of one judge."""

    copies: dict[str, Count] = field(default_factory=dict)
    """By kind: the more linked, the better."""
    families: dict[str, Count] = field(default_factory=dict)
    """By family, with UNRELATED: none should be linked."""
    texts: int = 0
    seconds: float = 0.0

    def add(self, scene: Scene, verdict: Verdict) -> None:
        """Count a scene."""
        linked = verdict.linked.keys()
        labelled: set[Pair] = set(scene.copies)
        if scene.copies:
            self.copies.setdefault(scene.name, Count()).add(_count(scene.copies, linked))
        for family, pairs in scene.families.items():
            self.families.setdefault(family, Count()).add(_count(pairs, linked))
            labelled.update(pairs)
        size = len(scene.samples)
        rest = Count(len(linked - labelled), size * (size - 1) // 2 - len(labelled))
        self.families.setdefault(UNRELATED, Count()).add(rest)
        self.texts += verdict.texts
        self.seconds += verdict.seconds

    @property
    def reprints(self) -> Count:
        return total(count for kind, count in self.copies.items() if kind not in EXCERPTS)

    @property
    def excerpts(self) -> Count:
        return total(count for kind, count in self.copies.items() if kind in EXCERPTS)

    @property
    def alike(self) -> Count:
        """All hard negatives."""
        return total(count for family, count in self.families.items() if family not in _NOT_HARD)

    @property
    def worst(self) -> tuple[str, Count]:
        """The family of hard negatives with the largest linked share."""
        hard = [(family, count) for family, count in self.families.items() if family not in _NOT_HARD]
        return max(hard, key=lambda entry: entry[1].share)

    @property
    def precision(self) -> float:
        """Copies among all pairs that were linked; NaN when none was."""
        right = total(self.copies.values()).linked
        every = right + total(self.families.values()).linked
        return right / every if every else float("nan")

    @property
    def speed(self) -> float:
        """Texts a second."""
        return self.texts / self.seconds


def total(counts: Iterable[Count]) -> Count:
    summed = Count()
    for count in counts:
        summed.add(count)
    return summed


def _count(pairs: Iterable[Pair], linked: Iterable[Pair]) -> Count:
    wanted = set(pairs)
    return Count(len(wanted.intersection(linked)), len(wanted))
