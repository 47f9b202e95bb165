"""Decides which articles are copies of which, one after the other, and mends it when one comes late.

In the order of publication (published_at, then url_key; without a time last) each article is linked to every
earlier *centre* that it matches directly, or becomes a centre itself. Its story is that of the earliest one.
So the result is a function of the articles alone: nothing depends on when they came, and what only touches
(A like B, B like C, A unlike C) is not chained together.

Invariant outside `settle`: every article that is no centre has a link to each earlier centre it matches, and
no centre has any.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from heapq import heappop, heappush
from typing import Any

from sqlalchemy import Connection, select

from crawler.copies.compare import Match, Text, explain
from crawler.copies.marks import Keys, keys_of
from storage.models import ARTICLE, STORY_LINK
from storage.records import chunks
from storage.sketches import SHARED_LEAST, Filed, Shelf

Order = tuple[datetime, str]
_LATE = datetime.max.replace(tzinfo=UTC)
_TEXTS = 2_000  # texts kept ready to be compared: some 10 KB each
PICTURES_TEXT_MOST = 20  # letters: with more in both, a column's headline over its logos is no gallery
SAME = Match("same", 1.0, "same normalised text")
PICTURES = Match("pictures", 1.0, "same title and same pictures")


@dataclass(eq=False)
class Node:
    """What of an article decides on its story."""

    id: int
    order: Order
    title: str
    body: str
    text_hash: str | None
    pictures_hash: str | None
    story_id: int | None
    links: dict[int, Match] = field(default_factory=dict)
    """By the centres that it matches; empty of a centre."""
    filed: int | None = 0
    """Under which mark the database has its keys, see storage.sketches; None when it has none."""
    decided: bool = True
    gone: bool = False
    """It is about to be deleted."""

    @cached_property
    def keys(self) -> Filed:
        return filed(self.id, keys_of(self.text_hash, self.pictures_hash, self.body))

    @property
    def is_centre(self) -> bool:
        return self.decided and not self.links


def are_equal(one: Node, other: Node) -> bool:
    """True when no third article can match one of them and not the other."""
    decisive = (one.text_hash, one.pictures_hash, one.title, one.body)
    return decisive == (other.text_hash, other.pictures_hash, other.title, other.body)


def may_match(one: Node, other: Node) -> bool:
    """True when two articles find each other as Shelf.near() does it; others are no copies by definition."""
    mine, theirs = one.keys, other.keys
    return bool(mine.exact & theirs.exact) or len(mine.keys & theirs.keys) >= SHARED_LEAST


def filed(article_id: int, keys: Keys) -> Filed:
    """An article's keys as storage.sketches takes them."""
    return Filed(article_id, keys.exact | keys.sampled, keys.exact)


