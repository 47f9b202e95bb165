"""docs/python.md: its examples run and print what they say, on both databases."""

from __future__ import annotations

import doctest
from contextlib import closing
from pathlib import Path

from storage import queries
from storage.engine import open_database
from tests.harvest import fill

PAGE = Path(__file__).resolve().parents[1] / "docs/python.md"
URL = "sqlite:///data/tushuo.db"


def test_the_examples_of_the_page_hold(database_url: str) -> None:
    text = PAGE.read_text("utf-8")
    assert text.count(URL) == 1
    with closing(open_database(database_url)) as database:
        fill(database)
    told: list[str] = []

    # the fences are no part of what is printed
    examples = doctest.DocTestParser().get_doctest(text.replace(URL, database_url), {}, "python.md", None, 0)
    result = doctest.DocTestRunner().run(examples, out=told.append)

    assert "".join(told) == ""
    assert result.attempted > 25


def test_every_question_is_on_the_page_or_is_for_commands_alone() -> None:
    functions = {name for name in queries.__all__ if name.islower() and callable(getattr(queries, name))}
    told = {
        name
        for name in functions
        if f"`{name}`" in (text := PAGE.read_text("utf-8")) or f"queries.{name}(" in text
    }

    assert functions - told == {
        "absences",
        "articles_by_ids",
        "articles_by_keys",
        "corpus_uses",
        "count_articles",
        "count_matches",
        "key_of",
        "ledger_counts",
        "ledger_row",
        "ledger_rows",
        "measure",
        "portals",
        "runs",
        "split",
    }
