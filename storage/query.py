"""What a person types into the search, parsed: terms that must all be found. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from crawler.text import clean, fold, squash
from storage.tokens import CJK, MAX_WORD, RUN

MAX_QUERY = 1_000  # characters
MAX_TERMS = 50
_LETTER = f"[^\\W_{CJK}]"
_IS_CJK = re.compile(f"[{CJK}]")
_PART = re.compile(r'["“”]([^"“”]*)["“”]|([^\s"“”]+)|["“”]')


class QueryError(ValueError):
    """A query that cannot be searched for; the message says why."""


@dataclass(frozen=True)
class Term:
    """A word or phrase that must be found."""

    runs: tuple[str, ...]
    """Its words and runs of CJK letters, folded."""
    tokens: tuple[str, ...]
    """What the index must have of it."""
    prefix: bool = False
    """True when the only token is a CJK letter, the beginning of indexed pairs."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds the term in a folded text: a phrase in one piece, a Latin word or number only whole."""
        parts = [re.escape(self.runs[0])]
        for before, run in pairwise(self.runs):
            joined = _IS_CJK.match(before) or _IS_CJK.match(run)
            parts += [r"[\W_]*" if joined else r"[\W_]+", re.escape(run)]
        start = "" if _IS_CJK.match(self.runs[0]) else f"(?<!{_LETTER})"
        end = "" if _IS_CJK.match(self.runs[-1]) else f"(?!{_LETTER})"
        return re.compile(start + "".join(parts) + end)

    @property
    def exact(self) -> bool:
        """True when whatever the index finds holds the term: no phrase to be looked at again."""
        # a token of full length may be the beginning of a longer word
        return len(self.runs) == 1 and len(self.tokens) == 1 and len(self.runs[0]) < MAX_WORD


def parse_query(words: str) -> tuple[Term, ...]:
    """The terms of a query: words between white space, and "quoted phrases". Raises QueryError.

    >>> [" ".join(term.runs) for term in parse_query('妇联 "Ｎｅｗ  York"')]
    ['妇联', 'new york']
    """
    words = clean(words)
    if len(words) > MAX_QUERY:
        raise QueryError(f"the query has {len(words)} characters; at most {MAX_QUERY} can be searched for")
    terms: dict[tuple[str, ...], Term] = {}
    for found in _PART.finditer(words):
        text = squash(fold(found[1] or found[2] or ""))
        for piece in [text] if found[1] else text.split():
            term = _term(piece)
            if term is not None:
                terms.setdefault(term.runs, term)
    if not terms:
        raise QueryError(f"{squash(words)!r} holds no word to search for; give a word of letters or digits")
    if len(terms) > MAX_TERMS:
        raise QueryError(f"the query has {len(terms)} words; at most {MAX_TERMS} can be searched for")
    return tuple(terms.values())


def _term(text: str) -> Term | None:
    runs = tuple(RUN.findall(text))
    if not runs:
        return None
    tokens: dict[str, None] = {}
    for run in runs:
        if not _IS_CJK.match(run):
            tokens[run[:MAX_WORD]] = None
        # a letter alone among words is found by the pattern, not by the index
        tokens.update(
            dict.fromkeys(run[at : at + 2] for at in range(len(run) - 1)) if _IS_CJK.match(run) else {}
        )
    if not tokens:
        return Term(runs, (runs[0],), prefix=True)
    return Term(runs, tuple(tokens))
