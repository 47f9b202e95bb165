"""Paragraphs dropped or moved, and excerpts."""

from __future__ import annotations

from random import Random

from benchmarks.reprints.text import Text, sentences, weight


def drop(text: Text, most: float, rng: Random) -> Text:
    """The text without some of its paragraphs, together between a tenth and `most` of its letters.

    A text of fewer than four paragraphs loses sentences instead.
    """
    parts = list(text.paragraphs) if len(text.paragraphs) > 3 else _pieces(text)
    total = sum(map(weight, parts))
    goal = rng.uniform(0.1, most) * total
    left = most * total
    gone: set[int] = set()
    for index in rng.sample(range(len(parts)), len(parts)):
        size = weight(parts[index])
        if size <= left and goal > 0:
            gone.add(index)
            goal -= size
            left -= size
    return text.with_paragraphs([part for index, part in enumerate(parts) if index not in gone])


def move(text: Text, rng: Random) -> Text:
    """The text with one to three paragraphs elsewhere; of a text of one paragraph, sentences."""
    parts = list(text.paragraphs) if len(text.paragraphs) > 2 else _pieces(text)
    before = list(parts)
    for _ in range(rng.randint(1, 3)):
        parts.insert(rng.randrange(len(parts)), parts.pop(rng.randrange(len(parts))))
    if parts == before:
        parts = [*parts[1:], parts[0]]
    return text.with_paragraphs(parts)


def excerpt(text: Text, share: float, rng: Random) -> Text | None:
    """`share` of the text in one piece from a random place, cut where a sentence ends, not much less or more.

    None when the text has no such piece within a tenth of the whole.
    """
    pieces = [(number, piece) for number, part in enumerate(text.paragraphs) for piece in sentences(part)]
    sizes = [weight(piece) for _, piece in pieces]
    goal = share * sum(sizes)
    found = []
    for start in range(len(pieces)):
        size = 0
        for end in range(start, len(pieces)):
            size += sizes[end]
            # never less than the share that the label claims
            if size >= goal:
                if size <= goal + 0.1 * sum(sizes):
                    found.append((start, end + 1))
                break
    if not found:
        return None
    start, end = rng.choice(found)
    paragraphs: dict[int, str] = {}
    for number, piece in pieces[start:end]:
        paragraphs[number] = paragraphs.get(number, "") + piece
    return text.with_paragraphs(list(paragraphs.values()))


def _pieces(text: Text) -> list[str]:
    return [piece for part in text.paragraphs for piece in sentences(part)]
