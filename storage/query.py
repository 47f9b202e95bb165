"""What a person types into the search, parsed into a tree. Pure.

    query   = all { "OR" all }
    all     = one { ["AND"] one }
    one     = ("-" | "NOT") one | [field ":"] ("(" query ")" | word | phrase) | filter ":" (word | phrase)
    phrase  = any text in quotation marks

docs/search.md explains it with examples.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from crawler.text import clean, plain, squash
from storage.terms import And, Facet, FacetName, Node, Not, Or, Term, Words, leaves
from storage.tokens import ANY, AUTHOR, CAPTION, CREDIT, EDITOR, RUN, SOURCE, TITLE

MAX_QUERY = 1_000  # characters
MAX_TERMS = 50
MAX_DEPTH = 30  # of parentheses and negations
FIELDS = {
    "title": TITLE,
    "caption": CAPTION,
    "credit": CREDIT,
    "author": AUTHOR,
    "editor": EDITOR,
    "source": SOURCE,
}
_FILTERS: dict[str, FacetName] = {
    "portal": "portal",
    "channel": "channel",
    "since": "since",
    "until": "until",
}
_PREFIX = re.compile("(" + "|".join((*FIELDS, *_FILTERS)) + ")[:：]", re.IGNORECASE | re.ASCII)
_QUOTES = '"“”„＂'
_TOKEN = re.compile(
    rf"(?P<space>\s+)|[{_QUOTES}](?P<phrase>[^{_QUOTES}]*)[{_QUOTES}]|(?P<open>[(（])|(?P<close>[)）])"
    rf"|(?P<word>[^\s{_QUOTES}()（）]+)|(?P<quote>[{_QUOTES}])"
)
_AROUND = 30  # characters shown on each side of an error


class QueryError(ValueError):
    """A query that cannot be searched for; the message says why, and where."""


def parse_query(words: str) -> Node:
    """The tree of a query. Raises QueryError.

    >>> parse_query("妇联")
    Words(term=Term(runs=('妇联',)), mark=0)
    >>> parse_query("title: 茶")
    Traceback (most recent call last):
    storage.query.QueryError: title: at character 1 needs a word directly after it
      title: 茶
      ^
    """
    words = clean(words)
    if len(words) > MAX_QUERY:
        raise QueryError(f"the query has {len(words)} characters; at most {MAX_QUERY} can be searched for")
    node = _Parser(words).parse()
    if node is None:
        raise QueryError(
            f"{squash(words)[:_AROUND]!r} holds no word to search for; give a word of letters or digits"
        )
    count = sum(1 for _ in leaves(node))
    if count > MAX_TERMS:
        raise QueryError(f"the query has {count} words; at most {MAX_TERMS} can be searched for")
    return node


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    """word, phrase, open, close, minus, not, and, or, prefix, end"""
    text: str
    at: int
    """Characters before it."""


class _Parser:
    """Recursive descent; what is punctuation only counts as nothing."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.tokens = [*_tokens(words), _Token("end", "", len(words))]
        self.number = 0
        self.depth = 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.number]

    def take(self) -> _Token:
        self.number += 1
        return self.tokens[self.number - 1]

    def error(self, at: int, message: str) -> QueryError:
        return QueryError(f"{message}\n{_caret(self.words, at)}")

    def parse(self) -> Node | None:
        node = self.either(ANY)
        if self.next.kind == "close":
            raise self.error(self.next.at, f"the parenthesis at character {self.next.at + 1} closes nothing")
        return node

    def either(self, mark: int) -> Node | None:
        items = [self.all(mark)]
        while self.next.kind == "or":
            sign = self.take()
            items.append(self.all(mark))
            if items[-1] is None or items[-2] is None:
                raise self.error(sign.at, f"OR at character {sign.at + 1} needs a word on each side")
        return _join(Or, items)

    def all(self, mark: int) -> Node | None:
        items: list[Node | None] = []
        while self.next.kind not in ("or", "close", "end"):
            if self.next.kind == "and":
                sign = self.take()
                if not any(items) or self.next.kind in ("and", "or", "close", "end"):
                    raise self.error(sign.at, f"AND at character {sign.at + 1} needs a word on each side")
            items.append(self.one(mark))
        return _join(And, items)

    def one(self, mark: int) -> Node | None:
        token = self.take()
        if token.kind in ("open", "minus", "not"):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise self.error(
                    token.at, f"more than {MAX_DEPTH} parentheses or negations at character {token.at + 1}"
                )
            node = self.group(token, mark) if token.kind == "open" else self.negated(token, mark)
            self.depth -= 1
            return node
        if token.kind == "prefix":
            return self.field(token)
        term = _term(token.text)
        return None if term is None else Words(term, mark)

    def group(self, token: _Token, mark: int) -> Node | None:
        node = self.either(mark)
        if self.take().kind != "close":
            raise self.error(token.at, f"the parenthesis at character {token.at + 1} is never closed")
        return node

    def negated(self, token: _Token, mark: int) -> Node | None:
        if self.next.kind in ("and", "or", "close", "end"):
            raise self.error(token.at, f"{token.text} at character {token.at + 1} needs a word after it")
        node = self.one(mark)
        return None if node is None else Not(node)

    def field(self, token: _Token) -> Node:
        name = token.text.lower()
        follows = self.next
        together = follows.at == token.at + len(token.text) + 1
        if name in _FILTERS:
            value = follows.text.strip()
            if not together or follows.kind not in ("word", "phrase") or not value:
                raise self.error(
                    token.at, f"{name}: at character {token.at + 1} needs a value directly after it"
                )
            self.take()
            return self.filter(token, _FILTERS[name], value)
        node = None
        if together and follows.text.startswith(("-", "－")):
            raise self.error(follows.at, f"write the minus at character {follows.at + 1} before {name}:")
        if together and follows.kind in ("word", "phrase", "open"):
            node = self.one(FIELDS[name])
        if node is None:
            raise self.error(token.at, f"{name}: at character {token.at + 1} needs a word directly after it")
        return node

    def filter(self, token: _Token, name: FacetName, value: str) -> Facet:
        if name not in ("since", "until"):
            return Facet(name, value)
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
        if day is None or day.isoformat() != value:
            raise self.error(
                token.at, f"{name}: at character {token.at + 1} needs a day like 2026-01-31, not {value!r}"
            )
        return Facet(name, day)


