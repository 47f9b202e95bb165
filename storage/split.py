"""Puts every picture on one side of a corpus (train, validation, test), with all that belongs to it.

Pictures of one article, of one story, with one URL, one content or a look of one another are on one side:
they are connected, and a connected group is placed by the smallest hash of its pictures' URLs. So the side
is a function of what is stored, not of the order or the numbers in which it was; as more is stored, a group
keeps its side unless a picture with a smaller hash joins it or it grows together with another group.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Any, Literal

from sqlalchemy import Connection, Select, func, select

from storage.models import ARTICLE, ARTICLE_IMAGE, IMAGE, PICTURE, PICTURE_LINK, STORY

Side = Literal["train", "validation", "test"]
SIDES: tuple[Side, ...] = Side.__args__  # type: ignore[attr-defined]
METHOD = b"split-1"  # another value deals all groups anew
_ENDS = (0.90, 0.95)  # shares of the sides, as the ends of the first two
_NONE = (1 << 64) - 1
_STREAM = 10_000  # rows in memory at once


class Groups:
    """Numbers from 0 that belong together, four bytes each."""

    def __init__(self, size: int) -> None:
        self._parent = array("i", range(size))

    def of(self, number: int) -> int:
        """One number that stands for the group."""
        parent = self._parent
        while (above := parent[number]) != number:
            parent[number] = number = parent[above]
        return number

    def join(self, one: int, other: int) -> None:
        a, b = self.of(one), self.of(other)
        if a != b:
            # not by size, which would take memory: halving the ways keeps them short enough
            self._parent[max(a, b)] = min(a, b)


class Split:
    """The side of every picture that an article uses."""

    def __init__(self, sides: bytearray) -> None:
        self._sides = sides

    def __getitem__(self, image_id: int) -> Side:
        """The side of an image; KeyError for one that no article had when the split was made."""
        number = self._sides[image_id] if 0 <= image_id < len(self._sides) else 0
        if not number:
            raise KeyError(image_id)
        return SIDES[number - 1]


def split(conn: Connection) -> Split:
    """Deal out all pictures of the database, whatever part of it is wanted afterwards."""
    images = _most(conn, IMAGE.c.id)
    starts = {"image": 0}
    size = images
    for name, column in (("article", ARTICLE.c.id), ("story", STORY.c.id), ("picture", PICTURE.c.id)):
        starts[name] = size
        size += _most(conn, column)
    groups = Groups(size)
    for start, other, statement in _edges():
        one_start, other_start = starts[start], starts[other]
        for one, another in _rows(conn, statement):
            groups.join(one_start + one, other_start + another)
    return Split(deal(groups, _used(conn), images))


def deal(groups: Groups, keys: Iterable[tuple[int, str]], size: int) -> bytearray:
    """The side, counted from 1, of each number below `size` that has a key; 0 of those without.

    `keys` are (number, what it is called wherever it is stored).
    """
    least = array("Q", [_NONE]) * size
    found = bytearray(size)
    for number, key in keys:
        found[number] = 1
        group = groups.of(number)
        # images are the first numbers, and the smallest of a group stands for it
        mark = int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")
        if mark < least[group]:
            least[group] = mark
    for number in range(size):
        if found[number]:
            found[number] = 1 + SIDES.index(side_of(least[groups.of(number)]))
    return found


def side_of(mark: int) -> Side:
    """The side of a group by its smallest hash, which itself is smaller the larger the group is."""
    again = blake2b(mark.to_bytes(8, "big"), digest_size=8, person=METHOD).digest()
    share = int.from_bytes(again, "big") / (1 << 64)
    return SIDES[sum(share >= end for end in _ENDS)]


def _most(conn: Connection, column: Any) -> int:
    return (conn.scalar(select(func.max(column))) or 0) + 1


def _edges() -> Iterator[tuple[str, str, Select[Any]]]:
    """Pairs of ids that belong together, and what they are ids of."""
    use = ARTICLE_IMAGE.c
    yield "image", "article", select(use.image_id, use.article_id)
    seen = use.picture_id.is_not(None)
    yield "image", "picture", select(use.image_id, use.picture_id).where(seen)
    # what the URL showed last
    shown = IMAGE.c.picture_id
    yield "image", "picture", select(IMAGE.c.id, shown).where(shown.is_not(None))
    yield "article", "story", select(ARTICLE.c.id, ARTICLE.c.story_id).where(ARTICLE.c.story_id.is_not(None))
    # pictures that look alike
    yield "picture", "picture", select(PICTURE_LINK.c.picture_id, PICTURE_LINK.c.other_id)


def _used(conn: Connection) -> Iterator[tuple[int, str]]:
    used = select(ARTICLE_IMAGE.c.image_id).where(ARTICLE_IMAGE.c.image_id == IMAGE.c.id).exists()
    return _rows(conn, select(IMAGE.c.id, IMAGE.c.url_key).where(used))


def _rows(conn: Connection, statement: Select[Any]) -> Iterator[Any]:
    """Rows without all of them in memory; PostgreSQL's driver would take them all at once."""
    with conn.execute(statement, execution_options={"yield_per": _STREAM}) as result:
        yield from result
