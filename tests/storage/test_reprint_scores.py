"""The labelled pairs, a small sample of them, judged from outside: what issue 6 promises must hold.

The whole of it, with figures by kind: python -m benchmarks.reprints
"""

from __future__ import annotations

import pytest

from benchmarks.reprints import publishers
from benchmarks.reprints.__main__ import TARGETS, scenes
from benchmarks.reprints.judges.tushuo import tushuo
from benchmarks.reprints.originals import Originals, load_originals
from benchmarks.reprints.score import Count, Score


@pytest.fixture(scope="module")
def originals() -> Originals:
    return load_originals(200)


@pytest.fixture(scope="module")
def score(originals: Originals) -> Score:
    """Every kind and family, twenty pairs or ten texts each."""
    made = Score()
    for scene in scenes(originals, pairs=20, texts=10, seed=5):
        made.add(scene, tushuo(scene))
    return made


def _lines(counts: dict[str, Count]) -> str:
    return "\n".join(f"{name}: {count.linked} of {count.pairs}" for name, count in counts.items())


def test_reprints_are_found(score: Score) -> None:
    assert score.reprints.pairs == 21 * 20
    assert score.reprints.share >= TARGETS["reprints"], _lines(score.copies)


def test_excerpts_are_found(score: Score) -> None:
    assert score.excerpts.pairs == 12 * 20
    assert score.excerpts.share >= TARGETS["excerpts"], _lines(score.copies)


def test_what_is_linked_is_a_copy(score: Score) -> None:
    assert score.precision >= TARGETS["precision"], _lines(score.families)


def test_hard_negatives_are_not_linked(score: Score) -> None:
    assert score.alike.pairs > 2000
    assert score.alike.share <= TARGETS["alike"], _lines(score.families)


def test_the_first_publisher_is_named(originals: Originals) -> None:
    answers = publishers.ask(publishers.cases(originals, 45, seed=5))

    wrong = [
        f"{a.case.situation}: {a.publisher} ({a.why}), not {a.case.names}" for a in answers if not a.right
    ]

    assert 1 - len(wrong) / len(answers) >= TARGETS["publisher"], "\n".join(wrong)
