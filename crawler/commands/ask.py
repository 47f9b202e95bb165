"""scrapy ask N: one of the twenty questions of docs/queries.md."""

from __future__ import annotations

import argparse
from itertools import chain
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from crawler import command
from crawler.output import print_json, print_table, say

if TYPE_CHECKING:
    from storage.queries import Parameter, Question


class Command(command.Command):
    def syntax(self) -> str:
        return "[options] [N]"

    def short_desc(self) -> str:
        return "Ask one of twenty questions about reprints, pictures, changes, people"

    def long_desc(self) -> str:
        return (
            "Without a number the questions, each with what it needs to know; with one its answer. "
            "docs/queries.md shows the SQL of each, and so does --json without a number. "
            "Examples: scrapy ask 1 · scrapy ask 17 -a portal=cri -a since=2026-01-01 --json"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "-a",
            dest="given",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="what the question needs to know, e.g. url=https://…; may be repeated",
        )
        parser.add_argument(
            "--limit", type=command.positive, metavar="N", help="at most N rows (default all)"
        )
        parser.add_argument("--json", action="store_true", help="JSON Lines in place of a table")

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        from storage.queries import QUESTIONS, answer

        if len(args) > 1:
            raise UsageError("give one question's number; scrapy ask lists them", print_help=False)
        if not args:
            if opts.given or opts.limit:
                raise UsageError("-a and --limit go with a question's number", print_help=False)
            self.list(opts)
            return
        question = next((q for q in QUESTIONS.values() if args[0] == f"{q.number}"), None)
        if question is None:
            raise UsageError(
                f"there is no question {args[0]!r}; scrapy ask lists 1 to {len(QUESTIONS)}", print_help=False
            )
        given = _given(opts.given)
        with self.database() as database, database.reading() as conn:
            try:
                found = answer(conn, question, given, opts.limit)
            except ValueError as error:
                raise UsageError(f"{error}; use -a NAME=VALUE", print_help=False) from None
            if opts.json:
                print_json(dict(zip(found.columns, row, strict=True)) for row in found.rows)
                return
            first = next(found.rows, None)
            if first is None:
                say("no row answers it")
                return
            wide = "title" if "title" in found.columns else None
            print_table(found.columns, chain([first], found.rows), wide)

    def list(self, opts: argparse.Namespace) -> None:
        """All questions."""
        from storage.queries import QUESTIONS

        if opts.json:
            print_json(_record(question) for question in QUESTIONS.values())
            return
        lines = [(q.number, q.title, " ".join(map(_shown, q.parameters))) for q in QUESTIONS.values()]
        print_table(("number", "question", "-a"), lines, wide="question")


def _given(pairs: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise UsageError(f"-a {pair!r} is no NAME=VALUE", print_help=False)
        if name in found:
            raise UsageError(f"-a {name} is given twice", print_help=False)
        found[name] = value
    return found


def _shown(parameter: Parameter) -> str:
    return parameter.name if parameter.default is None else f"{parameter.name}={parameter.default}"


def _record(question: Question) -> dict[str, object]:
    return {
        "number": question.number,
        "question": question.title,
        "parameters": {
            parameter.name: {"says": parameter.says, "default": parameter.default}
            for parameter in question.parameters
        },
        "statement": question.statement,
    }
