"""Full-text search over articles and over pictures; the same results in the same order on both databases.

The index gives candidates, newest first; phrases are looked at again in the text itself; the rank is our
own formula over the newest matches, so that no database's idea of relevance has a say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

from sqlalchemy import Connection, Row, text

from crawler.items import Article, Image
from crawler.text import fold, squash
from storage.filters import Filters
from storage.index import ARTICLES, IMAGES, article_text, image_text
from storage.models import ARTICLE
from storage.query import Term, parse_query
from storage.records import load, select_articles
from storage.rows import KEY_STEP

RANKED = 1_000  # newest matches that compete for the first places
_CHUNK = 500  # candidates looked at together
_AROUND = 40  # characters of a snippet on each side of the hit
# what a hit counts where it stands; repeats count less and less
_TITLE, _CAPTION, _BODY, _RECENT = 8.0, 3.0, 1.0, 1.0
_SECONDS_A_MONTH = 30 * 86_400
_ENDLESS = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class ArticleHit:
    """An article that was found."""

    id: int
    article: Article
    snippet: str
    """Text around the first hit, `…` where it is cut."""
    score: float


@dataclass(frozen=True, slots=True)
class ImageHit:
    """A picture that was found, with its article."""

    article_id: int
    article: Article
    number: int
    """Which of the article's pictures it is, from 1."""
    score: float

    @property
    def image(self) -> Image:
        return self.article.images[self.number - 1]


def search_articles(
    conn: Connection, words: str, filters: Filters | None = None, limit: int = 20
) -> list[ArticleHit]:
    """The best `limit` articles that hold all words. Raises storage.query.QueryError."""
    terms = parse_query(words)
    found: list[tuple[float, int, int, Article]] = []
    for keys in _candidates(conn, ARTICLES[conn.dialect.name], terms):
        for row, article in _articles(conn, keys, filters):
            parts = [fold(part) for part in article_text(article) if part]
            if _holds(terms, parts):
                found.append((_score(terms, article, row.sort_key), row.sort_key, row.id, article))
        if len(found) >= max(RANKED, limit):
            break
    best = _best(found, max(RANKED, limit), limit)
    return [ArticleHit(row_id, a, _snippet(terms, a), score) for score, _, row_id, a in best]


def search_images(
    conn: Connection, words: str, filters: Filters | None = None, limit: int = 20
) -> list[ImageHit]:
    """The best `limit` pictures whose caption, credit or alt holds all words. Raises QueryError."""
    terms = parse_query(words)
    found: list[tuple[float, int, int, Article, int]] = []
    for keys in _candidates(conn, IMAGES[conn.dialect.name], terms):
        numbers: dict[int, list[int]] = {}
        for key in keys:
            numbers.setdefault(key - key % KEY_STEP, []).append(key % KEY_STEP)
        for row, article in _articles(conn, list(numbers), filters):
            for number in sorted(numbers[row.sort_key]):
                image = article.images[number - 1]
                parts = [fold(part) for part in image_text(image, article.title) if part]
                if _holds(terms, parts):
                    score = _image_score(terms, image, row.sort_key)
                    found.append((score, row.sort_key, row.id, article, number))
        if len(found) >= max(RANKED, limit):
            break
    newest = sorted(found, key=lambda hit: (-hit[1], hit[4]))[: max(RANKED, limit)]
    newest.sort(key=lambda hit: (-hit[0], -hit[1], hit[4]))
    return [ImageHit(row_id, a, number, score) for score, _, row_id, a, number in newest[:limit]]


def matching_articles(conn: Connection, words: str, filters: Filters | None = None) -> Iterator[int]:
    """The id of every article that holds all words, newest first, read piece by piece. Raises QueryError."""
    terms = parse_query(words)
    for keys in _candidates(conn, ARTICLES[conn.dialect.name], terms):
        for row, article in _articles(conn, keys, filters):
            if _holds(terms, [fold(part) for part in article_text(article) if part]):
                yield row.id


def matching_images(
    conn: Connection, words: str, filters: Filters | None = None
) -> Iterator[tuple[int, int]]:
    """(article's id, picture's number) of every picture that holds all words. Raises QueryError."""
    terms = parse_query(words)
    for keys in _candidates(conn, IMAGES[conn.dialect.name], terms):
        numbers: dict[int, list[int]] = {}
        for key in keys:
            numbers.setdefault(key - key % KEY_STEP, []).append(key % KEY_STEP)
        for row, article in _articles(conn, list(numbers), filters):
            for number in sorted(numbers[row.sort_key]):
                parts = image_text(article.images[number - 1], article.title)
                if _holds(terms, [fold(part) for part in parts if part]):
                    yield row.id, number


