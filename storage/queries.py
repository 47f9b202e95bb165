"""All questions to the database, reading only: what commands, pages and programs use in place of SQL.

docs/python.md shows each with an example. A question takes a connection (`database.reading()`) and gives
plain values; what may be many is an iterator that reads on as it is asked. ValueError for what cannot be
asked, of which QueryError is the one for words; what is not there is None, or nothing.
"""

from storage.answers import Answer, answer
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
from storage.changes import FIELDS, KINDS, Change, changes
from storage.corpus import CorpusUse, corpus_uses
from storage.facets import BY, By, Facet, facets
from storage.fates import LedgerRow, ledger_counts, ledger_row, ledger_rows
from storage.filters import Filters
from storage.health import Measure, measure, portals
from storage.pages import BAD_STATES, STATES, State
from storage.photos import Look, Match, Photo, Use, matches, photo, reused
from storage.query import QueryError
from storage.questions import QUESTIONS, Parameter, Question
from storage.reprints import Copy, StoryRow, Why, stories, story, timeline, why
from storage.runs import RunRow, runs
from storage.search import (
    SORTS,
    ArticleHit,
    Count,
    Hits,
    ImageHit,
    Sort,
    count_matches,
    matching_articles,
    matching_images,
    search_articles,
    search_images,
    stream_articles,
)
from storage.split import SIDES, Side, Split, split
from storage.streams import Streamed, article_records
from storage.totals import totals

__all__ = [
    "BAD_STATES",
    "BY",
    "FIELDS",
    "KINDS",
    "QUESTIONS",
    "SIDES",
    "SORTS",
    "STATES",
    "Answer",
    "ArticleHit",
    "By",
    "Change",
    "Copy",
    "CorpusUse",
    "Count",
    "Facet",
    "Filters",
    "Found",
    "Hits",
    "ImageFound",
    "ImageHit",
    "LedgerRow",
    "Look",
    "Match",
    "Measure",
    "Parameter",
    "Photo",
    "QueryError",
    "Question",
    "RunRow",
    "Side",
    "Sort",
    "Split",
    "State",
    "StoryRow",
    "Streamed",
    "Use",
    "Why",
    "absences",
    "all_articles",
    "all_images",
    "answer",
    "article_by",
    "article_records",
    "articles_by_ids",
    "articles_by_keys",
    "changes",
    "corpus_uses",
    "count_articles",
    "count_matches",
    "facets",
    "key_of",
    "ledger_counts",
    "ledger_row",
    "ledger_rows",
    "matches",
    "matching_articles",
    "matching_images",
    "measure",
    "newest",
    "photo",
    "portals",
    "reused",
    "revisions",
    "runs",
    "search_articles",
    "search_images",
    "split",
    "stories",
    "story",
    "stream_articles",
    "timeline",
    "totals",
    "why",
]
