"""The tree of a query: words, filters, and how they are put together. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Literal

from storage.tokens import ANY, CJK, is_cjk, of_run

FacetName = Literal["portal", "channel", "source", "since", "until", "pictures", "story", "changed", "gone"]
_MOST_TOKENS = 16  # of one phrase; the text itself decides
_LONGEST_PAIR = 2  # letters of a run that the index finds for sure
_LETTER = f"[^\\W_{CJK}]"


@dataclass(frozen=True)
class Term:
    """A word or phrase."""

    runs: tuple[str, ...]
    """Its words and runs of CJK letters, in plain text."""

    @cached_property
    def codes(self) -> tuple[int, ...]:
        """What the index must have of it, without a mark."""
        codes = list(dict.fromkeys(code for run in self.runs for code in of_run(run)))
        step = -(-len(codes) // _MOST_TOKENS)
        return tuple(codes[::step])

    @cached_property
    def exact(self) -> bool:
        """True when whatever the index finds holds the term: no phrase to be looked at again."""
        if len(self.runs) > 1:
            return False
        return len(self.runs[0]) <= _LONGEST_PAIR or not is_cjk(self.runs[0])

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds the term in a plain text: a phrase in one piece, a Latin word or number only whole."""
        parts = [re.escape(self.runs[0])]
        for before, run in pairwise(self.runs):
            parts += [r"[\W_]*" if is_cjk(before) or is_cjk(run) else r"[\W_]+", re.escape(run)]
        start = "" if is_cjk(self.runs[0]) else f"(?<!{_LETTER})"
        end = "" if is_cjk(self.runs[-1]) else f"(?!{_LETTER})"
        return re.compile(start + "".join(parts) + end)


@dataclass(frozen=True)
class Words:
    """A term that stands anywhere, or in one field."""

    term: Term
    mark: int = ANY


@dataclass(frozen=True)
class Facet:
    """What is known of the article as a whole."""

    name: FacetName
    value: str | date | int | bool


@dataclass(frozen=True)
class Not:
    item: Node


@dataclass(frozen=True)
class And:
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Or:
    items: tuple[Node, ...]


Leaf = Words | Facet
Node = Leaf | Not | And | Or


def leaves(node: Node) -> Iterator[Leaf]:
    """Words and facets of a tree, from left to right."""
    if isinstance(node, Not):
        yield from leaves(node.item)
    elif isinstance(node, And | Or):
        for item in node.items:
            yield from leaves(item)
    else:
        yield node


def wanted(node: Node) -> Iterator[Words]:
    """The words that are looked for, without those that must not be there."""
    if isinstance(node, And | Or):
        for item in node.items:
            yield from wanted(item)
    elif isinstance(node, Words):
        yield node