class Centres:
    """The articles that one transaction decides on, with all whose standing changes by it."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.nodes: dict[int, Node] = {}
        self.touched: set[int] = set()
        """Articles whose links, or lack of any, may be others than before."""
        self._shelf = Shelf(conn)
        self._hanging: dict[int, set[int]] = {}
        """By centre the articles in memory that are linked to it."""
        self._texts: OrderedDict[tuple[str, str], Text] = OrderedDict()
        self._waiting: list[tuple[Order, int]] = []

    def load(self, article_ids: Iterable[int]) -> list[Node]:
        """The articles, as far as they exist, with the links that they have."""
        wanted = list(dict.fromkeys(article_ids))
        for chunk in chunks([one for one in wanted if one not in self.nodes]):
            for row in self.conn.execute(_NODES.where(ARTICLE.c.id.in_(chunk))):
                self.nodes[row.id] = _node(row)
            for link in self.conn.execute(_LINKS.where(STORY_LINK.c.article_id.in_(chunk))):
                node = self.nodes[link.article_id]
                node.filed = 1
                self._hang(node, link.other_id, Match(link.kind, link.similarity, link.why))
        return [self.nodes[one] for one in wanted if one in self.nodes]

    def add(self, keys: Mapping[int, Keys]) -> None:
        """New articles with their keys: to be decided on, and not filed yet."""
        for node in self.load(keys):
            node.filed = None
            node.keys = filed(node.id, keys[node.id])
            self._redo(node)

    def replace(self, article_id: int, old: Keys) -> None:
        """An article that was changed, in the database already, with the keys that it had before."""
        for node in self.load([article_id]):
            self._loosen(node, filed(article_id, old))
            self._redo(node)

    def leave(self, article_id: int) -> None:
        """An article that is about to be deleted."""
        for node in self.load([article_id]):
            self._loosen(node, node.keys)
            node.gone = True

    def _loosen(self, node: Node, old: Filed) -> None:
        """Free an article of what it hangs on, and what hangs on it must find another place."""
        assert node.filed is not None
        self._shelf.take(old, node.filed)
        node.filed = None
        node.decided = False
        self.touched.add(node.id)
        for centre_id in list(node.links):
            self._unhang(node, centre_id)
        for other in self._dependents(node.id):
            self._unhang(other, node.id)
            self.touched.add(other.id)
            if not other.links:
                self._redo(other)

    def settle(self) -> None:
        """Decide on all that wait, the earliest first, so that what was decided is never touched again."""
        self._shelf.fetch(self.nodes[one].keys for _, one in self._waiting)
        while self._waiting:
            node = self.nodes[heappop(self._waiting)[1]]
            if not node.decided:
                self._decide(node)
        for node_id in self.touched:
            self._file(self.nodes[node_id])
        self._shelf.write()

    def _decide(self, node: Node) -> None:
        near = [other for other in self.load(self._shelf.near(node.keys)) if other is not node]
        node.decided = True
        for other in near:
            if other.is_centre and other.order < node.order and (match := self.match(node, other)):
                self._hang(node, other.id, match)
        if node.links:
            self._give_up(node)
            return
        self._shelf.show(node.keys)
        for other in near:
            if other.order < node.order or not other.decided or not (match := self.match(other, node)):
                continue
            if other.links:
                self._hang(other, node.id, match)
                self.touched.add(other.id)
            else:
                self._redo(other)

    def _redo(self, node: Node) -> None:
        node.decided = False
        self.touched.add(node.id)
        heappush(self._waiting, (node.order, node.id))

    def _give_up(self, node: Node) -> None:
        """A centre became a member: what hung on it hangs on its own centres now, as far as that matches."""
        for other in self._dependents(node.id):
            before = self._unhang(other, node.id)
            self.touched.add(other.id)
            for centre_id in node.links.keys() - other.links.keys():
                centre = self.nodes[centre_id]
                # what matched an equal article matches this one, and ten thousand copies cost no comparison
                found = before if are_equal(node, centre) else None
                if found is None and may_match(other, centre):
                    found = self.match(other, centre)
                if found is not None:
                    self._hang(other, centre_id, found)
            if not other.links:
                self._redo(other)

    def _dependents(self, centre_id: int) -> list[Node]:
        """All that are linked to this centre now."""
        stored = select(STORY_LINK.c.article_id).where(STORY_LINK.c.other_id == centre_id)
        self.load(self.conn.scalars(stored).all())
        return [self.nodes[one] for one in sorted(self._hanging.get(centre_id, ()))]

    def _hang(self, node: Node, centre_id: int, match: Match) -> None:
        node.links[centre_id] = match
        self._hanging.setdefault(centre_id, set()).add(node.id)

    def _unhang(self, node: Node, centre_id: int) -> Match:
        self._hanging[centre_id].discard(node.id)
        return node.links.pop(centre_id)

    def _file(self, node: Node) -> None:
        """Let the rows of its keys say what it is."""
        member = int(bool(node.links))
        if node.gone or node.filed == member:
            return
        if node.filed is not None:
            self._shelf.take(node.keys, node.filed)
        self._shelf.put(node.keys, member)
        node.filed = member

    def match(self, one: Node, other: Node) -> Match | None:
        """The match of two articles, whichever came first."""
        return self.explain(one, other)[0]

    def explain(self, one: Node, other: Node) -> tuple[Match | None, str]:
        """The match, and what was measured, in words."""
        if one.text_hash is not None and one.text_hash == other.text_hash:
            return SAME, SAME.why
        mine, its = self._text(one), self._text(other)
        match, why = explain(mine, its)
        if match is None and one.pictures_hash is not None and one.pictures_hash == other.pictures_hash:
            if min(mine.length, its.length) < PICTURES_TEXT_MOST or mine.letters == its.letters:
                return PICTURES, PICTURES.why
            why += "; title and pictures are the same, but each has a text of its own"
        return match, why

    def _text(self, node: Node) -> Text:
        # not by its hash: what a text is compared by must not depend on which copy was seen first
        name = (node.body, node.title)
        ready = self._texts.pop(name, None) or Text(node.body, node.title)
        self._texts[name] = ready
        if len(self._texts) > _TEXTS:
            self._texts.popitem(last=False)
        return ready


_NODES = select(
    ARTICLE.c.id,
    ARTICLE.c.url_key,
    ARTICLE.c.published_at,
    ARTICLE.c.title,
    ARTICLE.c.body_text,
    ARTICLE.c.text_hash,
    ARTICLE.c.pictures_hash,
    ARTICLE.c.story_id,
)
_LINKS = select(
    STORY_LINK.c.article_id,
    STORY_LINK.c.other_id,
    STORY_LINK.c.kind,
    STORY_LINK.c.similarity,
    STORY_LINK.c.why,
)


def order_of(published_at: datetime | None, url_key: str) -> Order:
    """By this articles are first or later; without a time last."""
    return published_at or _LATE, url_key


def _node(row: Any) -> Node:
    return Node(
        id=row.id,
        order=order_of(row.published_at, row.url_key),
        title=row.title,
        body=row.body_text,
        text_hash=row.text_hash,
        pictures_hash=row.pictures_hash,
        story_id=row.story_id,
    )
