"""Asks one of the questions of storage.questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from storage.questions import Question

_PIECE = 1_000  # rows in memory at once


class Answer(NamedTuple):
    """The rows of a question, read as they are asked for, while the connection is open."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


def values(question: Question, given: Mapping[str, str]) -> dict[str, str | int]:
    """What to put in place of the question's parameters; ValueError names one that is missing or wrong."""
    known = {parameter.name: parameter for parameter in question.parameters}
    for name in given:
        if name not in known:
            takes = f"takes {', '.join(known)}" if known else "takes none"
            raise ValueError(f"question {question.number} has no parameter {name!r}; it {takes}")
    found: dict[str, str | int] = {}
    for name, parameter in known.items():
        asked = given.get(name, parameter.default)
        if asked is None:
            raise ValueError(f"question {question.number} needs {name}: {parameter.says}")
        try:
            found[name] = parameter.read(asked)
        except ValueError as error:
            raise ValueError(f"{name} {asked!r} {error}") from None
    return found


def answer(
    conn: Connection, question: Question, given: Mapping[str, str], limit: int | None = None
) -> Answer:
    """Ask a question, for at most `limit` rows; ValueError as values() raises it."""
    bound = values(question, given)
    statement = question.statement
    if limit is not None:
        statement, bound = f"{statement}\nLIMIT :limit", bound | {"limit": limit}
    result = conn.execute(text(statement), bound, execution_options={"yield_per": _PIECE})
    return Answer(tuple(result.keys()), (tuple(row) for row in result))
