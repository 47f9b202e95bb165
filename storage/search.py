"""Full-text search over articles and over pictures; the same results in the same order on both databases.

The index (storage.postings) tells for each document whether it matches; the texts of phrases are looked at
again, newest first; the rank is our own formula over the newest matches, so that no database's idea of
relevance has a say. docs/search.md explains the language, the order and the limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, Literal, NamedTuple, TypeVar

import numpy as np
from sqlalchemy import Connection, select

from crawler.items import Article, Image
from storage import ranking
from storage.asked import at_most
from storage.entries import article_key, picture_number, text_parts
from storage.filters import Filters
from storage.matches import Matches
from storage.models import ARTICLE
from storage.postings import Postings
from storage.query import QueryError, parse_query
from storage.ranking import RANKED, RERANKED
from storage.segment_rows import Kind
from storage.snippets import snippet
from storage.terms import And, Node, Words, wanted
from storage.texts import Looked, look, standing, whole_articles
from storage.tokens import Numbers

Sort = Literal["newest", "relevance"]
SORTS: tuple[Sort, ...] = Sort.__args__  # type: ignore[attr-defined]
LOOKED = 25_000  # texts that one page may look at, in the database: page 1,000 of a frequent phrase
COUNTED = 10_000  # texts that a count may look at
READ = 1_000  # texts that one search may read: where a phrase does not stand as it was typed
SAMPLED = 200  # texts from which the number of matches is estimated
_AT_ONCE = 500

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ArticleHit:
    """An article that was found."""

    id: int
    article: Article
    snippet: str
    """Text around the first hit, `…` where it is cut."""
    score: float
    """0 when sorted by time."""
    marks: list[tuple[int, int]] = field(default_factory=list)
    """Where hits begin and end in the snippet, in characters."""
    cursor: str = ""
    """For `after`: the search goes on behind this hit."""


@dataclass(frozen=True, slots=True)
class ImageHit:
    """A picture that was found, with its article."""

    article_id: int
    article: Article
    number: int
    """Which of the article's pictures it is, from 1."""
    score: float
    snippet: str = ""
    marks: list[tuple[int, int]] = field(default_factory=list)
    cursor: str = ""

    @property
    def image(self) -> Image:
        return self.article.images[self.number - 1]


class Hits(list[T], Generic[T]):
    """A page of hits."""

    after: str | None = None
    """Where the next page begins; None when there is none, or the order is by relevance."""
    complete: bool = True
    """False when LOOKED or READ texts were looked at before the page was full: there may be more."""


class Count(NamedTuple):
    """How many match."""

    number: int
    estimate: bool


class _Doubts(NamedTuple):
    standing: dict[Words, set[int]]
    """For each phrase the articles that have it as it was typed."""
    unknown: list[int]
    """What must be read to know."""


class _Found(NamedTuple):
    key: int
    score: float


def search_articles(
    conn: Connection,
    words: str | None,
    filters: Filters | None = None,
    limit: int = 20,
    *,
    sort: Sort = "newest",
    page: int = 1,
    after: str | None = None,
) -> Hits[ArticleHit]:
    """Page `page` of `limit` articles that match; without words all that pass the filters.

    `after` is the cursor of a hit: what comes behind it, newest first. Raises storage.query.QueryError for
    words that cannot be searched for, ValueError for another sort, and a limit or page below 1.
    """
    _check(sort, limit, page)
    search = _Search(conn, "article", words, filters)
    found, hits = search.page(sort, limit, page, after), Hits[ArticleHit]()
    terms = [leaf.term for leaf in search.words]
    stored = whole_articles(conn, [one.key for one in found])
    for one in found:
        row_id, article = stored[one.key]
        cut = snippet(terms, text_parts(article), article.body_text)
        hits.append(ArticleHit(row_id, article, cut.text, one.score, cut.marks, f"{one.key:x}"))
    return search.noted(hits)


def search_images(
    conn: Connection,
    words: str | None,
    filters: Filters | None = None,
    limit: int = 20,
    *,
    sort: Sort = "newest",
    page: int = 1,
    after: str | None = None,
) -> Hits[ImageHit]:
    """The same for pictures by caption, credit and alt; those of one article in their order."""
    _check(sort, limit, page)
    search = _Search(conn, "picture", words, filters)
    found, hits = search.page(sort, limit, page, after), Hits[ImageHit]()
    terms = [leaf.term for leaf in search.words]
    stored = whole_articles(conn, [article_key(one.key) for one in found])
    for one in found:
        row_id, article = stored[article_key(one.key)]
        number = picture_number(one.key)
        image = article.images[number - 1]
        parts = [part for part in (image.caption, image.credit, image.alt) if part]
        cut = snippet(terms, parts, image.caption or "")
        hits.append(ImageHit(row_id, article, number, one.score, cut.text, cut.marks, f"{one.key:x}"))
    return search.noted(hits)


