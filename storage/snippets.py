"""The text around a hit, with the places of the hits in it. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from crawler.text import plain, squash
from storage.terms import Term

_AROUND = 40  # characters of a snippet on each side of the hit
_VOICED = re.compile("[\uff9e\uff9f]")  # become one with the half-width kana before them
_BEGIN, _END = "\ue000", "\ue001"  # private use: replaced where a text has them
_SIGNS = re.compile(f"[{_BEGIN}{_END}]")


class Snippet(NamedTuple):
    """A piece of text."""

    text: str
    """One line, `…` where it is cut."""
    marks: list[tuple[int, int]]
    """Where hits begin and end in it, in characters; in order, none over another."""


def snippet(terms: Sequence[Term], parts: Iterable[str], otherwise: str) -> Snippet:
    """Around the first hit of the first part that has one; else the beginning of another text."""
    for part in parts:
        text = plain(part)
        found = [hit for term in terms if (hit := term.pattern.search(text))]
        if found:
            first = min(found, key=lambda hit: hit.start())
            return _cut(terms, part, text, first.start(), first.end())
    return Snippet(squash(otherwise[: 2 * _AROUND]), [])


def _cut(terms: Sequence[Term], part: str, text: str, begin: int, end: int) -> Snippet:
    places = origins(part, text)
    if places is None:
        part, places = text, range(len(text) + 1)
    low, high = max(begin - _AROUND, 0), end + _AROUND
    hits = []
    for term in terms:
        # up to the end of the text: whether a word ends at `high` only what follows tells
        for hit in term.pattern.finditer(text, max(low - len(term.runs[0]), 0)):
            if hit.start() >= high:
                break
            hits.append((places[hit.start()], _after(places, hit.end())))
    first, last = places[low], places[min(high, len(text))]
    shown, at = [], first
    for hit_begin, hit_end in _merged(hits, first, last):
        shown += [_SIGNS.sub(" ", part[at:hit_begin]), _BEGIN, _SIGNS.sub(" ", part[hit_begin:hit_end]), _END]
        at = hit_end
    shown.append(_SIGNS.sub(" ", part[at:last]))
    line = ("…" if first else "") + squash("".join(shown)) + ("…" if last < len(part) else "")
    marks = []
    for number, sign in enumerate(_SIGNS.finditer(line)):
        place = sign.start() - number  # the signs before it will be gone
        if sign[0] == _BEGIN:
            marks.append((place, place))
        else:
            marks[-1] = (marks[-1][0], place)
    return Snippet(_SIGNS.sub("", line), marks)


def _after(places: Sequence[int], end: int) -> int:
    """Where a hit ends in the text: behind a character of which it has a part, as of ㈱."""
    while end < len(places) - 1 and places[end] == places[end - 1]:
        end += 1
    return places[end]


def origins(text: str, folded: str) -> Sequence[int] | None:
    """For each place of plain(text) the place in the text; None where it cannot be told."""
    # nothing became shorter, so that with the same length nothing became longer
    if len(text) == len(folded) and unicodedata.is_normalized("NFC", text) and not _VOICED.search(text):
        return range(len(text) + 1)
    places: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        # what combines with the letter before it is folded together with it
        while end < len(text) and _joins(text[end]):
            end += 1
        places += [at] * len(plain(text[at:end]))
        at = end
    if len(places) != len(folded):
        return None
    return [*places, len(text)]


def _joins(sign: str) -> bool:
    """True for what becomes one with the letter before it."""
    return bool(unicodedata.combining(sign)) or "\u1160" <= sign <= "\u11ff" or bool(_VOICED.match(sign))


def _merged(hits: Iterable[tuple[int, int]], first: int, last: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for begin, end in sorted((max(b, first), min(e, last)) for b, e in hits):
        if begin >= end:
            continue
        if merged and begin < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged
