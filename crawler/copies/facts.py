"""Numbers in their surroundings: what tells a reprint from another report in the same frame.

Tonight's weather, lottery draw or match report is the last one's frame with other numbers. Where both texts
have the same letters around a number, a copy has the same number too.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

_HAN = "〇零一二三四五六七八九十百千万亿两"
# a single Chinese numeral is mostly part of a word (一些); it counts where only a number can stand
_NUMBER = re.compile(
    rf"[0-9]+(?:[.:][0-9]+)*|[{_HAN}]{{2,}}|(?<=第)[{_HAN}]|[{_HAN}](?=[月日号届期轮比点时分度元])"
)
_NOT_LETTERS = re.compile(r"[^\w#]|_")
_BEFORE, _AFTER = 4, 3  # letters on each side: fewer agree by chance, more break in an edited text

Facts = dict[str, Counter[str]]
"""By the surroundings of a number, the numbers that stand there and how often."""


class Agreement(NamedTuple):
    """How many numbers stand in surroundings that both texts have."""

    same: int
    other: int

    @property
    def share(self) -> float:
        """Of the numbers that can be compared, those that are the same; 1 where there are none."""
        total = self.same + self.other
        return self.same / total if total else 1.0


def facts(told: str) -> Facts:
    """The numbers of a text in plain forms.

    >>> facts("最高气温32度。")
    {'最高气温|度': Counter({'32': 1})}
    """
    numbers: list[str] = []

    def take(found: re.Match[str]) -> str:
        numbers.append(found[0])
        return "#"

    masked = _NOT_LETTERS.sub("", _NUMBER.sub(take, told.replace("#", "")))
    found: Facts = {}
    at = -1
    for number in numbers:
        at = masked.index("#", at + 1)
        around = f"{masked[max(at - _BEFORE, 0) : at]}|{masked[at + 1 : at + 1 + _AFTER]}"
        found.setdefault(around, Counter())[number] += 1
    return found


def agreement(one: Facts, other: Facts) -> Agreement:
    """How far the numbers of two texts agree where their surroundings do."""
    same = compared = 0
    for around in one.keys() & other.keys():
        mine, theirs = one[around], other[around]
        compared += min(mine.total(), theirs.total())
        same += (mine & theirs).total()
    return Agreement(same, compared - same)
