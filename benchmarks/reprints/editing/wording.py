"""A text worded anew as an editor does: other words, particles dropped, fillers added, other marks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from random import Random

from benchmarks.reprints.phrases import HERE
from benchmarks.reprints.text import Text

_CLAUSE_END = re.compile(r"[，；]")
_AFTER_NUMBER = "(?<=[0-9一二三四五六七八九十百千万余多])"


@dataclass(frozen=True, slots=True)
class _Words:
    swaps: dict[str, str]
    measures: dict[str, str]
    """Measure words: only behind a number."""
    insert: tuple[str, ...]
    delete: tuple[str, ...]
    marks: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Change:
    """One possible edit: text[start:end] becomes `new`."""

    start: int
    end: int
    new: str

    @property
    def cost(self) -> int:
        return max(self.end - self.start, len(self.new))


def reword(text: Text, share: float, rng: Random) -> Text:
    """The text with about `share` of its characters edited, by whole words; line breaks stay."""
    body = text.body
    budget = share * sum(letter != "\n" for letter in body)
    taken = bytearray(len(body) + 1)
    chosen: list[_Change] = []
    for change in _changes(body, rng):
        if change.cost > budget:
            continue
        # at least one character between two edits, so that each is one of its own
        around = slice(max(0, change.start - 1), change.end + 1)
        if any(taken[around]):
            continue
        taken[change.start : max(change.end, change.start + 1)] = b"\x01" * max(1, change.end - change.start)
        budget -= change.cost
        chosen.append(change)
        if budget < 1:
            break
    for change in sorted(chosen, key=lambda change: -change.start):
        body = body[: change.start] + change.new + body[change.end :]
    return text.with_paragraphs(body.split("\n"))


def _changes(body: str, rng: Random) -> list[_Change]:
    """All edits the word lists allow, in random order: first words and marks, then fillers."""
    words = _words()
    swaps = [
        _Change(found.start(), found.end(), words.swaps[found[0]])
        for found in re.finditer("|".join(map(re.escape, words.swaps)), body)
    ]
    swaps += [
        _Change(found.start(), found.end(), words.measures[found[0]])
        for found in re.finditer(f"{_AFTER_NUMBER}[{''.join(words.measures)}]", body)
    ]
    marks = [
        _Change(index, index + 1, words.marks[letter])
        for index, letter in enumerate(body)
        if letter in words.marks
    ]
    drops = [
        _Change(found.start(), found.end(), "")
        for found in re.finditer("|".join(map(re.escape, words.delete)), body)
    ]
    fillers = [
        _Change(found.end(), found.end(), rng.choice(words.insert)) for found in _CLAUSE_END.finditer(body)
    ]
    first = swaps + rng.sample(marks, len(marks) // 3) + rng.sample(drops, len(drops) // 2)
    first += rng.sample(fillers, len(fillers) // 3)
    rng.shuffle(first)
    rest = marks + drops + fillers
    rng.shuffle(rest)
    return first + rest


@cache
def _words() -> _Words:
    pairs: dict[str, dict[str, str]] = {"swaps": {}, "measures": {}, "marks": {}}
    lists: dict[str, list[str]] = {"insert": [], "delete": []}
    section = "swaps"
    for line in (HERE / "data/words.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line.startswith("#") or not line:
            continue
        elif section in lists:
            lists[section].append(line)
        else:
            old, new = line.split()
            pairs[section][old] = new
    # the longest first: 介绍说 before 介绍
    swaps = dict(sorted(pairs["swaps"].items(), key=lambda swap: -len(swap[0])))
    return _Words(swaps, pairs["measures"], tuple(lists["insert"]), tuple(lists["delete"]), pairs["marks"])