def count_matches(
    conn: Connection, words: str | None, filters: Filters | None = None, *, images: bool = False
) -> Count:
    """How many articles, or pictures, match; an estimate where too many texts would have to be looked at."""
    return _Search(conn, "picture" if images else "article", words, filters).count()


def stream_articles(
    conn: Connection, words: str | None, filters: Filters | None = None, at_once: int = _AT_ONCE
) -> Iterator[tuple[int, Article]]:
    """(id, article) of everything that matches, newest first, read piece by piece."""
    for keys in _pieces(_Search(conn, "article", words, filters), at_once):
        stored = whole_articles(conn, keys)
        yield from (stored[key] for key in keys)


def matching_articles(conn: Connection, words: str | None, filters: Filters | None = None) -> Iterator[int]:
    """The id of every article that matches, newest first, read piece by piece. Raises QueryError."""
    for keys in _pieces(_Search(conn, "article", words, filters)):
        ids = _ids(conn, keys)
        yield from (ids[key] for key in keys)


def matching_images(
    conn: Connection, words: str | None, filters: Filters | None = None
) -> Iterator[tuple[int, int]]:
    """(article's id, picture's number) of every picture that matches, newest first. Raises QueryError."""
    for keys in _pieces(_Search(conn, "picture", words, filters)):
        ids = _ids(conn, [article_key(key) for key in keys])
        yield from ((ids[article_key(key)], picture_number(key)) for key in keys)


def _pieces(search: _Search, at_once: int = _AT_ONCE) -> Iterator[list[int]]:
    """The sort keys of all matches, newest first."""
    below = None
    while found := search.newest(at_once, below, bounded=False):
        yield [one.key for one in found]
        if len(found) < at_once:
            return
        below = found[-1].key


def _ids(conn: Connection, keys: list[int]) -> dict[int, int]:
    statement = select(ARTICLE.c.sort_key, ARTICLE.c.id).where(ARTICLE.c.sort_key.in_(keys))
    return {row.sort_key: row.id for row in conn.execute(statement)}


