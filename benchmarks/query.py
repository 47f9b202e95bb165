"""How long questions to a database of the benchmark take: the median and the 95th percentile.

    python -m benchmarks.query URL [--repeat 5] [--only KIND] [--plan]

Each kind of question is asked with several words, `--repeat` times each, one after the other. What is
measured is the call of storage.search with the rows it gives back, over one open connection; the first
round, which fills the database's caches, is left out. Beside it stands the processor time of this process
alone: of SQLite the whole work, of PostgreSQL what is left for Python; on a busy machine it tells more.
`--plan` prints each question with its own figures.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from itertools import combinations, product
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from benchmarks.million.probes import probes
from storage.engine import open_database
from storage.filters import Filters
from storage.models import ARTICLE
from storage.queries import article_by
from storage.search import count_matches, search_articles, search_images

Ask = Callable[[Connection], Any]


class Question(NamedTuple):
    """Something to ask."""

    kind: str
    words: str
    ask: Ask


class Took(NamedTuple):
    """Milliseconds."""

    wall: float
    processor: float


def questions(conn: Connection, size: int) -> Iterator[Question]:
    """Every kind of question, each with several words."""
    known = probes(size)
    rare = [p.word for p in known if p.hits <= size / 10_000]
    medium = [p.word for p in known if size / 10_000 < p.hits <= size / 50 and p.kind != "phrase"]
    frequent = [p.word for p in known if p.hits > size / 50 and p.kind != "phrase"]
    phrases = [p.word for p in known if p.kind == "phrase" and p.hits > 10]
    groups = {"rare": rare, "medium": medium, "frequent": frequent, "phrase": phrases}
    for kind, words in groups.items():
        yield from (Question(f"{kind} word", word, _search(word)) for word in words[-12:])
    letters = ["的", "一", "人", "市", "鑫"]
    yield from (Question("one character", word, _search(word)) for word in letters)
    mixed = [*rare[-3:], *medium[-5:], *frequent[-5:]]
    yield from (Question("field", f"title:{w}", _search(f"title:{w}")) for w in mixed)
    for one, other in list(zip(frequent, reversed(frequent), strict=True))[: len(frequent) // 2]:
        for query in (f"{one} {other}", f"{one} OR {other}", f"{one} -{other}"):
            yield Question("two words", query, _search(query))
    pairs = _filters(conn)
    for number, word in enumerate(mixed):
        for ways in pairs:
            both = ways[number % len(ways)]
            yield Question("two filters", f"{word} {_shown(both)}", _search(word, both))
    yield from (Question("by relevance", w, _search(w, sort="relevance")) for w in (*mixed, *phrases[-3:]))
    for word in frequent:
        kind = "page 1,000 of a phrase" if _is_phrase(word) else "page 1,000"
        yield Question(kind, word, _search(word, page=1_000))
    cursor = search_articles(conn, frequent[-1], limit=1, page=min(20_000, size // 4))[0].cursor
    yield from (Question("after a cursor", w, _search(w, after=cursor)) for w in (*frequent, *phrases[-3:]))
    for word in (*mixed, *phrases[-6:]):
        yield Question("count of a phrase" if _is_phrase(word) else "count", word, _count(word))
    for number, word in enumerate(mixed):
        for ways in pairs[number % 4 :: 4]:
            both = ways[number // 4 % len(ways)]
            yield Question("count with two filters", f"{word} {_shown(both)}", _count(word, both))
    yield from (Question("pictures", w, _images(w)) for w in (*mixed, *phrases[-3:]))
    ids = list(conn.scalars(select(ARTICLE.c.id).where(ARTICLE.c.id % max(size // 40, 1) == 1)))
    yield from (Question("show", str(number), _show(number)) for number in ids)


def _is_phrase(word: str) -> bool:
    """True when texts must be looked at: the index knows letters and pairs of them."""
    return len(word) > 2


def _filters(conn: Connection) -> list[list[Filters]]:
    """For each two filters there are, both together, in several ways: frequent with rare values."""
    days = conn.execute(select(func.min(ARTICLE.c.published_day), func.max(ARTICLE.c.published_day))).one()
    first, last = (date.fromisoformat(day) for day in days)
    values: dict[str, list[Any]] = {
        "portal": _values(conn, ARTICLE.c.portal),
        "channel": [path.split("/")[-1] for path in _values(conn, ARTICLE.c.channel_path)],
        "source": _values(conn, ARTICLE.c.source_name),
        "since": [last - timedelta(days=30), first + (last - first) / 2],
        "until": [first + timedelta(days=30), first + (last - first) / 2],
        "story": _values(conn, ARTICLE.c.story_id),
        "pictures": [True, False],
        "changed": [True, False],
        "gone": [True, False],
    }
    known = [name for name, some in values.items() if some]
    return [
        [Filters(**{one: a, other: b}) for a, b in product(values[one], values[other])]
        for one, other in combinations(known, 2)
    ]


def _values(conn: Connection, column: Any) -> list[Any]:
    """The most frequent value and one of the rarest."""
    found = []
    for order in (func.count().desc(), func.count()):
        grouped = select(column).where(column.is_not(None)).group_by(column)
        found += conn.scalars(grouped.order_by(order, column).limit(1))
    return found


def _shown(filters: Filters) -> str:
    return " ".join(f"{facet.name}={facet.value}" for facet in filters.facets())


def _search(words: str, filters: Filters | None = None, **more: Any) -> Ask:
    return lambda conn: search_articles(conn, words, filters, **more)


def _images(words: str) -> Ask:
    return lambda conn: search_images(conn, words)


def _count(words: str, filters: Filters | None = None) -> Ask:
    return lambda conn: count_matches(conn, words, filters)


def _show(number: int) -> Ask:
    return lambda conn: article_by(conn, str(number))


def measured(conn: Connection, ask: Ask, repeat: int) -> tuple[list[Took], Any]:
    """How long each call but the first took, and what the last gave."""
    times = []
    for _ in range(repeat + 1):
        begun, used = time.perf_counter(), time.process_time()
        answer = ask(conn)
        times.append(Took(1e3 * (time.perf_counter() - begun), 1e3 * (time.process_time() - used)))
    return times[1:], answer


def percentile(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("url", help="the database")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="calls that are measured (5)")
    parser.add_argument("--only", metavar="KIND", help="only kinds of questions with this in their name")
    parser.add_argument("--plan", action="store_true", help="print every question")
    options = parser.parse_args(arguments)
    times: dict[str, list[Took]] = {}
    with closing(open_database(options.url)) as database, database.reading() as conn:
        size = conn.scalar(select(func.count()).select_from(ARTICLE)) or 0
        print(f"{size:,} articles, {database.name}")
        for question in questions(conn, size):
            if options.only and options.only not in question.kind:
                continue
            took, answer = measured(conn, question.ask, options.repeat)
            times.setdefault(question.kind, []).extend(took)
            if options.plan:
                found = (
                    len(answer) if isinstance(answer, list) else answer if "count" in question.kind else ""
                )
                wall, processor = (percentile(part, 0.5) for part in zip(*took, strict=True))
                print(f"  {question.kind:22} {wall:8.1f} ms {processor:8.1f} ms  {question.words}  {found}")
    print(f"{'':22} {'questions':>9} {'p50 ms':>9} {'p95 ms':>9} {'processor: p50':>15} {'p95':>9}")
    for kind, took in times.items():
        columns = [percentile(part, share) for part in zip(*took, strict=True) for share in (0.5, 0.95)]
        print(
            f"{kind:22} {len(took) // options.repeat:9} {columns[0]:9.1f} {columns[1]:9.1f}"
            f" {columns[2]:15.1f} {columns[3]:9.1f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
