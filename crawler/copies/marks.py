"""What copies have in common: exact hashes, and the numbers under which both are filed."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple
from urllib.parse import urlsplit

from crawler.copies.normal import letters, only_letters, told
from crawler.copies.sketch import mark, sketch

TEXT_LEAST = 60  # letters: shorter texts (weather lines, notices) agree by chance
PICTURES_LEAST = 2  # one picture with one headline is often an agency's stock photo


class Keys(NamedTuple):
    """The numbers of 47 bits under which an article is filed."""

    exact: frozenset[int]
    """Of its exact hashes: one that two articles share is enough."""
    sampled: frozenset[int]
    """Of its text, see crawler.copies.sketch."""


class Marks(NamedTuple):
    """All by which an article's copies are found."""

    text_hash: str | None
    """Of the letters of the text; None when it is too short to tell articles apart."""
    pictures_hash: str | None
    """Of the headline and the set of picture URLs; None with fewer than two pictures."""
    keys: Keys


def marks(title: str, body: str, pictures: Iterable[str]) -> Marks:
    """The marks of an article with this headline, body and picture URLs."""
    text = only_letters(told(body))
    names = sorted({picture_name(url) for url in pictures})
    text_hash = digest(text) if len(text) >= TEXT_LEAST else None
    pictures_hash = digest(letters(title), *names) if len(names) >= PICTURES_LEAST else None
    return Marks(text_hash, pictures_hash, _keys(text_hash, pictures_hash, text))


def keys_of(text_hash: str | None, pictures_hash: str | None, body: str) -> Keys:
    """The keys of an article whose hashes are known."""
    return _keys(text_hash, pictures_hash, only_letters(told(body)))


def _keys(text_hash: str | None, pictures_hash: str | None, text: str) -> Keys:
    kinds = (("text", text_hash), ("pictures", pictures_hash))
    return Keys(frozenset(mark(kind, value) for kind, value in kinds if value), frozenset(sketch(text)))


def digest(*parts: str) -> str:
    """32 hex digits for a sequence of strings."""
    return blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def picture_name(url: str) -> str:
    """A picture's identity across hosts and schemes of one portal: its path."""
    return urlsplit(url).path or url