class _Search:
    """One query over one state of the index."""

    def __init__(self, conn: Connection, kind: Kind, words: str | None, filters: Filters | None) -> None:
        self._conn = conn
        self._kind = kind
        node = None if words is None else parse_query(words)
        facets = tuple(filters.facets()) if filters else ()
        items: tuple[Node, ...] = facets if node is None else (node, *facets)
        self.node = items[0] if len(items) == 1 else And(items) if items else None
        self.words: list[Words] = list(dict.fromkeys(wanted(node))) if node else []
        self.matches = Matches(conn, Postings(conn, kind), self.node)
        self.complete = True
        self._read = 0
        self._after: int | None = None

    def page(self, sort: Sort, limit: int, page: int, after: str | None) -> list[_Found]:
        skipped = (page - 1) * limit
        if sort == "relevance":
            if after is not None:
                raise QueryError("a search by relevance goes on with a page, not after a hit")
            return self.best(skipped + limit)[skipped:]
        # one more, to know whether there is another page
        found = self.newest(skipped + limit + 1, _key(after))
        if len(found) > skipped + limit:
            self._after = found[-2].key
        return found[skipped : skipped + limit]

    def noted(self, hits: Hits[T]) -> Hits[T]:
        """The page with what a reader must know of it."""
        hits.complete = self.complete
        hits.after = None if self._after is None else f"{self._after:x}"
        return hits

    def newest(self, count: int, below: int | None, *, bounded: bool = True) -> list[_Found]:
        """The newest `count` matches; fewer, and not `complete`, when LOOKED or READ texts are too few."""
        matches = self.matches
        if matches.exact:
            keys = matches.postings.newest(matches.may, count, below)[1]
            return [_Found(key, 0.0) for key in keys.tolist()]
        found: list[_Found] = []
        looked, self._read, piece, enough = 0, 0, min(count + count // 4, _AT_ONCE), True
        while enough:
            documents, keys = matches.postings.newest(matches.may, piece, below)
            ended = len(keys) < piece
            if bounded:
                costs = np.cumsum(self._cost(documents))
                # one at least, so that a search that goes on after this one gets on
                within = max(int(np.searchsorted(costs, LOOKED - looked, side="right")), looked == 0)
                ended = ended and within >= len(keys)
                enough = within >= len(keys)
                documents, keys = documents[:within], keys[:within]
                looked += int(costs[len(keys) - 1]) if len(keys) else 0
            read = self._read
            found += [_Found(key, 0.0) for key in self._true(documents.tolist(), keys.tolist())]
            if len(found) >= count or ended:
                return found[:count]
            below = int(keys[-1]) if len(keys) else below
            enough = enough and not (bounded and (looked >= LOOKED or self._read >= READ))
            few = self._read - read < piece // 10
            piece = min(4 * piece, LOOKED) if few else min(2 * piece, _AT_ONCE)
        self.complete, self._after = False, below
        return found

    def _cost(self, documents: Numbers) -> Numbers:
        """How many phrases must be looked for in each document."""
        cost = np.zeros(len(documents), dtype=np.int64)
        for words in self.matches.doubtful:
            cost += self.matches.having(words)[documents]
        cost[self.matches.sure[documents]] = 0
        return cost

    def best(self, count: int) -> list[_Found]:
        """The best `count` of the newest RANKED matches."""
        documents, keys = self.matches.postings.newest(self.matches.may, RANKED)
        scores = ranking.coarse(self._kind, self.matches, self.words, documents, keys)
        order = np.lexsort((-keys, -scores))
        first, rest = order[:RERANKED], order[RERANKED:]
        looked = look(self._conn, self._kind, keys[first].tolist())
        true = self._true(documents[first].tolist(), keys[first].tolist(), looked)
        found = [_Found(key, ranking.fine(self._kind, self.words, looked[key], key)) for key in true]
        found.sort(key=lambda one: (-one.score, -one.key))
        score_of = dict(zip(keys[rest].tolist(), scores[rest].tolist(), strict=True))
        done = 0
        while len(found) < count and len(rest):
            piece, rest = rest[:_AT_ONCE], rest[_AT_ONCE:]
            if not self.matches.exact and (done >= LOOKED or self._read >= READ):
                self.complete = False
                break
            done += int(self._cost(documents[piece]).sum())
            true = self._true(documents[piece].tolist(), keys[piece].tolist())
            found += [_Found(key, score_of[key]) for key in true]
        return found[:count]

    def count(self) -> Count:
        matches = self.matches
        sure = int(matches.sure.sum())
        if matches.exact or self.node is None:
            return Count(sure, estimate=False)
        unsure = matches.may & ~matches.sure
        number = int(unsure.sum())
        cost = sum(int((matches.having(words) & unsure).sum()) for words in matches.doubtful)
        most = number if cost <= COUNTED else max(READ * number // cost, 1)
        documents, keys = (part.tolist() for part in matches.postings.newest(unsure, most))
        doubts = self._doubts(documents, keys)
        # what is known without reading, and of the rest a part
        unknown = set(doubts.unknown)
        read = set(doubts.unknown[: len(unknown) if len(unknown) <= READ else SAMPLED])
        texts = look(self._conn, self._kind, list(read))
        known = true = 0
        for document, key in zip(documents, keys, strict=True):
            if key not in unknown:
                known += self._holds(document, key, doubts, texts)
            elif key in read:
                true += self._holds(document, key, doubts, texts)
        found = known + (true * len(unknown) / len(read) if read else 0)
        estimate = most < number or len(read) < len(unknown)
        return Count(sure + round(found * number / most if most else 0), estimate)

    def _true(
        self, documents: list[int], keys: list[int], looked: dict[int, Looked] | None = None
    ) -> list[int]:
        """The keys of those documents that do match."""
        if self.matches.exact or self.node is None:
            return keys
        doubts = _Doubts({}, [])
        if looked is None:
            doubts = self._doubts(documents, keys)
            looked = look(self._conn, self._kind, doubts.unknown)
            self._read += len(looked)
        return [
            key
            for document, key in zip(documents, keys, strict=True)
            if self.matches.sure[document] or self._holds(document, key, doubts, looked)
        ]

    def _doubts(self, documents: list[int], keys: list[int]) -> _Doubts:
        """Of documents that may match, in which the phrases stand as typed, and which must be read."""
        sure, phrases = self.matches.sure, self.matches.doubtful
        doubtful = [
            (document, key) for document, key in zip(documents, keys, strict=True) if not sure[document]
        ]
        standing_in: dict[Words, set[int]] = {}
        unknown: dict[int, None] = {}
        for words in phrases:
            having = self.matches.having(words)
            some = [key for document, key in doubtful if having[document]]
            there = standing_in[words] = standing(self._conn, self._kind, words, some)
            unknown.update((key, None) for key in some if key not in there)
        return _Doubts(standing_in, sorted(unknown, reverse=True))

    def _holds(self, document: int, key: int, doubts: _Doubts, texts: dict[int, Looked]) -> bool:
        def stands(words: Words) -> bool:
            return key in doubts.standing.get(words, ()) or texts[key].stands(words)

        return self.node is not None and self.matches.holds(self.node, document, stands)


def _check(sort: str, limit: int, page: int) -> None:
    if sort not in SORTS:
        raise ValueError(f"sort {sort!r}: use {' or '.join(SORTS)}")
    at_most(limit)
    at_most(page, "page")


def _key(after: str | None) -> int | None:
    """The sort key that a cursor names."""
    if after is None:
        return None
    if not re.fullmatch("[0-7]?[0-9a-f]{1,15}", after):
        raise QueryError(f"{after[:40]!r} is not where a search can go on; give the cursor of a hit")
    return int(after, 16)
