"""scrapy ask: the list of questions, its tables, and what it says of wrong usage; on both databases."""

from __future__ import annotations

import json

import pytest

from storage.engine import Database
from storage.questions import QUESTIONS
from tests.commands.run import scrapy
from tests.harvest import HARVEST, fill


@pytest.fixture
def asked(database: Database) -> str:
    fill(database)
    return database.engine.url.render_as_string(False)


def test_without_a_number_the_questions_are_listed_with_what_they_need() -> None:
    done = scrapy("ask")
    as_json = [json.loads(line) for line in scrapy("ask", "--json").lines]

    assert done.code == 0, done.err
    assert len(done.lines) == 21
    assert done.lines[9] == "9\tWhere was this picture used before?\turl"
    assert done.lines[17].endswith("\tportal since=0001-01-01 until=9999-12-31")
    assert as_json[8]["parameters"] == {"url": {"says": "the picture's URL", "default": None}}
    assert [said["statement"] for said in as_json] == [q.statement for q in QUESTIONS.values()]


def test_an_answer_is_a_table_of_tabs_where_there_is_no_terminal(asked: str) -> None:
    done = scrapy("ask", "9", "-a", f"url={HARVEST.replace('https', 'http')}", database=asked)

    assert done.code == 0, done.err
    assert [line.split("\t")[:2] for line in done.lines] == [
        ["published", "portal"],
        ["2021-03-02T08:30:00+08:00", "cri"],
        ["2021-03-02T09:45:00+08:00", "people"],
    ]


def test_a_limit_stops_and_a_default_can_be_told_otherwise(asked: str) -> None:
    limited = scrapy("ask", "5", "--limit", "1", "--json", database=asked)
    within = [
        scrapy("ask", "13", "-a", f"minutes={minutes}", "--json", database=asked) for minutes in (40, 41)
    ]

    assert len(limited.lines) == 1
    assert [len(done.lines) for done in within] == [0, 1]
    assert within[0].err == ""


def test_no_row_is_said_so_and_no_error(asked: str) -> None:
    done = scrapy("ask", "12", "-a", "word=' OR 1=1 --", database=asked)

    assert (done.code, done.out, done.err) == (0, "", "no row answers it\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["21"], "there is no question '21'; scrapy ask lists 1 to 20"),
        (["one"], "there is no question 'one'"),
        (["1", "2"], "one question's number"),
        (["9"], "question 9 needs url: the picture's URL; use -a NAME=VALUE"),
        (["9", "-a", "ulr=x"], "question 9 has no parameter 'ulr'; it takes url"),
        (["1", "-a", "url=x"], "question 1 has no parameter 'url'; it takes none"),
        (["9", "-a", "url"], "-a 'url' is no NAME=VALUE"),
        (["9", "-a", "url=x", "-a", "url=y"], "-a url is given twice"),
        (["13", "-a", "minutes=soon"], "minutes 'soon' is not a whole number"),
        (["17", "-a", "portal=cri", "-a", "since=2021-2-1"], "since '2021-2-1' is not a date"),
        (["9", "-a", "url=\udcff"], "is not UTF-8 text"),
        (["-a", "url=x"], "go with a question's number"),
        (["1", "--limit", "0"], "--limit"),
    ],
)
def test_wrong_usage_says_what_and_ends_with_2(asked: str, words: list[str], said: str) -> None:
    done = scrapy("ask", *words, database=asked)

    assert done.code == 2
    assert said in done.err
    assert done.out == ""


def test_every_question_reads_only() -> None:
    assert {question.statement.split()[0] for question in QUESTIONS.values()} == {"SELECT"}
    assert [q.number for q in QUESTIONS.values() if ";" in q.statement] == []
