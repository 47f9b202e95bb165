"""Fills frames from data files; the files' grammar is that of the replica's topics."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from tests.replica.grammar import Frame, Scene, Topic, Word, expand, load_topic

HERE = Path(__file__).parent
BREAK = "¶"
"""Parts paragraphs within one line of a data file."""


@cache
def topic(path: str) -> Topic:
    """A data file by its path below this folder."""
    return load_topic(HERE / path)


def scene(of: Topic, rng: Random, **kept: str) -> Scene:
    """A scene for the words of a file and the common ones; `kept` are words that are settled already."""
    return Scene((of.words, topic("frames/common.txt").words), rng.getrandbits(63), dict(kept))


def say(frame: Frame, where: Scene, rng: Random) -> str:
    """One text of a frame."""
    return expand(frame, where, rng)


def one_of(of: Topic, section: str, rng: Random, **kept: str) -> str:
    """A text of one frame of a section."""
    return say(rng.choice(of.sections[section]), scene(of, rng, **kept), rng)


@dataclass(frozen=True, slots=True)
class Filled:
    """A frame filled with facts."""

    parts: tuple[str, ...]
    """The text of each part of the frame, fixed ones and facts."""
    kept: dict[str, str]
    """The facts that have a name, for a headline or the next edition."""

    @property
    def text(self) -> str:
        return "".join(self.parts)


def fill(frame: Frame, where: Scene, rng: Random, before: Filled | None = None, keep: float = 0.5) -> Filled:
    """A frame filled; each fact is, with chance `keep`, that of the edition `before` it."""
    if before:
        where.kept.update((name, fact) for name, fact in before.kept.items() if rng.random() < keep)
    parts = []
    for at, part in enumerate(frame):
        named = isinstance(part, Word) and part.kept is not None
        if before and not named and (isinstance(part, str) or rng.random() < keep):
            parts.append(before.parts[at])
        else:
            parts.append(say((part,), where, rng))
    return Filled(tuple(parts), dict(where.kept))