def _candidates(conn: Connection, table: str, terms: Sequence[Term]) -> Iterator[list[int]]:
    """Sort keys of what has all tokens, newest first, in chunks."""
    if conn.dialect.name == "sqlite":
        query = " AND ".join(_fts5(term) for term in terms)
        statement = text(
            f"SELECT rowid FROM {table} WHERE {table} MATCH :query AND rowid < :below "
            "ORDER BY rowid DESC LIMIT :chunk"
        )
    else:
        query = " & ".join(_tsquery(term) for term in terms)
        statement = text(
            f"SELECT sort_key FROM {table} WHERE tokens @@ CAST(:query AS tsquery) AND sort_key < :below "
            "ORDER BY sort_key DESC LIMIT :chunk"
        )
    below = _ENDLESS
    while True:
        keys = list(conn.scalars(statement, {"query": query, "below": below, "chunk": _CHUNK}))
        if keys:
            yield keys
        if len(keys) < _CHUNK:
            return
        below = keys[-1]


def _fts5(term: Term) -> str:
    quoted = ['"' + token.replace('"', '""') + '"' for token in term.tokens]
    return f"{quoted[0]}*" if term.prefix else " AND ".join(quoted)


def _tsquery(term: Term) -> str:
    quoted = ["'" + token.replace("\\", "\\\\").replace("'", "''") + "'" for token in term.tokens]
    return f"{quoted[0]}:*" if term.prefix else " & ".join(quoted)


def _articles(
    conn: Connection, keys: Sequence[int], filters: Filters | None
) -> Iterator[tuple[Row[tuple[object, ...]], Article]]:
    """The articles of sort keys that pass the filters, newest first."""
    statement = select_articles().where(ARTICLE.c.sort_key.in_(keys)).order_by(ARTICLE.c.sort_key.desc())
    if filters is not None:
        statement = statement.where(*filters.conditions())
    rows = conn.execute(statement).all()
    return zip(rows, load(conn, rows), strict=True)


def _holds(terms: Sequence[Term], parts: Sequence[str]) -> bool:
    """True when every term stands in one of the parts: neighbouring pairs of letters may be far apart."""
    return all(term.exact or any(term.pattern.search(part) for part in parts) for term in terms)


def _best(
    found: list[tuple[float, int, int, Article]], ranked: int, limit: int
) -> list[tuple[float, int, int, Article]]:
    newest = sorted(found, key=lambda hit: -hit[1])[:ranked]
    newest.sort(key=lambda hit: (-hit[0], -hit[1]))
    return newest[:limit]


def _score(terms: Sequence[Term], article: Article, key: int) -> float:
    captions = "\n".join(fold(i.caption) for i in article.images if i.caption)
    title, body = fold(article.title), fold(article.body_text)
    score = 0.0
    for term in terms:
        score += _TITLE * _often(term, title) + _CAPTION * _often(term, captions)
        score += _BODY * _often(term, body)
    return round(score / len(terms) + _RECENT * _recency(key), 6)


def _image_score(terms: Sequence[Term], image: Image, key: int) -> float:
    caption, credit = fold(image.caption or ""), fold(image.credit or "")
    score = sum(_CAPTION * _often(t, caption) + _BODY * _often(t, credit) for t in terms)
    return round(score / len(terms) + _RECENT * _recency(key), 6)


def _often(term: Term, folded: str) -> float:
    """0 for no hit, 1 for one, growing with the logarithm."""
    count = sum(1 for _ in term.pattern.finditer(folded))
    return 1 + log(count) if count else 0.0


def _recency(key: int) -> float:
    """Grows by 1 in a hundred years: among equal hits the newer one, by months."""
    return (key >> 31) // _SECONDS_A_MONTH / 1200


def _snippet(terms: Sequence[Term], article: Article) -> str:
    """Where the words stand: in the text, else in a caption, else in the headline."""
    captions = [image.caption for image in article.images if image.caption]
    for part in (article.body_text, *captions, article.title):
        folded = fold(part)
        found = next((hit for term in terms if (hit := term.pattern.search(folded))), None)
        if found:
            # folding may change the length of a text; then the folded one is shown
            shown = part if len(part) == len(folded) else folded
            start, end = max(found.start() - _AROUND, 0), found.end() + _AROUND
            cut = squash(shown[start:end])
            return ("…" if start else "") + cut + ("…" if end < len(shown) else "")
    return squash(article.body_text[: 2 * _AROUND])
