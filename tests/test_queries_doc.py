"""docs/queries.md: every question is answered, the same on both databases."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.engine import Database, open_database
from tests.commands.run import scrapy
from tests.databases import Maker, PostgresMaker, SqliteMaker
from tests.harvest import fill

PAGE_TEXT = (Path(__file__).resolve().parents[1] / "docs/queries.md").read_text("utf-8")
QUESTION = re.compile(r"^### (\d+)\. (.*?)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
QUESTIONS = {int(number): (title, body) for number, title, body in QUESTION.findall(PAGE_TEXT)}


def blocks(language: str, body: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", body, re.MULTILINE | re.DOTALL)


STATEMENTS = {number: blocks("sql", body) for number, (_, body) in QUESTIONS.items()}
COMMANDS = {
    f"{number}": line
    for number, (_, body) in QUESTIONS.items()
    for block in blocks("sh", body)
    for line in block.splitlines()
}


@pytest.fixture(scope="module")
def filled(sqlite_maker: SqliteMaker, postgres_maker: PostgresMaker) -> Iterator[list[Database]]:
    makers: list[Maker] = [sqlite_maker, postgres_maker]
    with ExitStack() as stack:
        opened = []
        for maker in makers:
            url = maker.migrated()
            stack.callback(maker.drop, url)
            opened.append(stack.enter_context(closing(open_database(url))))
            fill(opened[-1])
        yield opened


def test_there_are_twenty_questions_with_a_statement_each() -> None:
    assert list(STATEMENTS) == list(range(1, 21))
    assert [len(found) for found in STATEMENTS.values()] == [1] * 20


@pytest.mark.parametrize("number", STATEMENTS)
def test_a_statement_has_the_same_answer_on_both_and_one_at_all(filled: list[Database], number: int) -> None:
    answers = []
    for database in filled:
        with database.reading() as conn:
            result = conn.execute(text(STATEMENTS[number][0]))
            answers.append((list(result.keys()), [tuple(row) for row in result]))

    assert answers[0] == answers[1]
    assert answers[0][1] != []


@pytest.mark.parametrize("number", COMMANDS)
def test_a_command_has_the_same_answer_on_both_and_one_at_all(filled: list[Database], number: str) -> None:
    words = shlex.split(COMMANDS[number])
    assert words[0] == "scrapy"

    urls = [database.engine.url.render_as_string(False) for database in filled]
    answers = [scrapy(*words[1:], database=url) for url in urls]

    assert [done.code for done in answers] == [0, 0], answers[0].err
    assert answers[0].out == answers[1].out
    assert len(answers[0].lines) > (0 if "--json" in words else 1)