def _tokens(words: str) -> Iterator[_Token]:
    at = 0
    while at < len(words):
        found = _TOKEN.match(words, at)
        assert found is not None  # the alternatives take every character
        kind = found.lastgroup or ""
        if kind == "word":
            yield from _word_tokens(found[0], at, followed=words[found.end() : found.end() + 1].strip() != "")
        elif kind in ("phrase", "open", "close"):
            yield _Token(kind, found[kind], at)
        at = found.end()


def _word_tokens(text: str, at: int, followed: bool) -> Iterator[_Token]:
    """A word without its signs of negation and its prefix, which are tokens of their own.

    `followed`: a quotation mark or a parenthesis comes directly after it.
    """
    rest = text.lstrip("-－")
    if not rest and not followed:
        return  # a dash between words
    for number in range(len(text) - len(rest)):
        yield _Token("minus", "-", at + number)
    text, at = rest, at + len(text) - len(rest)
    if not text:
        return
    if text in ("AND", "OR", "NOT"):
        yield _Token(text.lower(), text, at)
    elif prefix := _PREFIX.match(text):
        yield _Token("prefix", prefix[1], at)
        if rest := text[prefix.end() :]:
            yield _Token("word", rest, at + prefix.end())
    else:
        yield _Token("word", text, at)


def _term(text: str) -> Term | None:
    runs = tuple(RUN.findall(plain(text)))
    return Term(runs) if runs else None


def _join(kind: type[And] | type[Or], items: list[Node | None]) -> Node | None:
    """Several nodes as one; nodes of the same kind and repeats melt together."""
    flat: dict[Node, None] = {}
    for item in items:
        if isinstance(item, kind):
            flat.update(dict.fromkeys(item.items))
        elif item is not None:
            flat[item] = None
    if len(flat) < 2:
        return next(iter(flat), None)
    return kind(tuple(flat))


def _caret(words: str, at: int) -> str:
    """The query around a place, and below it a sign that points there."""
    start = max(at - _AROUND, 0)
    shown = "".join(" " if c.isspace() else c for c in words[start : at + _AROUND])
    wide = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in shown[: at - start])
    return f"  {shown}\n  {' ' * wide}^"
