"""A query's tree over the search index: which documents match, and which may.

The index knows which words stand in a document, not in which order: of a phrase it tells what *may* match,
and the text itself is looked at. Everything else it tells for sure.
"""

from __future__ import annotations

from calendar import timegm
from collections.abc import Callable
from datetime import date

import numpy as np
from sqlalchemy import Connection, select

from storage import tokens
from storage.filters import column_condition
from storage.models import ARTICLE
from storage.postings import Postings
from storage.rows import KEY_STEP
from storage.segments import Bits
from storage.terms import And, Facet, Leaf, Node, Not, Words, leaves

# days between which sort keys tell the time, and a page's own date is at most a day from the one in UTC;
# beyond are undated articles, and moments that keys cannot hold
_FIRST, _LAST = date(1970, 1, 10), date(2106, 1, 20)
_TOKENS, _LEAST_TOKENS = 128, 2  # looked up for all phrases of a query, and at least for each
_FLAGS = {"pictures": tokens.PICTURES, "changed": tokens.CHANGED, "gone": tokens.GONE}
_SECONDS = 31  # bits of a sort key below the seconds


class Matches:
    """What a query finds among the documents of one kind."""

    def __init__(self, conn: Connection, postings: Postings, node: Node | None) -> None:
        self._conn = conn
        self.postings = postings
        self._found: dict[Leaf, Bits] = {}
        many = sum(isinstance(leaf, Words) for leaf in leaves(node)) if node else 0
        self._most = max(_TOKENS // max(many, 1), _LEAST_TOKENS)
        found = (postings.live, postings.live) if node is None else self._look(node)
        self.may: Bits = found[0]
        self.sure: Bits = found[1]

    @property
    def exact(self) -> bool:
        """True when no text needs to be looked at."""
        return self.may is self.sure or bool((self.may == self.sure).all())

    def holds(self, node: Node, document: int, stands: Callable[[Words], bool]) -> bool:
        """Whether a document matches, with `stands` to look for a phrase in its text."""
        if isinstance(node, Not):
            return not self.holds(node.item, document, stands)
        if isinstance(node, Words | Facet):
            if not self._found[node][document]:
                return False
            return isinstance(node, Facet) or node.term.exact or stands(node)
        results = (self.holds(item, document, stands) for item in node.items)
        return all(results) if isinstance(node, And) else any(results)

    @property
    def doubtful(self) -> list[Words]:
        """The phrases of which the texts must be looked at."""
        return [leaf for leaf in self._found if isinstance(leaf, Words) and not leaf.term.exact]

    def having(self, words: Words) -> Bits:
        """The documents that have all that the index knows of a phrase."""
        return self._found[words]

    def under(self, words: Words, mark: int, among: Bits) -> Bits:
        """Which of `among` may have the term in a field."""
        return self.postings.holding((tokens.marked(mark, code) for code in self._codes(words)), among)

    def _look(self, node: Node) -> tuple[Bits, Bits]:
        """(may, sure)"""
        if isinstance(node, Words | Facet):
            if node not in self._found:
                self._found[node] = self._words(node) if isinstance(node, Words) else self._facet(node)
            found = self._found[node]
            uncertain = isinstance(node, Words) and not node.term.exact
            return found, (self.postings.none() if uncertain else found)
        if isinstance(node, Not):
            may, sure = self._look(node.item)
            live = self.postings.live
            return (live & ~sure, live & ~may) if may is not sure else (live & ~may,) * 2
        combine = np.logical_and if isinstance(node, And) else np.logical_or
        may, sure = self._look(node.items[0])
        for item in node.items[1:]:
            more, surer = self._look(item)
            both = may is sure and more is surer
            may = combine(may, more)
            sure = may if both else combine(sure, surer)
        return may, sure

    def _words(self, words: Words) -> Bits:
        return self.postings.holding(tokens.marked(words.mark, code) for code in self._codes(words))

    def _codes(self, words: Words) -> tuple[int, ...]:
        """What is looked up of a term: of many phrases a part of each, the texts decide anyway."""
        codes = words.term.codes
        step = 1 if words.term.exact else -(-len(codes) // self._most)
        return codes[::step]

    def _facet(self, facet: Facet) -> Bits:
        value = facet.value
        if facet.name == "story":
            return self._story(facet)
        if facet.name in _FLAGS:
            found = self.postings.holding([tokens.marked(_FLAGS[facet.name], 1)])
            return found if value else self.postings.live & ~found
        if isinstance(value, date):
            return self._since(value) if facet.name == "since" else self._until(value)
        name = str(value).encode("utf-8", "replace").decode()
        if facet.name == "channel":
            declared = self.postings.holding([tokens.named(tokens.DECLARED, name)])
            level = name.strip("/")
            return (
                declared | self.postings.holding([tokens.named(tokens.CHANNEL, level)]) if level else declared
            )
        mark = tokens.PORTAL if facet.name == "portal" else tokens.SOURCE_NAME
        return self.postings.holding([tokens.named(mark, name)])

    def _story(self, facet: Facet) -> Bits:
        # the index does not know it: which story it is may change with any article that comes
        keys = self._conn.scalars(select(ARTICLE.c.sort_key).where(column_condition(facet)))
        return self.postings.with_keys(np.sort(np.fromiter(keys, np.int64)), KEY_STEP)

    def _since(self, first: date) -> Bits:
        # by the moment where that is sure, near the first day by the page's own date
        found = self._moments(_moved(first, 2), _LAST) | self._days(first, _moved(first, 3))
        return found | self._extremes(first, date.max)

    def _until(self, last: date) -> Bits:
        found = self._moments(_FIRST, _moved(last, -1)) | self._days(_moved(last, -3), last)
        return found | self._extremes(date.min, last)

    def _moments(self, first: date, end: date) -> Bits:
        """Published from the beginning of one day to that of another in UTC, where keys tell the time."""
        low, high = max(first, _FIRST), min(end, _LAST)
        if low >= high:
            return self.postings.none()
        return self.postings.above(_key(low)) & ~self.postings.above(_key(high))

    def _extremes(self, first: date, last: date) -> Bits:
        """Of these days, published when keys do not tell the time."""
        found = self.postings.none()
        lowest, highest = self.postings.span
        if lowest < _key(_FIRST):
            found |= self._days(first, min(last, _moved(_FIRST, 2)))
        if highest >= _key(_LAST):
            found |= self._days(max(first, _moved(_LAST, -2)), last)
        return found

    def _days(self, first: date, last: date) -> Bits:
        if first > last:
            return self.postings.none()
        return self.postings.between(tokens.day(first), tokens.day(last))


def _key(day: date) -> int:
    return timegm(day.timetuple()) << _SECONDS


def _moved(day: date, days: int) -> date:
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))
