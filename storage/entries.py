"""What the search index holds of an article and of its pictures. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from crawler.items import Article, Image
from storage import tokens
from storage.records import chunks
from storage.rows import KEY_STEP, MAX_NUMBERED
from storage.times import published
from storage.tokens import ANY, AUTHOR, CAPTION, CREDIT, EDITOR, SOURCE, TITLE, TOKEN_BITS, Numbers

Parts = list[str | None]
_AT_ONCE = 200  # articles cut together


class State(NamedTuple):
    """What is known of an article besides what it says."""

    channels: frozenset[str] = frozenset()
    """The declared channels under which it was found."""
    changed: bool = False
    gone: bool = False


Indexed = tuple[int, Article, State]
"""Sort key, article, and its state."""


class Entry(NamedTuple):
    """A document of the index."""

    key: int
    tokens: Numbers
    """Sorted, without repeats."""


def article_parts(article: Article, mark: int = ANY) -> Parts:
    """The parts of an article in which a search looks, everywhere or in one field."""
    if mark == TITLE:
        return [article.title]
    if mark == CAPTION:
        return [image.caption for image in article.images]
    if mark == CREDIT:
        return [image.credit for image in article.images]
    if mark == AUTHOR:
        return [*article.authors]
    if mark == EDITOR:
        return [article.editor, article.duty_editor]
    source = article.source.name if article.source else None
    if mark == SOURCE:
        return [source]
    parts = [article.title, article.subtitle, article.body_text, *article.authors, source]
    for image in article.images:
        parts += (image.caption, image.credit)
    return parts


def text_parts(article: Article) -> list[str]:
    """All parts of an article that are searched, the text first: where a snippet comes from."""
    parts: Parts = [article.body_text]
    for mark in (CAPTION, TITLE, ANY, EDITOR):
        parts += article_parts(article, mark)
    return [part for part in dict.fromkeys(parts) if part]


def image_parts(article: Article, image: Image, mark: int = ANY) -> Parts:
    """The parts of a picture in which a search looks; title, people and source are its article's."""
    if mark == CAPTION:
        return [image.caption]
    if mark == CREDIT:
        return [image.credit]
    if mark == ANY:
        # an alt that only repeats the headline says nothing
        return [image.caption, image.credit, image.alt if image.alt != article.title else None]
    return article_parts(article, mark)


def article_entries(articles: Iterable[Indexed]) -> Iterator[Entry]:
    """The articles as documents."""
    for chunk in chunks(articles, _AT_ONCE):
        parts = (
            (number, mark, part)
            for number, (_, article, _) in enumerate(chunk)
            for mark in range(7)
            for part in article_parts(article, mark)
        )
        whole = [_whole(article, state) for _, article, state in chunk]
        yield from _entries([key for key, *_ in chunk], parts, whole)


def image_entries(articles: Iterable[Indexed]) -> Iterator[Entry]:
    """The articles' pictures as documents."""
    for chunk in chunks(articles, _AT_ONCE):
        keys: list[int] = []
        parts: list[tuple[int, int, str | None]] = []
        whole: list[list[int]] = []
        for key, article, state in chunk:
            if article.images:
                shared = _whole(article, state)
                # the first has the highest key
                for number in range(min(len(article.images), MAX_NUMBERED), 0, -1):
                    image = article.images[number - 1]
                    parts += [
                        (len(keys), m, part) for m in range(7) for part in image_parts(article, image, m)
                    ]
                    keys.append(picture_key(key, number))
                    whole.append(shared)
        yield from _entries(keys, parts, whole)


def _entries(
    keys: Sequence[int], parts: Iterable[tuple[int, int, str | None]], whole: Sequence[Sequence[int]]
) -> Iterator[Entry]:
    found, documents = tokens.cut(parts)
    more = np.array([token for own in whole for token in own], dtype=np.int64)
    owners = np.repeat(np.arange(len(keys)), [len(own) for own in whole])
    both = np.concatenate((documents, owners)) << TOKEN_BITS | np.concatenate((found, more))
    both.sort()  # np.unique() would hash, which takes longer
    both = both[np.diff(both, prepend=-1) > 0]
    bounds = np.searchsorted(both, np.arange(len(keys) + 1, dtype=np.int64) << TOKEN_BITS)
    both &= (1 << TOKEN_BITS) - 1
    for key, begin, end in zip(keys, bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        yield Entry(key, both[begin:end])


def picture_key(key: int, number: int) -> int:
    """The sort key of an article's picture `number`, from 1: above its article's, the first one highest."""
    return key + KEY_STEP - number


def article_key(key: int) -> int:
    """The sort key of the article of a picture's."""
    return key - key % KEY_STEP


def picture_number(key: int) -> int:
    """Which of its article's pictures it is, from 1."""
    return KEY_STEP - key % KEY_STEP


def same(article: Article, old: Article) -> bool:
    """True when the index holds the very same of both."""
    return (
        all(article_parts(article, mark) == article_parts(old, mark) for mark in range(7))
        and (article.portal, article.channel, article.published_at)
        == (old.portal, old.channel, old.published_at)
        and [image_parts(article, i) for i in article.images] == [image_parts(old, i) for i in old.images]
    )


def _whole(article: Article, state: State) -> list[int]:
    """Tokens of what is known of the article as a whole."""
    found = [tokens.named(tokens.DECLARED, name) for name in state.channels]
    flags = (
        (tokens.CHANGED, state.changed),
        (tokens.GONE, state.gone),
        (tokens.PICTURES, bool(article.images)),
    )
    found += [tokens.marked(mark, 1) for mark, is_so in flags if is_so]
    found += [tokens.named(tokens.CHANNEL, name) for name in tokens.levels("/".join(article.channel))]
    if article.portal is not None:
        found.append(tokens.named(tokens.PORTAL, article.portal))
    if article.source is not None:
        found.append(tokens.named(tokens.SOURCE_NAME, article.source.name))
    day = published(article.published_at, None).day
    if day is not None:
        found.append(tokens.day(date.fromisoformat(day)))
    return found
