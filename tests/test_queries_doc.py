"""docs/queries.md: every question is answered, the same on both databases, as SQL and by its commands."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.answers import values
from storage.engine import Database, open_database
from storage.questions import QUESTIONS as ASKED
from tests.commands.run import scrapy
from tests.databases import Maker, PostgresMaker, SqliteMaker
from tests.harvest import fill, fill_gaps

PAGE_TEXT = (Path(__file__).resolve().parents[1] / "docs/queries.md").read_text("utf-8")
QUESTION = re.compile(r"^### (\d+)\. (.*?)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
QUESTIONS = {int(number): (title, body) for number, title, body in QUESTION.findall(PAGE_TEXT)}


def blocks(language: str, body: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", body, re.MULTILINE | re.DOTALL)


STATEMENTS = {number: blocks("sql", body) for number, (_, body) in QUESTIONS.items()}
COMMANDS = {number: "".join(blocks("sh", body)).splitlines() for number, (_, body) in QUESTIONS.items()}
OTHERS = [line for lines in COMMANDS.values() for line in lines if not line.startswith("scrapy ask ")]


def literal(value: str | int) -> str:
    return f"{value}" if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


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
            fill_gaps(opened[-1])
        yield opened


def test_there_are_twenty_questions_with_a_statement_and_a_command_each() -> None:
    assert list(STATEMENTS) == list(ASKED) == list(range(1, 21))
    assert [len(found) for found in STATEMENTS.values()] == [1] * 20
    asks = [[line for line in lines if line.startswith("scrapy ask ")] for lines in COMMANDS.values()]
    assert [len(lines) for lines in asks] == [1] * 20


@pytest.mark.parametrize("number", STATEMENTS)
def test_the_page_has_what_scrapy_ask_has_with_its_command_s_values(number: int) -> None:
    question = ASKED[number]
    _, _, asked, *options = shlex.split(COMMANDS[number][0])
    pairs = [option.partition("=")[::2] for option in options if option != "-a"]

    statement = question.statement
    for name, value in values(question, dict(pairs)).items():
        statement = re.sub(rf":{name}\b", literal(value), statement)

    assert (asked, QUESTIONS[number][0]) == (f"{number}", question.title)
    assert STATEMENTS[number] == [f"{statement}\n"]


@pytest.mark.parametrize("number", STATEMENTS)
def test_a_statement_and_its_command_have_one_answer_on_both(filled: list[Database], number: int) -> None:
    answers = []
    for database in filled:
        with database.reading() as conn:
            result = conn.execute(text(STATEMENTS[number][0]))
            answers.append([dict(row) for row in result.mappings()])
    done = [scrapy(*shlex.split(COMMANDS[number][0])[1:], "--json", database=url) for url in urls(filled)]

    assert answers[0] == answers[1]
    assert answers[0] != []
    assert [answer.code for answer in done] == [0, 0], done[0].err
    assert [list(map(json.loads, answer.lines)) for answer in done] == answers
    assert list(json.loads(done[0].lines[0])) == list(answers[0][0])


@pytest.mark.parametrize("command", OTHERS)
def test_another_command_has_the_same_answer_on_both_and_one_at_all(
    filled: list[Database], command: str
) -> None:
    words = shlex.split(command)
    assert words[0] == "scrapy"

    answers = [scrapy(*words[1:], database=url) for url in urls(filled)]

    assert [done.code for done in answers] == [0, 0], answers[0].err
    assert answers[0].out == answers[1].out
    assert len(answers[0].lines) > (0 if "--json" in words else 1)


def urls(databases: list[Database]) -> list[str]:
    return [database.engine.url.render_as_string(False) for database in databases]
