"""Prints the pairs a judge had wrong, in short, to learn from."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from benchmarks.reprints.judges import Verdict
from benchmarks.reprints.sample import Pair, Sample, Scene
from benchmarks.reprints.score import UNRELATED
from benchmarks.reprints.text import weight

_HEAD = 110  # characters of a text


def faults(scene: Scene, verdict: Verdict, wanted: str) -> Iterator[str]:
    """A paragraph for each missed copy of kind `wanted`, or for each wrongly linked pair of that family."""
    for pair in _pairs(scene, verdict, wanted):
        one, other = (scene.samples[place] for place in pair)
        why = verdict.linked.get(pair, "not linked")
        yield f"{why}; {_likeness(one, other)}\n  {_short(one)}\n  {_short(other)}"


def names(scene: Scene) -> set[str]:
    """What faults() can be asked for in a scene."""
    return {scene.name, *scene.families, UNRELATED}


def _pairs(scene: Scene, verdict: Verdict, wanted: str) -> list[Pair]:
    if wanted in scene.families:
        return [pair for pair in scene.families[wanted] if pair in verdict.linked]
    if wanted == UNRELATED:
        labelled = set(scene.copies).union(*scene.families.values())
        return sorted(verdict.linked.keys() - labelled)
    return [pair for pair in scene.copies if pair not in verdict.linked]


def _likeness(one: Sample, other: Sample) -> str:
    """How much of both texts stands in the same order in both."""
    matcher = SequenceMatcher(None, one.text.body, other.text.body, autojunk=False)
    same = sum(block.size for block in matcher.get_matching_blocks())
    return f"{weight(one.text.body)} and {weight(other.text.body)} letters, {same} characters in common order"


def _short(sample: Sample) -> str:
    body = sample.text.body.replace("\n", "¶")
    return f"[{sample.text.name}] {sample.text.title} ‖ {body[:_HEAD]}{'…' if len(body) > _HEAD else ''}"
