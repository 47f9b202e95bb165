"""All questions to the database, reading only: what commands, pages and programs use in place of SQL.

docs/python.md shows each with an example. A question takes a connection (`database.reading()`) and gives
plain values; what may be many is an iterator that reads on as it is asked.
"""

from storage.articles import (
    Found,
    ImageFound,
    absences,
    all_articles,
    all_images,
    article_by,
    articles_by_ids,
    articles_by_keys,
    count_articles,
    key_of,
    newest,
    revisions,
)
from storage.changes import KINDS, Change, changes
from storage.facets import BY, By, Facet, facets
from storage.fates import LedgerRow, ledger_counts, ledger_row, ledger_rows
from storage.filters import Filters
from storage.reprints import Copy, StoryRow, Why, stories, story, timeline, why
from storage.search import (
    ArticleHit,
    Count,
    Hits,
    ImageHit,
    count_matches,
    matching_articles,
    matching_images,
    search_articles,
    search_images,
)
from storage.streams import Streamed, article_records
from storage.totals import totals

__all__ = [
    "BY",
    "KINDS",
    "ArticleHit",
    "By",
    "Change",
    "Copy",
    "Count",
    "Facet",
    "Filters",
    "Found",
    "Hits",
    "ImageFound",
    "ImageHit",
    "LedgerRow",
    "StoryRow",
    "Streamed",
    "Why",
    "absences",
    "all_articles",
    "all_images",
    "article_by",
    "article_records",
    "articles_by_ids",
    "articles_by_keys",
    "changes",
    "count_articles",
    "count_matches",
    "facets",
    "key_of",
    "ledger_counts",
    "ledger_row",
    "ledger_rows",
    "matching_articles",
    "matching_images",
    "newest",
    "revisions",
    "search_articles",
    "search_images",
    "stories",
    "story",
    "timeline",
    "totals",
    "why",
]
